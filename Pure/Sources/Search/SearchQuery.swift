import PackagingFormats
import Projects

/// What is searched for, and how it is shown.
public struct SearchQuery: Sendable, Hashable {
    /// What the person typed.
    public var text: String
    /// What a project must be, besides.
    public var filters: SearchFilters
    public var order: SearchOrder
    /// The page, 1 for the first.
    public var page: Int
    /// How many results a page has.
    public var pageSize: Int

    /// What is searched for.
    public init(
        text: String, filters: SearchFilters = SearchFilters(), order: SearchOrder = .relevance, page: Int = 1,
        pageSize: Int = 20
    ) {
        self.text = text
        self.filters = filters
        self.order = order
        self.page = page
        self.pageSize = pageSize
    }

    /// The query of an address.
    ///
    /// - Parameter value: what the address says under a name; nil where it says nothing. What is not understood counts as
    ///   not said.
    public init(parameters value: (Parameter) -> String?) {
        let scalars = (value(.text) ?? "").unicodeScalars.prefix(AskedText.longest)
        self.init(
            text: String(String.UnicodeScalarView(scalars)), filters: SearchFilters(parameters: value),
            order: value(.order).flatMap(SearchOrder.init(rawValue:)) ?? .relevance)
        page = min(max(1, value(.page).flatMap { Int($0) } ?? 1), lastPage)
    }

    /// The last page that is made. All that comes before a page is put in order for it, so that a page far behind of what
    /// half of the index has costs many times what the first one does; who has not found it by then needs another word.
    /// Of all projects the engine has the order already.
    public var lastPage: Int { filters.isEmpty && text.allSatisfy(\.isWhitespace) ? 5_000 : 100 }

    /// The names that addresses have for parts of a query.
    public enum Parameter: String, Sendable, CaseIterable {
        case text = "q"
        case order, classifier, python, license, critical, page
    }

    /// The query as an address says it, without what is said by default.
    public var parameters: [(name: Parameter, value: String)] {
        var all: [(Parameter, String)] = [(.text, text)]
        if order != .relevance { all.append((.order, order.rawValue)) }
        if let classifier = filters.classifier { all.append((.classifier, classifier)) }
        if let python = filters.python { all.append((.python, python.text)) }
        if let license = filters.license { all.append((.license, license)) }
        if filters.isCritical { all.append((.critical, "1")) }
        if page > 1 { all.append((.page, String(page))) }
        return all
    }
}

/// In which order results are shown.
public enum SearchOrder: String, Sendable, CaseIterable {
    /// What is meant most likely comes first.
    case relevance
    /// What was downloaded most.
    case downloads
    /// What was released last.
    case updated
    /// By the letter.
    case name
}

/// What a project must be to be found, besides having the words.
public struct SearchFilters: Sendable, Hashable {
    /// A classifier that its latest release has, or one below it.
    public var classifier: String?
    /// A version of Python that its latest release installs on.
    public var python: PythonSeries?
    /// An SPDX identifier that is in its licence.
    public var license: String?
    /// Whether it must be critical.
    public var isCritical: Bool

    public init(
        classifier: String? = nil, python: PythonSeries? = nil, license: String? = nil, isCritical: Bool = false
    ) {
        self.classifier = classifier
        self.python = python
        self.license = license
        self.isCritical = isCritical
    }

    init(parameters value: (SearchQuery.Parameter) -> String?) {
        func text(_ parameter: SearchQuery.Parameter) -> String? {
            guard let text = value(parameter), !text.isEmpty, text.utf8.count <= 256 else { return nil }
            return text
        }
        self.init(
            classifier: text(.classifier), python: text(.python).flatMap(PythonSeries.init), license: text(.license),
            isCritical: text(.critical) == "1")
    }

    /// Whether everything is let through.
    public var isEmpty: Bool { self == SearchFilters() }
}

/// A version of Python as people speak of it: `3.14`.
public struct PythonSeries: Sendable, Hashable {
    public let text: String

    /// Nil for anything that is not one of those that are known.
    public init?(_ text: String) {
        guard Self.all.contains(where: { $0.text == text }) else { return nil }
        self.text = text
    }

    private init(major: Int, minor: Int) { text = "\(major).\(minor)" }

    /// Those that an index notes of each project: some more than there are, so that they are known when they come.
    public static let all = [PythonSeries(major: 2, minor: 7)] + (6...20).map { PythonSeries(major: 3, minor: $0) }
    /// Those that a form offers, the newest first. What is older is found by its address.
    public static let offered = (9...15).reversed().map { PythonSeries(major: 3, minor: $0) }

    /// Whether some release of it is let in.
    func isAdmitted(by specifiers: SpecifierSet) -> Bool {
        // What is asked for is mostly a series; of what names a patch, one of these is on the right side.
        [0, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].contains { patch in
            guard let version = try? Version(parsing: "\(text).\(patch)") else { return false }
            return specifiers.contains(version)
        }
    }
}

/// What a search found.
public struct SearchResults: Sendable, Hashable {
    /// One page of projects, each with its latest release.
    public var results: [FoundProject]
    /// How many there are on all pages.
    public var total: Int
    /// Whether there are more than these: of words that nearly every project has, the most downloaded are looked at.
    public var isCutShort: Bool
    /// What was meant, where what was typed is the name of nothing, or of what hardly anybody uses.
    public var suggestions: [FoundProject]

    /// What a search found.
    public init(
        results: [FoundProject], total: Int, isCutShort: Bool = false, suggestions: [FoundProject] = []
    ) {
        self.results = results
        self.total = total
        self.isCutShort = isCutShort
        self.suggestions = suggestions
    }
}

/// A project that was found.
public struct FoundProject: Sendable, Hashable {
    /// The project, with the release that is shown first.
    public var summary: ReleaseSummary
    public var status: ProjectStatus
    public var isCritical: Bool
    /// In the window of days that projects are ranked by.
    public var downloads: Int64

    public init(
        _ summary: ReleaseSummary, status: ProjectStatus = .active, isCritical: Bool = false, downloads: Int64 = 0
    ) {
        self.summary = summary
        self.status = status
        self.isCritical = isCritical
        self.downloads = downloads
    }
}

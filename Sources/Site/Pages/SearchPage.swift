import Descriptions
import PackagingFormats
import Projects
import Search

/// What a search found, a page at a time.
struct SearchPage {
    let queryText: String
    let heading: String
    let rows: [ResultRow]
    let suggestions: NonEmpty<ResultRow>?
    let isWithoutResult: Bool
    let filters: Filters
    let paging: Paging?
    /// Whether there are more, and no page that shows them.
    let isLastOfMore: Bool

    /// The form below the field: what the results must be, and their order.
    struct Filters {
        let isOpen: Bool
        /// The same search without filters; nil where it has none.
        let clearedPath: String?
        let orders: [Choice]
        let pythons: [Choice]
        let licenses: [Choice]
        let classifier: String?
        let classifiers: [String]
        let isCriticalOnly: Bool
    }

    struct Choice {
        let choiceValue: String
        let choiceName: String
        let isChosen: Bool
    }

    init(_ query: SearchQuery, _ results: SearchResults) {
        queryText = query.text
        rows = results.results.map(ResultRow.init)
        suggestions = NonEmpty(results.suggestions.map(ResultRow.init))
        isWithoutResult = results.results.isEmpty
        let isWithoutText = query.text.trimmedOfWhitespace.isEmpty
        let found = (results.isCutShort ? "More than " : "") + results.total.counted("project")
        heading = isWithoutText ? query.filters.isEmpty ? "All projects" : found : "\(found) for “\(query.text)”"
        filters = Filters(query)
        let pages = (results.total + query.pageSize - 1) / max(query.pageSize, 1)
        isLastOfMore = pages > query.lastPage && query.page >= query.lastPage
        paging = Paging(page: query.page, of: min(pages, query.lastPage)) { page in
            var other = query
            other.page = page
            return Paths.search(other)
        }
    }
}

extension SearchPage.Filters {
    fileprivate init(_ query: SearchQuery) {
        isOpen = !query.filters.isEmpty || query.order != .relevance
        clearedPath = isOpen ? Paths.search(SearchQuery(text: query.text)) : nil
        orders = SearchOrder.allCases.map { order in
            SearchPage.Choice(choiceValue: order.rawValue, choiceName: order.words, isChosen: order == query.order)
        }
        func choices(_ offered: [String], _ chosen: String?) -> [SearchPage.Choice] {
            // What an address asks for stays chosen, offered or not.
            (offered + [chosen].compactMap(\.self).filter { !offered.contains($0) }).map { value in
                SearchPage.Choice(choiceValue: value, choiceName: value, isChosen: value == chosen)
            }
        }
        pythons = choices(PythonSeries.offered.map(\.text), query.filters.python?.text)
        licenses = choices(SearchFacets.offeredLicenses, query.filters.license)
        classifier = query.filters.classifier
        classifiers = SearchFacets.offeredClassifiers
        isCriticalOnly = query.filters.isCritical
    }
}

extension SearchOrder {
    fileprivate var words: String {
        switch self {
        case .relevance: "Best match"
        case .downloads: "Most downloaded"
        case .updated: "Last released"
        case .name: "Name"
        }
    }
}

extension ResultRow {
    init(_ found: FoundProject) {
        self.init(found.summary)
        if found.isCritical { rowMarks.append(RowMark(markText: "Critical", markKind: "critical")) }
        switch found.status {
        case .active: break
        case .archived: rowMarks.append(RowMark(markText: "Archived", markKind: "warning"))
        case .deprecated: rowMarks.append(RowMark(markText: "Deprecated", markKind: "warning"))
        case .quarantined: rowMarks.append(RowMark(markText: "Quarantined", markKind: "danger"))
        }
    }
}

/// Links to the other pages of a list.
struct Paging {
    struct Link {
        /// Its number, or nil for those that are left out.
        let number: String?
        let numberPath: String
        let isCurrent: Bool
    }

    let previousPath: String?
    let nextPath: String?
    let links: [Link]
    let position: String

    /// The links on a page; nil when there is only one page. The first, the last and the neighbours are named.
    init?(page: Int, of count: Int, path: (Int) -> String) {
        guard count > 1 else { return nil }
        previousPath = page > 1 ? path(min(page - 1, count)) : nil
        nextPath = page < count ? path(page + 1) : nil
        position = "Page \(page.grouped) of \(count.grouped)"
        var links: [Link] = []
        var last = 0
        for number in Set([1, page - 1, page, page + 1, count]).filter({ (1...count).contains($0) }).sorted() {
            if number > last + 1 { links.append(Link(number: nil, numberPath: "", isCurrent: false)) }
            links.append(Link(number: number.grouped, numberPath: path(number), isCurrent: number == page))
            last = number
        }
        self.links = links
    }
}

extension SiteRenderer {
    /// `GET /search/?q=…`, with filters, an order and a page.
    ///
    /// - Parameters:
    ///   - query: What was asked for; the text may be empty.
    ///   - results: What the store found for it.
    public func search(_ query: SearchQuery, results: SearchResults) -> [UInt8] {
        let page = SearchPage(query, results)
        let title = query.text.trimmedOfWhitespace.isEmpty ? page.heading : "Search: \(query.text)"
        return render(
            page, as: .search, titled: title, .init(hasSearch: false, isPrivate: true))
    }
}

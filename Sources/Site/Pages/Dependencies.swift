import PackagingFormats
import Projects

/// What a release needs, by extra.
struct Dependencies {
    struct Group {
        /// The extra's name; nil for what is always needed.
        let extra: String?
        let rows: [Row]
    }

    struct Row {
        let requirement: String
        /// Where the project is on this index.
        let requirementPath: String?
        let constraint: String?
        let condition: String?
    }

    let count: String
    let always: [Row]
    let extras: [Group]
    /// That there are more than are shown; nil where there are not.
    let more: String?

    /// Nil when nothing is needed and no extra offered.
    init?(_ list: DependencyList, isHosted: (String) -> Bool) {
        guard !list.isEmpty else { return nil }
        func row(_ line: DependencyLine) -> Row {
            Row(
                requirement: line.requirement.cut(to: .label),
                requirementPath: line.name.flatMap { isHosted($0.normalized) ? Paths.project($0) : nil },
                constraint: line.constraint?.cut(to: .line), condition: line.condition?.cut(to: .line))
        }
        always = list.always.map(row)
        extras = list.extras.map { Group(extra: $0.name.cut(to: .label), rows: $0.lines.map(row)) }
        count = list.alwaysCount.grouped
        more = list.hasMore ? "These are not all: the file's metadata lists the rest." : nil
    }
}

/// The dependencies of a release that its page shows, by extra.
///
/// Some packages have a thousand of them. Nobody reads so many on a page, and each costs time whenever the page is
/// made: so only the first are read, and only the first of these are shown.
struct DependencyList {
    /// How many requirements and extras of a release are read at all.
    static let read = 1_000
    /// How many rows and headings are shown.
    static let shown = 400

    /// What is always needed.
    private(set) var always: [DependencyLine] = []
    /// By extra, in the order in which the metadata name them.
    private(set) var extras: [(name: String, lines: [DependencyLine])] = []
    /// How many are always needed, shown or not.
    let alwaysCount: Int
    /// Whether there is more than is shown.
    private(set) var hasMore: Bool

    var isEmpty: Bool { always.isEmpty && extras.isEmpty && !hasMore }

    init(_ metadata: ReleaseMetadata) {
        let lines = metadata.requiresDist.prefix(Self.read).map(DependencyLine.init)
        hasMore = metadata.requiresDist.count > Self.read || metadata.providesExtra.count > Self.read
        var groups: [String?: [DependencyLine]] = [:]
        for line in lines { groups[line.extra, default: []].append(line) }
        // Markers hold normalized names.
        var names = metadata.providesExtra.prefix(Self.read).map { (try? ProjectName(parsing: $0))?.normalized ?? $0 }
        names += lines.compactMap(\.extra)
        alwaysCount = groups[nil]?.count ?? 0

        var room = Self.shown
        always = take(groups[nil] ?? [], of: &room)
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            guard room > 0 else {
                hasMore = true
                break
            }
            room -= 1
            extras.append((name, take(groups[name] ?? [], of: &room)))
        }
    }

    private mutating func take(_ lines: [DependencyLine], of room: inout Int) -> [DependencyLine] {
        if lines.count > room { hasMore = true }
        defer { room -= min(room, lines.count) }
        return Array(lines.prefix(room))
    }

    /// The normalized names of the projects that are shown.
    var names: Set<String> {
        Set((always + extras.flatMap(\.lines)).compactMap { $0.name?.normalized })
    }
}

private func rank(_ comparison: Specifier.Comparison) -> Int {
    switch comparison {
    case .equal, .compatible, .arbitrary: 0
    case .atLeast, .above: 1
    case .atMost, .below: 2
    case .notEqual: 3
    }
}

/// A requirement taken apart for reading. Anything else is shown as it is written.
struct DependencyLine: Equatable {
    /// The project; nil when the line names none.
    let name: ProjectName?
    /// Name and extras: `requests[socks]`.
    let requirement: String
    /// The versions or the address: `>=2.0, <3`.
    let constraint: String?
    /// When it is needed: `python_version < "3.11"`.
    let condition: String?
    /// The normalized name of the extra that needs it.
    let extra: String?

    init(_ line: String) {
        guard let parsed = try? Requirement(parsing: line) else {
            (name, requirement, constraint, condition, extra) = (nil, line, nil, nil, nil)
            return
        }
        let extras = parsed.extras.map(\.display).sorted().joined(separator: ", ")
        // The lowest version first, then the highest, then those between that will not do.
        let versions = parsed.specifier.specifiers.sorted { rank($0.comparison) < rank($1.comparison) }
            .map(\.text).joined(separator: ", ")
        name = parsed.name
        requirement = parsed.name.display + (extras.isEmpty ? "" : "[\(extras)]")
        constraint = parsed.url.map { "from " + $0 } ?? (versions.isEmpty ? nil : versions)
        (condition, extra) = parsed.marker.map(Self.split) ?? (nil, nil)
    }

    /// Takes `extra == "name"` out of a marker where all of it depends on it.
    private static func split(_ marker: Marker) -> (condition: String?, extra: String?) {
        if let extra = extra(of: marker) { return (nil, extra) }
        guard case .all(let operands) = marker else { return (marker.text, nil) }
        let extras = operands.compactMap(extra)
        let others = operands.filter { extra(of: $0) == nil }
        guard extras.count == 1, let first = others.first else { return (marker.text, nil) }
        return (others.count == 1 ? first.text : Marker.all(others).text, extras[0])
    }

    private static func extra(of marker: Marker) -> String? {
        guard case .comparison(let comparison) = marker, comparison.comparison == .version(.equal) else { return nil }
        return switch (comparison.left, comparison.right) {
        case (.variable(.extra), .literal(let name)), (.literal(let name), .variable(.extra)): name
        case (.variable, .variable), (.variable, .literal), (.literal, .variable), (.literal, .literal): nil
        }
    }
}

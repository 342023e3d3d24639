import PackagingFormats

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

    /// Nil when nothing is needed and no extra offered.
    init?(_ requirements: [String], extras names: [String], isHosted: (String) -> Bool) {
        guard !requirements.isEmpty || !names.isEmpty else { return nil }
        let lines = requirements.map(DependencyLine.init)
        func rows(_ extra: String?) -> [Row] {
            lines.filter { $0.extra == extra }.map { line in
                Row(
                    requirement: line.requirement,
                    requirementPath: line.name.flatMap { isHosted($0.normalized) ? Paths.project($0) : nil },
                    constraint: line.constraint, condition: line.condition)
            }
        }
        // Markers hold normalized names.
        var groups = names.map { (try? ProjectName(parsing: $0))?.normalized ?? $0 }
        for extra in lines.compactMap(\.extra) where !groups.contains(extra) { groups.append(extra) }
        always = rows(nil)
        extras = groups.map { Group(extra: $0, rows: rows($0)) }
        count = always.count.grouped
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

/// A requirement taken apart for reading. Whatever is none is shown as it is written.
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
        default: nil
        }
    }
}

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
        var groups = names
        for extra in lines.compactMap(\.extra) where !groups.contains(extra) { groups.append(extra) }
        always = rows(nil)
        extras = groups.map { Group(extra: $0, rows: rows($0)) }
        count = always.count.grouped
    }
}

/// A requirement taken apart for reading. Whatever does not look like one is shown as it is written.
///
/// Source: packaging.python.org, dependency specifiers (PEP 508).
struct DependencyLine: Equatable {
    /// The project; nil when the line names none.
    let name: ProjectName?
    /// Name and extras: `requests[socks]`.
    let requirement: String
    /// The versions or the address: `>=2.0`.
    let constraint: String?
    /// When it is needed: `python_version < "3.11"`.
    let condition: String?
    /// The extra that needs it.
    let extra: String?

    init(_ line: String) {
        let halves = line.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let specification = (halves.first ?? "").trimmedOfWhitespace
        let written = specification.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        var rest = specification[written.endIndex...]
        var extras = Substring()
        if rest.trimmedOfWhitespace.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            extras = rest[...end]
            rest = rest[rest.index(after: end)...]
        }
        name = try? ProjectName(parsing: String(written))
        requirement = name == nil ? specification : written + extras.trimmedOfWhitespace
        var constraint = name == nil ? "" : rest.trimmedOfWhitespace
        if constraint.hasPrefix("("), constraint.hasSuffix(")") {
            constraint = String(constraint.dropFirst().dropLast())
        }
        self.constraint = constraint.isEmpty ? nil : constraint
        let marker = halves.count > 1 ? halves[1].trimmedOfWhitespace : ""
        (condition, extra) = Self.split(marker)
    }

    /// Takes `extra == "name"` out of a marker where it is one side of its last `and`, or all of it.
    private static func split(_ marker: String) -> (condition: String?, extra: String?) {
        guard !marker.isEmpty else { return (nil, nil) }
        let words = marker.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count >= 3, words[words.count - 3] == "extra", words[words.count - 2] == "==",
            let quoted = words.last, let quote = quoted.first, quote == "\"" || quote == "'",
            quoted.count > 2, quoted.last == quote
        else { return (marker, nil) }
        let extra = String(quoted.dropFirst().dropLast())
        guard words.count > 3 else { return (nil, extra) }
        let before = words[..<(words.count - 4)].joined(separator: " ")
        guard words[words.count - 4] == "and", !words.contains("or") || isInParentheses(before) else {
            return (marker, nil)
        }
        return (isInParentheses(before) ? String(before.dropFirst().dropLast()) : before, extra)
    }

    private static func isInParentheses(_ marker: String) -> Bool {
        guard marker.hasPrefix("("), marker.hasSuffix(")") else { return false }
        var depth = 0
        for (offset, character) in marker.enumerated() {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if depth == 0 { return offset == marker.count - 1 }
        }
        return false
    }
}

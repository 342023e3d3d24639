import PackagingFormats

/// What a page says of an advisory, in a few words.
public struct AdvisoryLine: Sendable, Hashable {
    /// `GHSA-2jv5-9r88-3w3p (CVE-2024-24762)`
    public let title: String
    /// What it is about, and in which version it is mended.
    public let text: String
    /// Whether somebody meant harm, or it is as grave as it gets.
    public let isGrave: Bool
    /// Where all of it is read; nil for what stands for several.
    public let path: String?

    private static let mostCharacters = 300
    /// How many are shown; the rest is counted.
    public static let most = 5

    /// What is said on the page of a release, the gravest first.
    ///
    /// What the status of the project says already is left out.
    public static func all(_ advisories: [Advisory], of project: ProjectName, _ version: Version) -> [AdvisoryLine] {
        let held = advisories.filter { $0.holds(for: project, version.normalized) && !$0.isOwnOfWholeProject }
        let sorted = held.sorted { a, b in
            a.gravity != b.gravity ? a.gravity > b.gravity : a.id < b.id
        }
        let rest = sorted.dropFirst(most)
        let lines = sorted.prefix(most).map { AdvisoryLine($0, of: project) }
        guard !rest.isEmpty else { return lines }
        let names = rest.prefix(20).map(\.id.description).joined(separator: ", ") + (rest.count > 20 ? ", …" : "")
        return lines + [AdvisoryLine(title: "\(rest.count) more", text: names, isGrave: false, path: nil)]
    }

    /// What is said of an advisory on the page of a release.
    public init(_ advisory: Advisory, of project: ProjectName) {
        let known = advisory.aliases.first { $0.hasPrefix("CVE-") } ?? advisory.aliases.first
        var sentences = [Self.sentence(advisory.summary ?? advisory.details ?? "")]
        if advisory.isMalicious { sentences.insert("It is malicious. Do not install it.", at: 0) }
        if let level = advisory.level, level != .none { sentences.append("Severity: \(level.rawValue).") }
        let fixes = advisory.fixes(of: project)
        if !fixes.isEmpty { sentences.append("Fixed in \(fixes.map(\.description).joined(separator: ", ")).") }
        self.init(
            title: advisory.id.description + (known.map { " (\($0))" } ?? ""),
            text: sentences.filter { !$0.isEmpty }.joined(separator: " "),
            isGrave: advisory.isMalicious || advisory.level == .critical, path: advisory.id.path)
    }

    private init(title: String, text: String, isGrave: Bool, path: String?) {
        self.title = title
        self.text = text
        self.isGrave = isGrave
        self.path = path
    }

    /// The first line of what somebody wrote, as a sentence.
    private static func sentence(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first { $0.contains { !$0.isWhitespace } } ?? ""
        let short = line.prefix(mostCharacters)
        guard let last = short.last else { return "" }
        if short.count < line.count { return short + "…" }
        return ".!?".contains(last) ? String(short) : short + "."
    }
}

extension Advisory {
    /// Malice before mistakes, and mistakes by their level.
    fileprivate var gravity: Int {
        isMalicious ? SeverityLevel.allCases.count : level.flatMap(SeverityLevel.allCases.firstIndex) ?? 0
    }

    fileprivate var isOwnOfWholeProject: Bool { id.isOwn && affected.contains { !$0.ranges.isEmpty } }
}

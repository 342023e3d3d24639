import Foundation

/// The table that searching is held to: projects, and what people want first who type something.
public enum SearchTable {
    /// A project of it.
    public struct Project: Sendable {
        public let name: String
        /// In a month.
        public let downloads: Int64
        public let summary: String
        public let keywords: String
        public let classifiers: [String]
        public let description: String
    }

    /// Something that people type.
    public struct Query: Sendable {
        public let text: String
        /// What is wanted first; any of several.
        public let wanted: Set<String>
        /// Whether it says what is wanted, and not which.
        public let isTopic: Bool
    }

    /// The projects, in the order of the file.
    public static func projects() throws -> [Project] {
        try lines(of: "projects.tsv").filter { $0.count == 6 }.map { fields in
            Project(
                name: fields[0], downloads: (Int64(fields[1]) ?? 0) * 1_000, summary: fields[2], keywords: fields[3],
                classifiers: fields[4].split(separator: ";").map { text in
                    let text = text.trimmingCharacters(in: .whitespaces)
                    return (text.hasPrefix("T ") ? "Topic :: " : "Framework :: ") + text.dropFirst(2)
                }, description: fields[5])
        }
    }

    /// The queries, names first.
    public static func queries() throws -> [Query] {
        var queries: [Query] = []
        var isTopic = false
        for fields in try lines(of: "queries.tsv") {
            if fields[0].hasPrefix("# --") { isTopic = fields[0].contains("topics") }
            guard fields.count == 2 else { continue }
            queries.append(
                Query(text: fields[0], wanted: Set(fields[1].split(separator: "|").map(String.init)), isTopic: isTopic))
        }
        return queries
    }

    private static func lines(of file: String) throws -> [[String]] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tests.appending(path: "SearchTests/Table/\(file)"), encoding: .utf8)
            .split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }
}

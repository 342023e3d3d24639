import Database
import Foundation
import PackagingFormats
import ProjectSearch
import Projects
import Search
import Support
import VectorSupport

/// Projects that are made up, from a seed.
struct Corpus: Sendable {
    struct Project: Sendable {
        let name: String
        let downloads: Int64
        let metadata: ReleaseMetadata
    }

    private(set) var projects: [Project] = []
    /// Words, the most frequent first.
    private let vocabulary: [String]
    /// How much of all text the words up to each one are.
    private let shares: [Double]

    init(count: Int) {
        var random = SplitMix64(seed: 12)
        var words = [
            "python", "a", "for", "the", "and", "library", "of", "to", "package", "in", "data", "api", "with", "simple",
            "client",
            "tool", "web", "based", "http", "framework", "json", "file", "django", "test", "async", "command", "line",
            "utilities", "server", "database", "machine", "learning", "model", "parser", "plugin", "configuration",
            "cloud",
            "aws", "image", "text", "analysis", "fast", "wrapper", "interface", "tools", "management", "support", "sdk",
        ]
        let syllables = [
            "ba", "co", "di", "fu", "ge", "ha", "ji", "ko", "lu", "me", "na", "po", "qui", "ra", "so", "ti", "ver",
            "wo", "xen", "yl", "zo",
        ]
        while words.count < 40_000 {
            words.append(
                (0..<Int.random(in: 2...4, using: &random)).map { _ in syllables.randomElement(using: &random) ?? "" }
                    .joined())
        }
        vocabulary = words
        var sum = 0.0
        shares = words.indices.map { place in
            sum += 1 / Double(place + 3)
            return sum
        }
        var names: Set<String> = []
        for project in (try? SearchTable.projects()) ?? [] {
            var metadata = ReleaseMetadata()
            metadata.summary = project.summary
            metadata.keywords = project.keywords
            metadata.classifiers = project.classifiers
            metadata.description = project.description
            names.insert(project.name)
            projects.append(Project(name: project.name, downloads: project.downloads, metadata: metadata))
        }
        while projects.count < count {
            let name = (0..<Int.random(in: 1...3, using: &random)).map { _ in word(&random) }.joined(separator: "-")
            guard names.insert(name).inserted else { continue }
            projects.append(Project(name: name, downloads: downloads(&random), metadata: metadata(&random)))
        }
    }

    private func word(_ random: inout SplitMix64) -> String {
        let place = Double.random(in: 0..<(shares.last ?? 1), using: &random)
        var (low, high) = (0, shares.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if shares[middle] < place { low = middle + 1 } else { high = middle }
        }
        return vocabulary[low]
    }

    private func words(_ count: Int, _ random: inout SplitMix64) -> String {
        (0..<count).map { _ in word(&random) }.joined(separator: " ")
    }

    /// Half of all have fewer than a few hundred, and one in ten thousand has hundreds of millions.
    private func downloads(_ random: inout SplitMix64) -> Int64 {
        Int64(30 * pow(Double.random(in: 0.0001..<1, using: &random), -1.9))
    }

    private func metadata(_ random: inout SplitMix64) -> ReleaseMetadata {
        var metadata = ReleaseMetadata()
        metadata.summary = words(Int.random(in: 3...12, using: &random), &random)
        if Int.random(in: 0..<3, using: &random) == 0 { metadata.keywords = words(5, &random) }
        metadata.description = words(Int.random(in: 20...400, using: &random), &random)
        metadata.requiresPython = [nil, ">=3.8", ">=3.9", ">=3.10", ">=3.6,<3.12"].randomElement(using: &random) ?? nil
        metadata.licenseExpression =
            [nil, "MIT", "MIT", "Apache-2.0", "BSD-3-Clause", "GPL-3.0-or-later"].randomElement(using: &random) ?? nil
        let topics = SearchFacets.offeredClassifiers
        metadata.classifiers = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
            topics.randomElement(using: &random)
        }
        return metadata
    }

    // MARK: Storing

    /// Writes the projects as uploads would have.
    func store(in index: TestIndex) async throws {
        var rest = projects[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(1_000))
            rest = rest.dropFirst(part.count)
            try await index.database.byHand(
                part.map { project in
                    "INSERT INTO project (name, normalized, ultranormalized, created_at, status, serial, size) "
                        + "VALUES ('\(project.name)', '\(project.name)', '', 0, 'active', 0, 0)"
                }.joined(separator: ";\n"))
            let first = Int64(projects.count - rest.count - part.count + 1)
            try await index.database.keep(.search) { transaction in
                for (number, project) in part.enumerated() {
                    try transaction.putSearchEntry(
                        SearchEntry(try ProjectName(parsing: project.name), project.metadata),
                        of: first + Int64(number),
                        SearchStanding(
                            downloads: project.downloads, updatedAt: Int64(number),
                            isCritical: project.downloads > 10_000_000,
                            isDiscouraged: false))
                }
            }
        }
    }

    // MARK: Queries

    func queries() throws -> [(String, [SearchQuery])] {
        var random = SplitMix64(seed: 13)
        func some(_ count: Int, _ make: (inout SplitMix64) -> SearchQuery) -> [SearchQuery] {
            (0..<count).map { _ in make(&random) }
        }
        return [
            ("queries of the table", try SearchTable.queries().map { SearchQuery(text: $0.text) }),
            ("names", some(500) { SearchQuery(text: projects.randomElement(using: &$0)?.name ?? "") }),
            ("a word", some(500) { SearchQuery(text: word(&$0)) }),
            ("two words", some(500) { SearchQuery(text: words(2, &$0)) }),
            ("four words", some(500) { SearchQuery(text: words(4, &$0)) }),
            ("the most frequent words", vocabulary.prefix(48).map { SearchQuery(text: $0) }),
            (
                "two of the most frequent words",
                some(200) { random in
                    SearchQuery(
                        text: (0..<2).map { _ in vocabulary[Int.random(in: 0..<48, using: &random)] }.joined(
                            separator: " "))
                }
            ),
            (
                "a word with filters",
                some(300) { random in
                    SearchQuery(
                        text: word(&random),
                        filters: SearchFilters(
                            classifier: "Topic :: Internet :: WWW/HTTP", python: PythonSeries("3.12"),
                            license: Bool.random(using: &random) ? "MIT" : nil, isCritical: Bool.random(using: &random))
                    )
                }
            ),
            (
                "filters and orders alone",
                SearchOrder.allCases.flatMap { order in
                    (1...20).map {
                        SearchQuery(
                            text: "", filters: SearchFilters(license: $0 > 10 ? "MIT" : nil), order: order, page: $0)
                    }
                }
            ),
            ("a word in another order", some(200) { SearchQuery(text: word(&$0), order: .updated) }),
            (
                "pages far behind, in every order",
                SearchOrder.allCases.flatMap { order in
                    ["", "data", "http", "python"].flatMap { text in
                        [50, 100].flatMap { page in
                            [nil, "MIT"].map { license in
                                SearchQuery(
                                    text: text, filters: SearchFilters(license: license), order: order, page: page)
                            }
                        }
                    } + [SearchQuery(text: "", order: order, page: 5_000)]
                }
            ),
            ("names with a slip", slips(500).map { SearchQuery(text: $0) }),
        ]
    }

    /// Names of projects with one slip in each.
    func slips(_ count: Int) -> [String] {
        var random = SplitMix64(seed: 14)
        return (0..<count).map { _ in
            var bytes = Array((projects.randomElement(using: &random)?.name ?? "requests").utf8)
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(UInt8.random(in: 97...122, using: &random), at: place)
            case _: bytes[place] = UInt8.random(in: 97...122, using: &random)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

import Database
import Foundation
import Glibc
import PackagingFormats
import Ports
import ProjectSearch
import Projects
import Search
import Stores
import Support
import UTC
import VectorSupport

/// What a search takes, among as many projects as are asked for.
///
///     swift run -c release SearchBenchmark [PROJECTS]
///
/// Projects are made up: names of one to three parts, summaries and descriptions of words that are as frequent as words
/// of a language are (Zipf), downloads by a power law, classifiers, licences and Pythons as projects have them; and beside
/// them the projects of the table that searching is held to. Queries are those of the table, names and words of the
/// projects themselves, the most frequent words together, with filters and in other orders, and names with a slip in
/// them. They go through the store, one after the other, as pages do.
@main struct SearchBenchmark {
    static func main() async throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 100_000
        let index = try await TestIndex()
        let corpus = Corpus(count: count)
        let start = ContinuousClock.now
        try await corpus.store(in: index)
        print("\(count) projects, made in \((ContinuousClock.now - start) / .seconds(1)) s")
        let size = try FileManager.default.attributesOfItem(atPath: index.database.path)[.size] as? Int ?? 0
        print("the database has \(size / 1_000_000) MB")

        let projects = index.stores.projects
        let before = try resident()
        let first = try await Times(of: [SearchQuery(text: "anything")]) { _ = try await projects.search($0) }
        print(first.line("the first search, which reads all that is in memory"))
        print("which takes \((try resident() - before) / 1_000_000) MB, with what reading it took")

        var all = Times()
        for (words, queries) in try corpus.queries() {
            let times = try await Times(of: queries) { _ = try await projects.search($0) }
            all += times
            print(times.line(words))
        }
        print(all.line("all of these"))
        let slips = corpus.slips(500)
        let meant = try await Times(of: slips) { _ = try await projects.suggestions(for: $0, limit: 5) }
        print(meant.line("suggestions for a name that is not there"))
        try await changes(index)
    }

    /// The bytes of memory that the process has.
    private static func resident() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ").dropFirst()
            .first
        return (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Searches each of which comes after a change of a project.
    private static func changes(_ index: TestIndex) async throws {
        var times = Times()
        for number in 1...200 as ClosedRange<Int64> {
            try await index.database.keep(.search) { transaction in
                try transaction.weighSearchEntry(
                    of: 37 * number,
                    SearchStanding(downloads: 1000 * number, updatedAt: number, isCritical: false, isDiscouraged: false)
                )
            }
            times += try await Times(of: [SearchQuery(text: "http")]) { _ = try await index.stores.projects.search($0) }
        }
        print(times.line("a word after a change"))
    }
}

/// How long things took, one by one, in milliseconds: on the clock, and of the processors.
private struct Times {
    private var elapsed: [Double] = []
    private var used: [Double] = []

    init() {}

    init<Thing>(of things: [Thing], _ body: @Sendable (Thing) async throws -> Void) async rethrows {
        for thing in things {
            let (start, before) = (ContinuousClock.now, clock())
            try await body(thing)
            used.append(Double(clock() - before) / Double(CLOCKS_PER_SEC) * 1000)
            elapsed.append((ContinuousClock.now - start) / .milliseconds(1))
        }
    }

    static func += (times: inout Times, more: Times) {
        times.elapsed += more.elapsed
        times.used += more.used
    }

    func line(_ words: String) -> String {
        "\(words) (\(elapsed.count)): \(Self.shares(elapsed)) ms; of processors \(Self.shares(used)) ms"
    }

    private static func shares(_ times: [Double]) -> String {
        let sorted = times.sorted()
        func share(_ share: Double) -> String {
            String(format: "%.2f", sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
        }
        return "p50 \(share(0.5)), p95 \(share(0.95)), p99 \(share(0.99)), most \(share(1))"
    }
}

import PackagingFormats
import Projects
import Search
import Testing
import VectorSupport

/// The rules alone, over all projects of the table at once; `SearchStoreTests` asks the same of an index.
@Suite("What three hundred queries find first") struct SearchTableTests {
    private struct Corpus {
        var listing = SearchListing()
        var entries: [(name: String, allWords: [Substring])] = []
    }

    private static func corpus() throws -> Corpus {
        var corpus = Corpus()
        for (number, project) in try SearchTable.projects().sorted(by: { $0.downloads > $1.downloads }).enumerated() {
            var metadata = ReleaseMetadata()
            metadata.summary = project.summary
            metadata.keywords = project.keywords
            metadata.classifiers = project.classifiers
            metadata.description = project.description
            let entry = SearchEntry(try ProjectName(parsing: project.name), metadata)
            corpus.listing.put(
                SearchListing.Entry(
                    name: entry.name, text: Array(entry.rankedText.utf8), facets: entry.facets,
                    band: Popularity.band(of: project.downloads), downloads: project.downloads, updatedAt: 0),
                of: Int64(number))
            corpus.entries.append((entry.name, entry.allWords.split(separator: " ")))
        }
        return corpus
    }

    /// What somebody sees: what they may have meant, then what was found.
    private static func seen(_ text: String, in corpus: Corpus) -> [String] {
        let plan = SearchPlan(text)
        var found = SearchFindings(plan, SearchFilters(), by: .relevance, in: corpus.listing)
        if found.wantsDescriptions {
            // As an engine would.
            func has(_ word: String, _ words: [Substring]) -> Bool {
                SearchPlan.isBeginning(word) ? words.contains { $0.hasPrefix(word) } : words.contains(word[...])
            }
            let described = corpus.entries.indices.filter { number in
                plan.words.allSatisfy { has($0, corpus.entries[number].allWords) }
            }
            found.add(described: described.prefix(found.mostDescribed ?? .max).map { Int64($0) })
        }
        let all = found.suggestions(limit: 3) + found.ordered
        var seen: Set<Int64> = []
        return all.filter { seen.insert($0).inserted }.map { corpus.entries[Int($0)].name }
    }

    @Test("is what is wanted, of names nearly always, of topics mostly")
    func table() throws {
        let corpus = try Self.corpus()
        // swift-format-ignore
        let demands: [(isTopic: Bool, first: Double, amongThree: Double)] = [
            (false, 0.98, 0.99),
            (true,  0.86, 0.97),
        ]
        for demand in demands {
            let queries = try SearchTable.queries().filter { $0.isTopic == demand.isTopic }
            var (first, amongThree) = (0, 0)
            for query in queries {
                let seen = Self.seen(query.text, in: corpus)
                if let best = seen.first, query.wanted.contains(best) {
                    first += 1
                } else {
                    print("\(query.text): wanted \(query.wanted.sorted()), got \(seen.prefix(4))")
                }
                if !query.wanted.isDisjoint(with: seen.prefix(3)) { amongThree += 1 }
            }
            print(
                "\(demand.isTopic ? "topics" : "names"): \(first) first, \(amongThree) among three, of \(queries.count)"
            )
            #expect(Double(first) / Double(queries.count) >= demand.first)
            #expect(Double(amongThree) / Double(queries.count) >= demand.amongThree)
        }
    }
}

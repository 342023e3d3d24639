import Names
import Testing
import VectorSupport

@testable import Search

/// Everything that is found is compared with what a look at each project would find.
@Suite("A listing of all that can be found") struct SearchListingTests {
    /// Projects that say some of a few words, are under some of a few licences, and are often downloaded alike.
    private struct Some {
        var random: SplitMix64
        var known: [Int64: SearchListing.Entry] = [:]
        private static let words = ["http", "https", "httpx", "h", "json", "日本", "die", "diesel"]
        private static let licenses = ["MIT", "ISC", "0BSD"]

        mutating func entry(_ project: Int64) -> SearchListing.Entry {
            func some(_ all: [String]) -> [String] { all.filter { _ in Int.random(in: 0..<3, using: &random) == 0 } }
            let name = "p\(Int.random(in: 0..<1_000, using: &random))-\(project)"
            let (keywords, summary) = (some(Self.words), some(Self.words))
            return SearchListing.Entry(
                name: name,
                text: Array("\(name)\n\(keywords.joined(separator: " "))\n\(summary.joined(separator: " "))\n".utf8),
                facets: some(Self.licenses).flatMap { SearchFacets.words(asked: SearchFilters(license: $0)) }.joined(
                    separator: " "),
                band: Int.random(in: 0..<5, using: &random), downloads: Int64.random(in: 0..<20, using: &random),
                updatedAt: Int64.random(in: 0..<20, using: &random), isCritical: Bool.random(using: &random))
        }

        func having(_ word: String) -> Set<Int64> {
            Set(
                known.filter { project in
                    SearchEntry.words(ofRanked: String(decoding: project.value.text, as: UTF8.self)).contains {
                        SearchPlan.isBeginning(word) ? $0.hasPrefix(word) : $0 == word
                    }
                }.keys)
        }

        func sorted(by order: SearchOrder) -> [Int64] {
            known.sorted { a, b in
                switch order {
                case .relevance, .downloads: (-a.value.downloads, a.value.name) < (-b.value.downloads, b.value.name)
                case .updated: (-a.value.updatedAt, a.value.name) < (-b.value.updatedAt, b.value.name)
                case .name: a.value.name < b.value.name
                }
            }.map(\.key)
        }

        /// Compares everything.
        func expectSame(_ listing: SearchListing, _ comment: Comment) {
            #expect(listing.count == known.count && listing.names.count == known.count, comment)
            let ids = Array(known.keys) + [999_999, -1]
            func members(_ set: ProjectSet) -> Set<Int64> { Set(ids.filter(set.contains)) }
            for word in Self.words + ["ht", "p", "nothing"] {
                let found = listing.projects(with: word)
                #expect(members(found) == having(word) && found.count == having(word).count, comment)
            }
            for license in Self.licenses {
                for isCritical in [true, false] {
                    let filters = SearchFilters(license: license.lowercased(), isCritical: isCritical)
                    let word = SearchFacets.words(asked: SearchFilters(license: license))[0]
                    let passing = Set(
                        known.filter {
                            $0.value.facets.split(separator: " ").contains(word[...])
                                && (!isCritical || $0.value.isCritical)
                        }.keys)
                    #expect(listing.projects(passing: filters).map(members) == passing, comment)
                }
            }
            #expect(listing.projects(passing: SearchFilters()) == nil)
            let (http, having) = (listing.projects(with: "http"), having("http"))
            for order in SearchOrder.allCases {
                let all = sorted(by: order)
                for places in [0..<20, 0..<0, 20..<40, 33..<50, 0..<1_000, 5_000..<5_020] {
                    func at(_ places: Range<Int>, _ all: [Int64]) -> [Int64] {
                        Array(all[places.clamped(to: all.indices)])
                    }
                    #expect(listing.projects(places, of: nil, by: order) == at(places, all), comment)
                    #expect(
                        listing.projects(places, of: http, by: order) == at(places, all.filter(having.contains)),
                        comment)
                }
            }
        }
    }

    @Test(
        "finds what a look at each project finds, whatever was changed or taken out", arguments: 0..<12 as Range<UInt64>
    )
    func changes(seed: UInt64) {
        var some = Some(random: SplitMix64(seed: seed))
        var listing = SearchListing()
        for _ in 0..<400 {
            // Some in the second segment, and each more than once.
            let project = Int64(Int.random(in: 1...90, using: &some.random) * 200)
            if Int.random(in: 0..<4, using: &some.random) == 0 {
                some.known[project] = nil
                listing.remove(project)
            } else {
                let entry = some.entry(project)
                some.known[project] = entry
                listing.put(entry, of: project)
            }
        }
        some.expectSame(listing, "changed")
        // Read at once it is the same.
        let read = SearchListing(upTo: some.known.keys.max() ?? 0) { numbers in
            some.known.filter { numbers.contains($0.key) }.map { ($0.key, $0.value) }
        }
        some.expectSame(read, "read")
        // Nobody changes what somebody else looks at.
        let (before, copy) = (some, listing)
        for project in before.known.keys {
            if Bool.random(using: &some.random) {
                let entry = some.entry(project)
                some.known[project] = entry
                listing.put(entry, of: project)
            } else {
                some.known[project] = nil
                listing.remove(project)
            }
        }
        before.expectSame(copy, "a copy")
        some.expectSame(listing, "what it was copied from")
    }

    @Test(
        "gives each that is found on one page, in every order, with filters and without",
        arguments: ["", "http", "http json", "httpx diesel 日本"])
    func pages(text: String) {
        var some = Some(random: SplitMix64(seed: 7))
        var listing = SearchListing()
        for project in 1...300 as ClosedRange<Int64> {
            some.known[project] = some.entry(project)
            some.known[project].map { listing.put($0, of: project) }
        }
        for order in SearchOrder.allCases {
            for filters in [SearchFilters(), SearchFilters(license: "MIT", isCritical: true)] {
                let found = SearchFindings(SearchPlan(text), filters, by: order, in: listing)
                let total = found.page(1, of: 7).total
                let pages = (1...50).map { found.page($0, of: 7).projects }
                #expect(pages.joined().count == total && Set(pages.joined()).count == total && total > 0)
                #expect(pages.allSatisfy { $0.count == 7 || $0.count == total % 7 || $0.isEmpty })
                if !filters.isEmpty {
                    #expect(pages.joined().allSatisfy { found.passes($0) && some.known[$0]?.isCritical == true })
                }
            }
        }
    }

    @Test("takes time in proportion to what it has at most, however far behind a page is")
    func growth() {
        func entry(_ number: Int) -> SearchListing.Entry {
            let name = "p\(number)"
            return SearchListing.Entry(
                name: name, text: Array("\(name)\n\nhttp word\(number)\n".utf8), facets: "", band: 1, downloads: 1,
                updatedAt: 1)
        }
        let ratio = Growth.ratio(
            from: 2_000,
            of: { count in
                SearchListing(upTo: Int64(count)) { numbers in
                    numbers.prefix(count).map { ($0, entry(Int($0))) }
                }
            }
        ) { listing in
            for order in SearchOrder.allCases {
                let found = SearchFindings(SearchPlan("http"), SearchFilters(), by: order, in: listing)
                _ = found.page(100, of: 20)
            }
        }
        #expect(ratio < Growth.most)
    }
}

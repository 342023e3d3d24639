import Names

/// All that can be found, in memory: names, the words that projects say in short, what filters ask for, and the orders.
///
/// A copy shares nearly everything with what it was copied from: of thousands of projects those are written anew that
/// stand in one segment with what changes. So anyone who looks has a listing of their own that nobody changes.
public struct SearchListing: Sendable {
    /// What is known of one project.
    public struct Entry: Sendable, Hashable {
        /// As names are compared.
        public let name: String
        /// `SearchEntry.rankedText`.
        public let text: [UInt8]
        /// `SearchEntry.facets`.
        public let facets: String
        /// The step of its downloads, as it is stored.
        public let band: Int
        /// In the window of days that sums are kept of.
        public let downloads: Int64
        /// When the release that is shown first was made, in microseconds since 1970.
        public let updatedAt: Int64
        public let isCritical: Bool
        /// Whether nobody should begin to use it.
        public let isDiscouraged: Bool

        public init(
            name: String, text: [UInt8], facets: String, band: Int, downloads: Int64, updatedAt: Int64,
            isCritical: Bool = false, isDiscouraged: Bool = false
        ) {
            self.name = name
            self.text = text
            self.facets = facets
            self.band = band
            self.downloads = downloads
            self.updatedAt = updatedAt
            self.isCritical = isCritical
            self.isDiscouraged = isDiscouraged
        }
    }

    private var segments: [SearchSegment] = []
    private var orders = SearchOrders()
    /// The names alone.
    public private(set) var names = NameDirectory()

    /// Nothing yet.
    public init() {}

    /// What is read of an index at once.
    ///
    /// - Parameters:
    ///   - last: the greatest number of a project.
    ///   - read: gives the projects with numbers in a range, in any order.
    public init(upTo last: Int64, _ read: (Range<Int64>) throws -> [(project: Int64, entry: Entry)]) rethrows {
        var ranks: [(project: Int64, rank: SearchOrders.Rank)] = []
        while segments.count * SearchSegment.size <= Int(last) {
            let start = Int64(segments.count * SearchSegment.size)
            let entries = try read(start..<start + Int64(SearchSegment.size))
            for (project, entry) in entries {
                ranks.append((project, SearchOrders.Rank(entry)))
                names.put(NameDirectory.Entry(id: project, normalized: entry.name, weight: entry.band))
            }
            segments.append(SearchSegment(entries.map { (Int($0.project - start), $0.entry) }))
        }
        orders = SearchOrders(ranks)
    }

    /// Puts a project in, instead of what was known of it. Numbers are given one after the other, from 1 on.
    public mutating func put(_ entry: Entry, of project: Int64) {
        let (segment, place) = Int(project).quotientAndRemainder(dividingBy: SearchSegment.size)
        while segment >= segments.count { segments.append(SearchSegment()) }
        if let known = known(project) { orders.remove(at: places(of: known.rank)) }
        orders.insert(project, at: places(of: SearchOrders.Rank(entry)))
        segments[segment].put(entry, at: place)
        names.put(NameDirectory.Entry(id: project, normalized: entry.name, weight: entry.band))
    }

    /// Takes a project out.
    public mutating func remove(_ project: Int64) {
        let (segment, place) = Int(project).quotientAndRemainder(dividingBy: SearchSegment.size)
        guard let known = known(project) else { return }
        orders.remove(at: places(of: known.rank))
        segments[segment].remove(at: place)
        names.remove(project)
    }

    private func places(of rank: SearchOrders.Rank) -> SearchOrders.Places {
        // All that have a place are known.
        orders.places(of: rank) { known($0)?.rank ?? rank }
    }

    // MARK: What has something

    /// How many projects there are.
    public var count: Int { orders.count }

    /// What is kept of a project; nil for one that is not there.
    func known(_ project: Int64) -> SearchSegment.Known? {
        let (segment, place) = Int(project).quotientAndRemainder(dividingBy: SearchSegment.size)
        return segments.indices.contains(segment) ? segments[segment].known(at: place) : nil
    }

    /// What has a word in what it says in short.
    func projects(with word: String) -> ProjectSet {
        projects { segment, set, start in
            segment.words.insert(word, isBeginning: SearchPlan.isBeginning(word), into: &set, from: start)
        }
    }

    /// What filters let through; nil for everything.
    func projects(passing filters: SearchFilters) -> ProjectSet? {
        var passing: ProjectSet?
        for word in SearchFacets.words(asked: filters) {
            let having = projects { segment, set, start in
                segment.facets.insert(word, isBeginning: false, into: &set, from: start)
            }
            passing?.formIntersection(having)
            if passing == nil { passing = having }
        }
        return passing
    }

    /// Those of some numbers that are known.
    func projects(numbers: [Int64]) -> ProjectSet {
        var set = ProjectSet(below: segments.count * SearchSegment.size)
        for number in numbers where known(number) != nil { set.insert(Int(number)) }
        return set
    }

    private func projects(_ insert: (SearchSegment, inout ProjectSet, _ start: Int) -> Void) -> ProjectSet {
        var set = ProjectSet(below: segments.count * SearchSegment.size)
        for (number, segment) in segments.enumerated() { insert(segment, &set, number * SearchSegment.size) }
        return set
    }

    // MARK: In order

    /// Some of the projects of a set in an order: those at some places of it, from 0.
    ///
    /// - Parameter set: nil for all that there are.
    func projects(_ places: Range<Int>, of set: ProjectSet?, by order: SearchOrder) -> [Int64] {
        orders.projects(places, of: set, by: order)
    }
}

/// Projects whose numbers follow each other, with what they are found by: what is copied when one of them changes.
struct SearchSegment: Sendable {
    /// How many projects it has room for.
    static let size = 1 << 14

    /// What is kept of a project, beside its words and facets.
    struct Known: Sendable {
        let rank: SearchOrders.Rank
        let facts: SearchRanking.Facts

        init(_ entry: SearchListing.Entry) {
            rank = SearchOrders.Rank(entry)
            facts = SearchRanking.Facts(
                text: entry.text, downloads: entry.downloads, isDiscouraged: entry.isDiscouraged)
        }
    }

    private var known: [Known?] = []
    private(set) var words = WordPlaces()
    private(set) var facets = WordPlaces()

    init() {}

    init(_ entries: [(place: Int, entry: SearchListing.Entry)]) {
        for (place, entry) in entries { keep(Known(entry), at: place) }
        words = WordPlaces(entries.map { (WordPlaces.Place($0.place), Self.words(of: $0.entry)) })
        facets = WordPlaces(entries.map { (WordPlaces.Place($0.place), Self.facets(of: $0.entry)) })
    }

    func known(at place: Int) -> Known? { known.indices.contains(place) ? known[place] : nil }

    mutating func put(_ entry: SearchListing.Entry, at place: Int) {
        keep(Known(entry), at: place)
        words.put(Self.words(of: entry), at: WordPlaces.Place(place))
        facets.put(Self.facets(of: entry), at: WordPlaces.Place(place))
    }

    mutating func remove(at place: Int) {
        keep(nil, at: place)
        words.put([], at: WordPlaces.Place(place))
        facets.put([], at: WordPlaces.Place(place))
    }

    private mutating func keep(_ project: Known?, at place: Int) {
        if place >= known.count { known += repeatElement(nil, count: place + 1 - known.count) }
        known[place] = project
    }

    private static func words(of entry: SearchListing.Entry) -> [Substring] {
        SearchEntry.words(ofRanked: String(decoding: entry.text, as: UTF8.self))
    }

    private static func facets(of entry: SearchListing.Entry) -> [Substring] {
        entry.facets.split(separator: " ") + (entry.isCritical ? [SearchFacets.criticalWord[...]] : [])
    }
}

import Names

/// What is found by a plan in a listing: which projects, in parts, and which of them come first.
///
/// All of it is in memory but descriptions, which an engine looks through where `wantsDescriptions` says so.
public struct SearchFindings: Sendable {
    /// What one search may cost, and when it looks further.
    private enum Bounds {
        /// How many projects are ranked by relevance that have the words in what they say in short: the most downloaded
        /// of them. Any other order is one of all that are found.
        static let ranked = 500
        /// With fewer than this, descriptions are looked at, too, until there are twice as many.
        static let enough = 100
        /// With fewer than this, projects count that have some of the words: behind all others, and the most downloaded.
        static let few = 8
    }

    private let plan: SearchPlan
    private let order: SearchOrder
    private let listing: SearchListing
    /// What filters let through; nil for everything.
    private let passing: ProjectSet?
    private let likeNames: [SearchPlan.LikeNames]
    /// The projects that what was typed may be the name of, or a part of it; each once.
    private let named: [Int64]
    /// The projects that have every word in what they say in short; nil where no words are looked for.
    private let inShort: ProjectSet?
    /// What an engine found, the most downloaded first; nil before it was asked.
    private var described: [Int64]?

    /// What is found without a look at descriptions.
    public init(_ plan: SearchPlan, _ filters: SearchFilters, by order: SearchOrder, in listing: SearchListing) {
        (self.plan, self.order, self.listing) = (plan, order, listing)
        let passing = listing.projects(passing: filters)
        self.passing = passing
        var seen: Set<Int64> = []
        likeNames = plan.likeNames(in: listing.names)
        named = plan.named(likeNames, in: listing.names).map(\.id).filter { project in
            passing.map { $0.contains(project) } ?? true && seen.insert(project).inserted
        }
        // Anyone who pastes a line of requirements does not look for words.
        guard !plan.words.isEmpty, !plan.asked.isNamesOnly || named.isEmpty else {
            inShort = nil
            return
        }
        var found = passing
        for word in plan.words {
            let having = listing.projects(with: word)
            found?.formIntersection(having)
            if found == nil { found = having }
        }
        inShort = found
    }

    // MARK: Descriptions

    /// Whether so few say it in short that descriptions have to be looked through.
    public var wantsDescriptions: Bool { inShort.map { $0.count < Bounds.enough } ?? false }

    /// How many projects are wanted of those whose descriptions, or what they say in short, have every word: the most
    /// downloaded; nil for all of them.
    public var mostDescribed: Int? { order == .relevance ? 2 * Bounds.enough : nil }

    /// Whether filters let a project through.
    public func passes(_ project: Int64) -> Bool { passing.map { $0.contains(project) } ?? true }

    /// Takes what an engine found.
    public mutating func add(described projects: [Int64]) { described = projects }

    // MARK: Pages

    /// The numbers of the projects on a page of a query, how many there are on all pages, and whether there are more.
    public func page(_ number: Int, of size: Int) -> (projects: [Int64], total: Int, isCutShort: Bool) {
        let places = (number - 1) * size..<number * size
        guard !plan.words.isEmpty else {
            // What is not blank and has no word in it is in no project.
            guard plan.isBlank else { return ([], 0, false) }
            // What there is to find before a word is typed, or a filter set, is in the order of its names.
            let order = passing == nil && order == .relevance ? .name : order
            return (listing.projects(places, of: passing, by: order), passing?.count ?? listing.count, false)
        }
        switch order {
        case .relevance:
            let all = ordered
            let isCutShort =
                described.map { $0.count == mostDescribed } ?? inShort.map { $0.count >= Bounds.ranked } ?? false
            return (Array(all[places.clamped(to: all.indices)]), all.count, isCutShort)
        case .downloads, .updated, .name:
            // What has all words comes first, in every order.
            var all = inShort ?? listing.projects(numbers: [])
            all.formUnion(listing.projects(numbers: named + (described ?? [])))
            var others = listing.projects(numbers: someWords)
            others.subtract(all)
            let (before, behind) = (all.count, others.count)
            let rest = max(0, places.lowerBound - before)..<max(0, places.upperBound - before)
            return (
                listing.projects(places, of: all, by: order) + listing.projects(rest, of: others, by: order),
                before + behind, false
            )
        }
    }

    /// All that is found, the most relevant first.
    public var ordered: [Int64] {
        var taken: Set<Int64> = []
        var found: [(id: Int64, hasAllWords: Bool, facts: SearchRanking.Facts)] = []
        func add(_ projects: [Int64], hasAllWords: Bool, isByDescription: Bool = false) {
            for project in projects where taken.insert(project).inserted {
                guard var facts = listing.known(project)?.facts else { continue }
                facts.isByDescription = isByDescription
                found.append((project, hasAllWords, facts))
            }
        }
        add(named, hasAllWords: true)
        if let inShort { add(listing.projects(0..<Bounds.ranked, of: inShort, by: .downloads), hasAllWords: true) }
        add(described ?? [], hasAllWords: true, isByDescription: true)
        add(someWords, hasAllWords: false)
        return plan.ordered(found)
    }

    /// How many have all words.
    private var withAllWords: Int { described?.count ?? inShort?.count ?? 0 }

    /// Where hardly any has all words, the most downloaded of those that have one.
    private var someWords: [Int64] {
        guard inShort != nil, withAllWords < Bounds.few, plan.words.count > 1 else { return [] }
        var some = listing.projects(numbers: [])
        for word in plan.words { some.formUnion(listing.projects(with: word)) }
        if let passing { some.formIntersection(passing) }
        return listing.projects(0..<2 * Bounds.enough, of: some, by: .downloads)
    }

    // MARK: What was meant

    /// The projects that were meant, where what was typed is the name of none, or of one that hardly anybody uses.
    public func suggestions(limit: Int) -> [Int64] {
        plan.suggestions(beside: likeNames, in: listing.names, found: withAllWords, limit: limit).map(\.id)
    }
}

/// The orders in which all that can be found is shown when nobody asks for the most relevant first. They are kept, so
/// that a page of them, or of some of the projects, is found by walking along one, however far behind it is.
struct SearchOrders: Sendable {
    /// What a project has its places by.
    struct Rank: Sendable {
        /// As names are compared; no two projects have the same.
        let name: String
        let downloads: Int64
        let updatedAt: Int64

        init(_ entry: SearchListing.Entry) {
            (name, downloads, updatedAt) = (entry.name, entry.downloads, entry.updatedAt)
        }
    }

    private enum Kind: Int, CaseIterable {
        case downloads, date, name

        /// Whether the first comes before the second; false for two that have one place.
        func precedes(_ a: Rank, _ b: Rank) -> Bool {
            switch self {
            case .downloads where a.downloads != b.downloads: a.downloads > b.downloads
            case .date where a.updatedAt != b.updatedAt: a.updatedAt > b.updatedAt
            case .downloads, .date, .name: a.name < b.name
            }
        }
    }

    /// The numbers of all projects, in each order. Half as long as they might be: a change copies them.
    private var projects: [[Int32]] = Kind.allCases.map { _ in [] }

    /// Of nothing.
    init() {}

    init(_ all: [(project: Int64, rank: Rank)]) {
        projects = Kind.allCases.map { kind in
            all.sorted { kind.precedes($0.rank, $1.rank) }.map { Int32($0.project) }
        }
    }

    /// How many projects there are.
    var count: Int { projects[0].count }

    /// Where a project has its places.
    struct Places { fileprivate let places: [Int] }

    /// The places that a rank has, or would have.
    ///
    /// - Parameter known: the rank of a project that is there.
    func places(of rank: Rank, _ known: (Int64) -> Rank) -> Places {
        Places(
            places: Kind.allCases.map { kind in
                projects[kind.rawValue].firstPlace { !kind.precedes(known(Int64($0)), rank) }
            })
    }

    mutating func insert(_ project: Int64, at places: Places) {
        for kind in Kind.allCases { projects[kind.rawValue].insert(Int32(project), at: places.places[kind.rawValue]) }
    }

    mutating func remove(at places: Places) {
        for kind in Kind.allCases { projects[kind.rawValue].remove(at: places.places[kind.rawValue]) }
    }

    /// Those at some places in an order, from 0 on: of all, or of those in a set. By relevance to nothing that was typed
    /// they are in the order of their downloads.
    func projects(_ wanted: Range<Int>, of set: ProjectSet?, by order: SearchOrder) -> [Int64] {
        let kind: Kind =
            switch order {
            case .relevance, .downloads: .downloads
            case .updated: .date
            case .name: .name
            }
        let all = projects[kind.rawValue]
        guard let set else { return all[wanted.clamped(to: all.indices)].map { Int64($0) } }
        guard !wanted.isEmpty else { return [] }
        var (found, place) = ([Int64](), 0)
        for project in all where set.contains(Int64(project)) {
            if place >= wanted.lowerBound { found.append(Int64(project)) }
            place += 1
            if place == wanted.upperBound { break }
        }
        return found
    }
}

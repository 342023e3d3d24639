import Database
import Search
import Synchronization

/// The listing of what can be found: read when it is first asked for, and then kept up with what has changed, by this
/// process or by another one.
final class SearchDirectory: Sendable {
    private struct State {
        var listing = SearchListing()
        /// The number of the last change that is in it; nil before it was read.
        var change: Int64?
        /// What takes up changes at the moment: one at a time, for all who wait for it.
        var reading: Task<Void, any Error>?
    }

    /// From how many changes on nobody waits for another who takes them up.
    private static let manyChanges: Int64 = 2_000
    private static let columns = """
        project_id, normalized, words, facets, band, downloads, updated_at, is_critical, is_discouraged
        """

    /// Held for no longer than it takes to hand over what is there.
    private let state = Mutex(State())

    /// What can be found now, or later; of many changes at once, a moment before, while they are taken up.
    func listing(in database: Database) async throws -> SearchListing {
        let latest = try await database.lookUp { try Self.latestChange(on: $0) }
        // What is running may have begun before the last change; what begins behind it has not.
        for _ in 0..<2 {
            let known = state.withLock { $0 }
            if let change = known.change {
                let isWorthWaiting = known.reading == nil || latest - change < Self.manyChanges
                if change >= latest || !isWorthWaiting { return known.listing }
            }
            try await reading(database).value
        }
        return state.withLock(\.listing)
    }

    /// What takes up changes: what runs, or another one.
    private func reading(_ database: Database) -> Task<Void, any Error> {
        state.withLock { state in
            if let running = state.reading { return running }
            let task = Task {
                defer { self.state.withLock { $0.reading = nil } }
                try await database.read { try self.takeUp(on: $0) }
            }
            state.reading = task
            return task
        }
    }

    private static func latestChange(on connection: Connection) throws -> Int64 {
        // An index has the numbers in order, so the greatest is found at once.
        try connection.row("SELECT COALESCE(MAX(changed), 0) AS n FROM search_entry")?.integer("n") ?? 0
    }

    /// Takes up what the connection sees, in a copy, so that others go on with what they have.
    private func takeUp(on connection: Connection) throws {
        var (listing, change) = state.withLock { ($0.listing, $0.change) }
        let latest = try Self.latestChange(on: connection)
        if let change {
            guard change < latest else { return }
            let rows = try connection.rows(
                "SELECT \(Self.columns), is_listed FROM search_entry WHERE changed > $1 ORDER BY changed", change)
            for row in rows {
                let project = try row.integer("project_id")
                if try row.bool("is_listed") {
                    listing.put(try SearchListing.Entry(row: row), of: project)
                } else {
                    listing.remove(project)
                }
            }
        } else {
            let last = try connection.row("SELECT COALESCE(MAX(project_id), 0) AS n FROM search_entry")?.integer("n")
            listing = try SearchListing(upTo: last ?? 0) { numbers in
                try connection.rows(
                    """
                    SELECT \(Self.columns) FROM search_entry
                    WHERE is_listed = 1 AND project_id >= $1 AND project_id < $2
                    """,
                    numbers.lowerBound, numbers.upperBound
                ).map { row in (try row.integer("project_id"), try SearchListing.Entry(row: row)) }
            }
        }
        change = latest
        state.withLock { [listing, change] in ($0.listing, $0.change) = (listing, change) }
    }
}

extension SearchListing.Entry {
    fileprivate init(row: Row) throws {
        self.init(
            name: try row.text("normalized"), text: Array(try row.text("words").utf8), facets: try row.text("facets"),
            band: Int(try row.integer("band")), downloads: try row.integer("downloads"),
            updatedAt: try row.integer("updated_at"), isCritical: try row.bool("is_critical"),
            isDiscouraged: try row.bool("is_discouraged"))
    }
}

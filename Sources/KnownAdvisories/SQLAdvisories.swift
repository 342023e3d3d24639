import Acts
import Advisories
import Database
import Journal
import PackagingFormats
import Policy
import Ports
import Primitives
import Stores
import UTC

extension Stores {
    /// What is known to be bad.
    public var advisories: SQLAdvisories { SQLAdvisories(database: database) }
}

/// What is known to be bad, in SQL: documents as they came, by the projects that they are about.
public struct SQLAdvisories: AdvisoryStore {
    let database: Database

    /// As `AdvisoryStore` has it.
    public func advisories(about names: Set<String>) async throws -> [String: [AdvisoryDocument]] {
        try await database.read { connection in
            var found: [String: [AdvisoryDocument]] = [:]
            for name in names {
                let documents = try connection.advisories(about: name)
                if !documents.isEmpty { found[name] = documents }
            }
            return found
        }
    }

    /// As `AdvisoryStore` has it.
    public func advisory(_ id: AdvisoryID) async throws -> AdvisoryDocument? {
        try await database.read { connection in
            if id.isOwn { return try connection.quarantine(id).map { AdvisoryDocument($0.advisory) } }
            return try connection.row("SELECT document FROM advisory WHERE identifier = $1", id.description).map {
                try AdvisoryDocument(stored: $0)
            }
        }
    }

    /// What is known of all projects, or of one, in the order of the identifiers: the index's own behind the imported.
    public func list(about name: ProjectName?) async throws -> [Advisory] {
        if let name { return try await advisories(about: name) }
        return try await database.read { connection in
            var all = try connection.rows("SELECT document FROM advisory ORDER BY identifier").map {
                try AdvisoryDocument(stored: $0).advisory
            }
            for name in try connection.namesOnceInQuarantine() {
                all += try connection.quarantines(of: name).map(\.advisory)
            }
            return all
        }
    }

    /// What became of documents that were imported.
    public struct Tally: Sendable, Hashable {
        public var added = 0
        public var changed = 0
        public var withdrawn = 0
        /// How many were known as they are, or as they were later.
        public var known = 0

        /// Nothing yet.
        public init() {}

        /// Adds up what became of several lots.
        public static func += (sum: inout Tally, more: Tally) {
            sum.added += more.added
            sum.changed += more.changed
            sum.withdrawn += more.withdrawn
            sum.known += more.known
        }
    }

    /// Takes in documents, all or none of them. One that says what is known, or what was known before, changes nothing;
    /// one that is withdrawn is kept as withdrawn.
    ///
    /// Throws `AccessRefusal`.
    public func take(_ documents: [AdvisoryDocument], by actor: Actor, at now: Timestamp) async throws -> Tally {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setAdvisories, to: actor, at: now)
            let arrivals = try documents.map { ($0, try door.connection.arrival(of: $0)) }
            var tally = Tally()
            tally.known = arrivals.count { $0.1 == .same || $0.1 == .older }
            guard tally.known < arrivals.count else { return tally }
            let transaction = try door.open(with: permit)
            var concerned: Set<String> = []
            for (document, arrival) in arrivals {
                switch arrival {
                case .same, .older: continue
                case .new, .newer: break
                }
                let advisory = document.advisory
                let wasWithdrawn = try door.connection.isWithdrawn(advisory.id)
                switch (arrival, advisory.withdrawn != nil) {
                case (_, true) where wasWithdrawn != true: tally.withdrawn += 1
                case (.new, _): tally.added += 1
                case (.newer, _), (.same, _), (.older, _): tally.changed += 1
                }
                concerned.formUnion(try transaction.store(document, at: now))
            }
            try transaction.record(
                permit,
                .advisories(
                    AdvisoriesEvent(
                        added: tally.added, changed: tally.changed, withdrawn: tally.withdrawn,
                        projects: try door.connection.projects(among: concerned))))
            return tally
        }
    }
}

extension AdvisoryDocument {
    /// What was stored reads back, but after damage: then the cause says so.
    init(stored row: Row) throws { try self.init(parsing: Array(row.text("document").utf8)) }
}

extension Connection {
    fileprivate func advisories(about name: String) throws -> [AdvisoryDocument] {
        let imported = try rows(
            """
            SELECT a.document FROM advisory_project p JOIN advisory a ON a.id = p.advisory_id
            WHERE p.normalized = $1 ORDER BY a.identifier
            """, name
        ).map { try AdvisoryDocument(stored: $0) }
        let own = try quarantines(of: ProjectName(parsing: name)).map { AdvisoryDocument($0.advisory) }
        return imported + own
    }

    fileprivate func arrival(of document: AdvisoryDocument) throws -> AdvisoryArrival {
        let known = try row(
            "SELECT modified_at, document FROM advisory WHERE identifier = $1", document.advisory.id.description)
        return AdvisoryArrival(
            modified: document.advisory.modified,
            known: try known.map {
                (
                    Timestamp(microseconds: try $0.integer("modified_at")),
                    try $0.text("document").utf8.elementsEqual(document.bytes)
                )
            })
    }

    /// Nil where it is not known.
    fileprivate func isWithdrawn(_ id: AdvisoryID) throws -> Bool? {
        try row("SELECT withdrawn_at FROM advisory WHERE identifier = $1", id.description).map {
            try $0.optionalInteger("withdrawn_at") != nil
        }
    }

    /// Those of some normalized names under which there is a project, in their order.
    fileprivate func projects(among names: Set<String>) throws -> [ProjectName] {
        try names.sorted().compactMap { name in
            try row("SELECT name FROM project WHERE normalized = $1 AND removed_at IS NULL", name).map {
                try ProjectName(parsing: $0.text("name"))
            }
        }
    }
}

extension Transaction {
    /// Stores a document in the place of the one that is known.
    ///
    /// - Returns: the normalized names of the projects that it is about, or that the one before was about.
    fileprivate func store(_ document: AdvisoryDocument, at now: Timestamp) throws -> Set<String> {
        let advisory = document.advisory
        let stored = try row(
            """
            INSERT INTO advisory (identifier, modified_at, withdrawn_at, document, imported_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (identifier) DO UPDATE SET
                modified_at = excluded.modified_at, withdrawn_at = excluded.withdrawn_at,
                document = excluded.document, imported_at = excluded.imported_at
            RETURNING id
            """,
            advisory.id.description, advisory.modified.microseconds, advisory.withdrawn?.microseconds,
            String(decoding: document.bytes, as: UTF8.self), now.microseconds)
        guard let id = try stored?.integer("id") else { return [] }
        let before = try rows("SELECT normalized FROM advisory_project WHERE advisory_id = $1", id).map {
            try $0.text("normalized")
        }
        try execute("DELETE FROM advisory_project WHERE advisory_id = $1", id)
        for name in advisory.projects {
            try execute("INSERT INTO advisory_project (normalized, advisory_id) VALUES ($1, $2)", name, id)
        }
        return advisory.projects.union(before)
    }
}

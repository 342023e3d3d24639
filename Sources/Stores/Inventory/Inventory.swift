import Database
import Projects
import UTC

/// What must be on disk, for those who verify it or clear away what is not needed.
public struct Inventory: Sendable {
    package let database: Database

    /// What is stored in a database of the current schema.
    public init(_ database: Database) { self.database = database }

    /// A file's row, as far as its bytes are concerned.
    public struct Entry: Sendable, Hashable {
        public let filename: String
        /// The digest of its bytes.
        public let sha256: String
        /// Two more digests of its bytes.
        public let blake2b256: String, md5: String
        /// How many bytes.
        public let size: Int64
        /// The digest of the METADATA beside it.
        public let metadataSHA256: String?
        /// What Python its METADATA requires.
        public let requiresPython: String?
    }

    /// Up to `limit` files whose bytes have to be there, in the order of their numbers, after the one with the number `after`; and the last number.
    public func files(after: Int64, limit: Int) async throws -> (entries: [Entry], last: Int64?) {
        try await database.read { connection in
            let rows = try connection.rows(
                """
                SELECT id, filename, sha256, blake2b256, md5, size, metadata_sha256, requires_python
                FROM file f WHERE id > $1 AND (\(FileState.withBytes("f")) OR \(Self.given)) ORDER BY id LIMIT $2
                """,
                after, limit)
            let entries = try rows.map { row in
                Entry(
                    filename: try row.text("filename"), sha256: try row.text("sha256"),
                    blake2b256: try row.text("blake2b256"), md5: try row.text("md5"), size: try row.integer("size"),
                    metadataSHA256: try row.optionalText("metadata_sha256"),
                    requiresPython: try row.optionalText("requires_python"))
            }
            return (entries, try rows.last?.integer("id"))
        }
    }

    /// A file with what was passed over when it was imported.
    public struct Note: Sendable, Hashable, Encodable {
        public let file: String
        /// What is wrong with it, in a sentence.
        public let note: String
    }

    /// What was passed over in the files of the index, by their names.
    public func notes() async throws -> [Note] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT f.filename, n.note FROM file_note n JOIN file f ON f.id = n.file_id
                WHERE \(FileState.listed("f")) ORDER BY f.filename, n.position
                """
            ).map { Note(file: try $0.text("filename"), note: try $0.text("note")) }
        }
    }

    /// The digests of all bytes that a row names, and that are to be there.
    public func digests() async throws -> Set<String> {
        try await database.read { connection in
            var digests: Set<String> = []
            for row in try connection.rows(
                "SELECT sha256, metadata_sha256 FROM file f WHERE \(FileState.withBytes("f")) OR \(Self.given)")
            {
                digests.insert(try row.text("sha256"))
                if let metadata = try row.optionalText("metadata_sha256") { digests.insert(metadata) }
            }
            return digests
        }
    }

    /// The digests of all bytes that a row names, each with the name of a file that has them; METADATA with that of its
    /// wheel and `.metadata`.
    public func names() async throws -> [String: String] {
        try await database.read { connection in
            var names: [String: String] = [:]
            for row in try connection.rows(
                """
                SELECT filename, sha256, metadata_sha256 FROM file f
                WHERE \(FileState.withBytes("f")) OR \(Self.given) ORDER BY id
                """)
            {
                let filename = try row.text("filename")
                names[try row.text("sha256")] = filename
                if let metadata = try row.optionalText("metadata_sha256") { names[metadata] = "\(filename).metadata" }
            }
            return names
        }
    }

    /// That the bytes of a file `f` were given, for a proposal that is open.
    private static let given = """
        f.id IN (SELECT g.file_id FROM proposal_file g JOIN proposal q ON q.id = g.proposal_id
            WHERE g.is_given = 1 AND q.outcome IS NULL)
        """

    /// The digests of the bytes that were erased for a legal reason since a moment.
    public func erasedByLaw(since moment: Timestamp) async throws -> Set<String> {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT f.sha256, f.metadata_sha256 FROM erased_file e JOIN file f ON f.id = e.file_id
                WHERE e.erased_at >= $1
                """,
                moment.microseconds
            ).reduce(into: []) { digests, row in
                digests.insert(try row.text("sha256"))
                if let metadata = try row.optionalText("metadata_sha256") { digests.insert(metadata) }
            }
        }
    }

    /// Whether a row names the bytes with a digest now.
    public func isReferenced(_ sha256: String) async throws -> Bool {
        try await database.read { connection in
            try connection.row(
                """
                SELECT id FROM file f
                WHERE (sha256 = $1 OR metadata_sha256 = $1) AND (\(FileState.withBytes("f")) OR \(Self.given)) LIMIT 1
                """,
                sha256) != nil
        }
    }

    /// What is damaged in the file of the database, in sentences.
    public func damage() async throws -> [String] {
        try await database.read { try Dialect.sqlite.damage(in: $0).map { "database: \($0)" } }
    }

    /// What contradicts itself among the counts of downloads, in sentences.
    public func contradictionsOfCounts() async throws -> [String] {
        try await database.read { try $0.contradictionsOfCounts() }
    }

    /// What contradicts itself among the rows, in sentences; empty when nothing does.
    public func contradictions() async throws -> [String] {
        try await database.read { connection in
            var found: [String] = []
            for row in try connection.rows(
                """
                SELECT p.name, p.size, COALESCE((SELECT SUM(size) FROM file f WHERE f.project_id = p.id), 0) AS sum
                FROM project p
                WHERE p.size <> COALESCE((SELECT SUM(size) FROM file f WHERE f.project_id = p.id), 0)
                """)
            {
                found.append(
                    "project \(try row.text("name")): \(try row.integer("size")) bytes noted, "
                        + "its files have \(try row.integer("sum"))")
            }
            for row in try connection.rows(
                "SELECT name FROM project p WHERE NOT EXISTS (SELECT 1 FROM release r WHERE r.project_id = p.id)")
            {
                found.append("project \(try row.text("name")): has no release")
            }
            for row in try connection.rows(
                """
                SELECT p.name, r.version FROM release r JOIN project p ON p.id = r.project_id
                WHERE NOT EXISTS (SELECT 1 FROM file f WHERE f.release_id = r.id)
                """)
            {
                found.append("release \(try row.text("name")) \(try row.text("version")): has no file")
            }
            for row in try connection.rows(
                """
                SELECT f.filename FROM file f
                JOIN release r ON r.id = f.release_id JOIN project p ON p.id = f.project_id
                WHERE \(FileState.listed("f")) AND (r.removed_at IS NOT NULL OR p.removed_at IS NOT NULL)
                """)
            {
                found.append("file \(try row.text("filename")): it is there, its release or project is removed")
            }
            return found
        }
    }
}

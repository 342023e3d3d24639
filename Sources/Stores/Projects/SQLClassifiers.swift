import Acts
import Database
import Journal
import Policy
import Ports
import UTC

/// Classifiers beyond the list of this version, in SQL.
struct SQLClassifiers: ClassifierStore {
    let database: Database

    func added(among texts: Set<String>) async throws -> Set<String> {
        guard !texts.isEmpty else { return [] }
        return try await database.lookUp { connection in
            try texts.filter { try connection.row("SELECT name FROM classifier WHERE name = $1", $0) != nil }
        }
    }

    func added() async throws -> [String] {
        try await database.read { connection in
            try connection.rows("SELECT name FROM classifier ORDER BY name").map { try $0.text("name") }
        }
    }

    func replace(with classifiers: Set<String>, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setClassifiers, to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute("DELETE FROM classifier")
            for name in classifiers.sorted() {
                try transaction.execute("INSERT INTO classifier (name) VALUES ($1)", name)
            }
            try transaction.record(permit, .classifiersSet(classifiers.count))
        }
    }
}

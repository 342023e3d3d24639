import Acts
import Database
import Foundation
import Policy
import Ports
import Secrets
import Stores
import UTC

/// Another process on the database of a test, as another node of an index would be: `Companion WHAT FOLDER …`
@main
enum Companion {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let folder = URL(filePath: arguments[2])
        let database = try Database(
            sqliteAt: folder.appending(path: "test.sqlite").path,
            keys: try KeyRing(at: folder.appending(path: "keys.json").path), credentials: Stores.credentials)
        let stores = try await Stores(database)
        switch arguments[1] {
        case "journal": try await write(Int(arguments[3]) ?? 0, to: stores.journal)
        case let other: fatalError("\(other) is nothing that a companion does")
        }
        try database.close()
    }

    /// Writes entries, fifty at a time.
    private static func write(_ count: Int, to journal: any JournalStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= 50 { try await group.next() }
                group.addTask {
                    try await journal.note(
                        .rotateKeys, ["number": "\(number)"], by: .operatorAtMachine,
                        at: Timestamp(seconds: 1_700_000_000))
                }
            }
            try await group.waitForAll()
        }
    }
}

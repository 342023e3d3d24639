import Acts
import ArgumentParser
import CommandSupport
import Journal
import Policy
import Ports
import Secrets
import Server
import Stores
import UTC

/// `rind keys …`
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The keys that secrets in the database are encrypted with.",
        discussion: "Example: rind keys rotate", subcommands: [Rotate.self])

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new key and encrypt every secret with it.",
            discussion: """
                The keys before stay in the file, so that a backup made with them can be read. A running server takes the new \
                one by itself.

                Example: rind keys rotate
                """)
        @OptionGroup var common: DataOption

        func run() async throws {
            try await common.withIndex { index in
                let key = try index.keys.rotate()
                // Before the secrets are sealed again, so that it is on record also where that does not come to its
                // end.
                try await index.stores.journal.note(
                    .keysRotated(key: key), by: .operatorAtMachine, at: currentTimestamp())
                let count = try await index.stores.inventory.resealSecrets()
                print("Key \(key) is current; \(count) secrets are encrypted with it.")
            }
        }
    }
}

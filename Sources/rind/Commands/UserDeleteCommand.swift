import Accounts
import ArgumentParser
import CommandSupport
import Leaving
import People
import Policy
import Ports
import Server
import Stores
import UTC

extension UserCommand {
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask for an account to be deleted, as its holder can.",
            discussion: """
                It is done \(AccountDeletionPolicy.wait.inHours) later, by the server; until then its holder can stop it, and \
                hears of it at all addresses. Not while nobody else owns a project of theirs that is not archived. What they \
                published and the record stay, and nobody else gets the name. `rind user disable` is done at once.

                Example: rind user delete ada
                Example: rind user delete ada --stop
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username
        @Flag(help: "Keep it after all.") var stop = false

        func run() async throws {
            try await common.withIndex { index in
                let (deletions, now) = (index.stores.deletions, currentTimestamp())
                if stop {
                    return try await deletions.stop(
                        deletionOf: name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                }
                try await deletions.ask(
                    deletionOf: name, confirming: name.display, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                print("\(name) will be deleted in \(AccountDeletionPolicy.wait.inHours).")
            }
        }
    }
}

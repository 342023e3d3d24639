import Accounts
import ArgumentParser
import CommandSupport
import Policy
import Ports
import Primitives
import Server
import Stores
import UTC

/// `rind user factor …`
struct FactorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "factor", abstract: "The second factors of an account.",
        discussion: "Example: rind user factor list ada", subcommands: [List.self, Remove.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the second factors of an account.",
            discussion: """
                A factor that was added by a recovery code or a recovery is on probation for \(Probation.length.inHours).

                Example: rind user factor list ada --json
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The account.") var name: Username

        struct Line: Encodable {
            let factor: String, kind: String, label: String, added: String, lastUsed: String?, probationUntil: String?
        }

        func run() async throws {
            try await common.withIndex { index in
                guard let user = try await index.stores.accounts.user(named: name) else {
                    throw AccountRefusal.noSuchUser(name)
                }
                let factors = try await index.stores.factors.factors(of: user.id)
                let now = currentTimestamp()
                func line(
                    _ id: FactorID, _ kind: String, _ label: String, _ added: Timestamp, _ used: Timestamp?
                ) -> Line {
                    Line(
                        factor: id.description, kind: kind, label: label, added: added.iso8601,
                        lastUsed: used?.iso8601, probationUntil: factors.probation(of: id, at: now)?.iso8601)
                }
                let lines =
                    factors.securityKeys.map { line($0.id, "security key", $0.label, $0.addedAt, $0.lastUsedAt) }
                    + factors.authenticatorApps.map { line($0.id, "authenticator app", "", $0.addedAt, $0.lastUsedAt) }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["factor", "kind", "label", "added", "last used", "on probation until"],
                    lines.map {
                        [$0.factor, $0.kind, $0.label, $0.added, $0.lastUsed ?? "never", $0.probationUntil ?? ""]
                    })
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove one second factor of an account.",
            discussion: """
                The sessions that it opened and the API tokens that were made in them end with it. Its holder is told. With the \
                last one, the account is let in by its password again, and can add a first factor by a link that is mailed.

                Example: rind user factor remove ada 12
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username
        @Argument(help: "The number of the factor, as rind user factor list prints it.") var factor: Int64

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.factors.remove(
                    FactorID(factor), of: name, by: .operatorAtMachine, from: RequestOrigin(), at: currentTimestamp())
                print("Removed the factor \(factor) of \(name).")
            }
        }
    }
}

import Accounts
import Acts
import ArgumentParser
import CommandSupport
import Identity
import PackagingFormats
import Past
import Policy
import Ports
import Server
import Stores
import UTC

/// `rind token …`
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "API tokens.",
        discussion: "Example: rind token issue ada --project demo --expires 90d",
        subcommands: [Issue.self, List.self, Revoke.self])

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token and print it. It is shown this once only.",
            discussion: "Example: rind token issue ada --label laptop --project demo --expires 90d")
        @OptionGroup var common: DataOption
        @Argument(help: "Whose token.") var user: Username
        @Option(help: "What to call it.") var label = ""
        @Option(name: .customLong("project"), help: "Limit it to a project; may be repeated.")
        var projects: [ProjectName] = []
        @Option(help: "When it ends: 12h, 90d, 4w. Without it, never.") var expires: Lifetime?
        @Option(
            parsing: .unconditional,
            help: "Read the index as it was, and do nothing else: 2026-11-01, 2026-11-01T12:00:00Z, -7d, or a serial.")
        var asOf: PointInTime?

        func validate() throws {
            guard asOf == nil || projects.isEmpty else {
                throw ValidationError("A token with --as-of publishes to no project: leave --project out.")
            }
        }

        func run() async throws {
            try await common.withIndex { index in
                let now = currentTimestamp()
                let issued = try await TokenMint(accounts: index.stores.accounts, tokens: index.stores.tokens).issue(
                    for: user, label: label, projects: asOf == nil ? (projects.isEmpty ? nil : projects) : [],
                    expiresAt: expires.map { now + $0.duration }, asOf: asOf, by: .operatorAtMachine, at: now)
                print(issued.text)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List an account's tokens.", discussion: "Example: rind token list ada")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "Whose tokens.") var user: Username

        struct Line: Encodable {
            let id: String, label: String, projects: [String]?, created: String, expires: String?, lastUsed: String?
            let revoked: String?, assurance: String, asOf: String?
        }

        func run() async throws {
            try await common.withIndex { index in
                let lines = try await index.stores.tokens.tokens(of: user).map { token in
                    Line(
                        id: token.id, label: token.label, projects: token.projects?.map(\.display),
                        created: token.createdAt.iso8601, expires: token.expiresAt?.iso8601,
                        lastUsed: token.lastUsedAt?.iso8601, revoked: token.revokedAt?.iso8601,
                        assurance: token.assurance.rawValue, asOf: token.asOf)
                }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["id", "label", "projects", "created", "expires", "last used", "revoked"],
                    lines.map { line in
                        [
                            line.id, line.label,
                            line.asOf.map { "as of \($0)" } ?? line.projects?.joined(separator: " ") ?? "all",
                            line.created,
                            line.expires ?? "never", line.lastUsed ?? "never", line.revoked ?? "",
                        ]
                    })
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a token at once.", discussion: "Example: rind token revoke 6mCZ3AWcKcjcJrOU7jBW2A")
        @OptionGroup var common: DataOption
        @Argument(help: "Its identifier, from `rind token list`.") var id: String

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.tokens.revoke(
                    id, by: .operatorAtMachine, from: RequestOrigin(), at: currentTimestamp())
            }
        }
    }
}

extension PointInTime: @retroactive ExpressibleByArgument {
    /// As addresses have it: `2026-11-01`, `-7d`.
    public init?(argument: String) { try? self.init(parsing: argument) }
}

/// A span of time as people write it: `12h`, `90d`, `4w`.
struct Lifetime: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Duration] = ["m": .minutes(1), "h": .hours(1), "d": .days(1), "w": .days(7)]
        guard let unit = argument.last.flatMap({ units[$0] }), let number = Int(argument.dropLast()),
            (1...10_000).contains(number)
        else { return nil }
        duration = unit * number
    }
}

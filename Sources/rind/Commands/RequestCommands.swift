import Accounts
import ArgumentParser
import CommandSupport
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Removals
import Server
import Stores
import UTC

// What is asked to be taken away: looked at, confirmed and stopped by those who run the index.

extension ProjectCommand {
    struct Requests: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is asked to be taken away.",
            discussion: """
                What others build on does not go by one person's act: somebody else confirms it, and it is done on its day. \
                Without a project, the requests of all are listed, the next first.

                Example: rind project requests
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The project; without it, all of them.") var name: ProjectName?

        struct Line: Encodable {
            let number: Int64, project: String, what: String, reason: String, by: String, asked: String, due: String
            let confirmed: String?
        }

        func run() async throws {
            try await common.withIndex { index in
                let removals = index.stores.removals
                let found = if let name { try await removals.requests(of: name) } else { try await removals.requests() }
                let lines = found.map { request in
                    Line(
                        number: request.id.number, project: request.project.display,
                        what: request.departure.words(of: request.project.display), reason: request.reason,
                        by: request.askedBy.display, asked: request.askedAt.iso8601, due: request.dueAt.iso8601,
                        confirmed: request.confirmation?.by)
                }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["number", "what", "by", "due", "confirmed by", "reason"],
                    lines.map { [String($0.number), $0.what, $0.by, $0.due, $0.confirmed ?? "nobody", $0.reason] })
            }
        }
    }

    struct ConfirmRequest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "confirm-request", abstract: "Confirm what is asked to be taken away.",
            discussion: "It is done on its day.\n\nExample: rind project confirm-request demo 7")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The request, by its number in `rind project requests`.") var number: Int64

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.removals.confirm(
                    RemovalRequestID(number), of: name, seen: nil, by: .operatorAtMachine, from: RequestOrigin(),
                    at: currentTimestamp())
            }
        }
    }

    struct StopRequest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop-request", abstract: "Stop what is asked to be taken away.",
            discussion:
                "Nothing comes of it then.\n\nExample: rind project stop-request demo 7 --reason 'others need it'")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The request, by its number in `rind project requests`.") var number: Int64
        @Option(help: "Why, for those with a role.") var reason: String?

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.removals.object(
                    to: RemovalRequestID(number), of: name, reason: reason ?? "", by: .operatorAtMachine,
                    from: RequestOrigin(), at: currentTimestamp())
            }
        }
    }

    struct Quarantine: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let nobody have a file, a release or a project that may do harm, or end that.",
            discussion: """
                Everybody who asks is told why, and everybody with a role hears of it.

                Example: rind project quarantine demo 1.2 --reason 'steals keys'
                Example: rind project quarantine demo --file demo-1.2-py3-none-any.whl --lift
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The release; without it, and without a file, the whole project.") var version: Version?
        @Option(help: "One file instead, by its name.") var file: String?
        @Option(help: "Why, for everybody who asks.") var reason: String?
        @Flag(help: "End it.") var lift = false

        private var what: Departure { file.map { .file($0) } ?? version.map { .release($0) } ?? .project }

        func validate() throws {
            guard version == nil || file == nil else {
                throw ValidationError("Name a release or a file: a file's name has its version in it.")
            }
            guard lift || reason != nil else { throw ValidationError("Say why, with --reason.") }
        }

        func run() async throws {
            try await common.withIndex { index in
                let (removals, now) = (index.stores.removals, currentTimestamp())
                if lift {
                    try await removals.liftQuarantine(of: what, of: name, by: .operatorAtMachine, at: now)
                } else {
                    try await removals.quarantine(
                        what, of: name, reason: reason ?? "", by: .operatorAtMachine, at: now)
                }
            }
        }
    }

    struct EraseRemoved: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase-removed", abstract: "Free the bytes of what was removed long ago.",
            discussion: """
                Of files that were removed longer ago than --removal-retention-days of `rind serve` says (180, unless it says \
                otherwise). Nothing comes back from it: their addresses answer 410, and their names stay used. The bytes go \
                when the server next collects what no row names.

                Example: rind project erase-removed
                """)
        @OptionGroup var common: DataOption

        func run() async throws {
            try await common.withIndex { index in
                let count = try await index.stores.removals.eraseRetained(
                    by: .operatorAtMachine, at: currentTimestamp())
                print("\(count) \(count == 1 ? "file" : "files") freed")
            }
        }
    }
}

import Accounts
import Acts
import ArgumentParser
import CommandSupport
import PackagingFormats
import Policy
import Ports
import Projects
import Roles
import Server
import Stores
import UTC

// Invitations, and roles that come back, for those who run the index.

extension ProjectCommand.RoleCommand {
    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask somebody to take a role.",
            discussion: """
                They get a mail, and the role when they accept, on the web or here. Without being asked somebody gets a role \
                with `rind project role add`.

                Example: rind project role invite demo ada owner
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The account.") var user: Username
        @Argument(help: "owner or maintainer.") var role: Role

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.collaboration.invite(
                    user, as: role, to: name, by: .operatorAtMachine, from: RequestOrigin(), at: currentTimestamp())
            }
        }
    }

    struct Invitations: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who is asked to take a role.",
            discussion: "Example: rind project role invitations demo --json")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The project.") var name: ProjectName

        struct Line: Encodable {
            let user: String, role: String, by: String, until: String
            let accepted: String?
        }

        func run() async throws {
            try await common.withIndex { index in
                let found = try await index.stores.collaboration.collaboration(on: name, at: currentTimestamp())
                guard let found else { throw AccessRefusal.noSuchProject(name) }
                let lines = found.invitations.map {
                    Line(
                        user: $0.user.display, role: $0.role.rawValue, by: $0.invitedBy?.display ?? "operator",
                        until: $0.expiresAt.iso8601, accepted: $0.acceptedAt?.iso8601)
                }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["user", "role", "by", "until", "accepted"],
                    lines.map { [$0.user, $0.role, $0.by, $0.until, $0.accepted ?? ""] })
            }
        }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept an invitation for somebody.",
            discussion: """
                You answer for it that they want the role. What the project asks for is asked of them all the same: where \
                they lack it, the role is theirs once they have it.

                Example: rind project role accept demo ada
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The account.") var user: Username

        func run() async throws {
            try await common.withIndex { index in
                let missing = try await index.stores.collaboration.acceptInvitation(
                    to: name, of: user, by: .operatorAtMachine, from: RequestOrigin(), at: currentTimestamp())
                if let missing { print("Accepted. The role is theirs once nothing is missing: \(missing.explanation)") }
            }
        }
    }

    struct Decline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decline an invitation for somebody.", discussion: "Example: rind project role decline demo ada")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The account.") var user: Username

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.collaboration.declineInvitation(
                    to: name, of: user, by: .operatorAtMachine, from: RequestOrigin(), at: currentTimestamp())
            }
        }
    }

    struct TakeBack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "take-back", abstract: "Take an invitation back.",
            discussion: "Example: rind project role take-back demo ada")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The account.") var user: Username

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.collaboration.cancelInvitation(
                    of: user, to: name, by: .operatorAtMachine, from: RequestOrigin(), at: currentTimestamp())
            }
        }
    }

    struct Return: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make somebody an owner again who lost that within 72 hours.",
            discussion: """
                They can do it themselves, by the mail that all their addresses got. They are an owner as they were before: \
                those who became owners after them cannot take it from them again.

                Example: rind project role return demo ada
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The account.") var user: Username

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.roles.returnAsOwner(
                    of: name, for: user, seen: nil, by: .operatorAtMachine, from: RequestOrigin(),
                    at: currentTimestamp())
            }
        }
    }
}

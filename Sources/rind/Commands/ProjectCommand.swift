import Accounts
import Acts
import ArgumentParser
import CommandSupport
import PackagingFormats
import Policy
import Ports
import Projects
import Removals
import Roles
import Server
import Stores
import UTC

/// `rind project …`
struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Projects and their releases.",
        discussion: "Example: rind project yank demo 1.2 --reason 'does not start on Windows'",
        subcommands: [
            List.self, Yank.self, Unyank.self, RoleCommand.self, Reserve.self, Unreserve.self, Status.self,
            Require.self, Delete.self, Requests.self, ConfirmRequest.self, StopRequest.self, Quarantine.self,
            EraseRemoved.self,
            Restore.self, Proposals.self, ProposeReturn.self, DecideReturn.self, Erase.self, ConfirmErasure.self,
            ReleaseName.self, WithdrawProposal.self,
            Who.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the projects.",
            discussion: """
                Or the removed ones (--removed), with who can use their names, or the names that are kept (--reserved).

                Example: rind project list --json
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Flag(help: "List the removed projects instead.") var removed = false
        @Flag(help: "List the reserved names instead.") var reserved = false

        struct Line: Encodable {
            let name: String, serial: Int64, status: String, requires: String, created: String
        }

        struct RemovedLine: Encodable {
            let name: String, removed: String, by: String, owners: [String], free: Bool
        }

        struct ReservedLine: Encodable {
            let name: String
        }

        func validate() throws {
            guard !(removed && reserved) else { throw ValidationError("Ask for --removed or for --reserved.") }
        }

        func run() async throws {
            try await common.withIndex { index in
                if removed { return try await listRemoved(index) }
                if reserved { return try await listReserved(index) }
                let lines = try await index.stores.projects.all().map {
                    Line(
                        name: $0.name.display, serial: $0.serial, status: $0.status.rawValue,
                        requires: $0.requiredAssurance.rawValue, created: $0.createdAt.iso8601)
                }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["name", "serial", "status", "requires"],
                    lines.map { [$0.name, String($0.serial), $0.status, $0.requires] })
            }
        }

        private func listRemoved(_ index: LocalIndex) async throws {
            let lines = try await index.stores.removals.removedProjects().map { removed in
                RemovedLine(
                    name: removed.project.name.display, removed: removed.removal.at.iso8601, by: removed.removal.by,
                    owners: removed.roles.filter { $0.role == .owner }.map(\.user.display), free: removed.isFreed)
            }
            if output.json { return try printJSON(lines) }
            printTable(
                ["name", "removed", "by", "can be used by"],
                lines.map { [$0.name, $0.removed, $0.by, $0.free ? "everybody" : $0.owners.joined(separator: " ")] })
        }

        private func listReserved(_ index: LocalIndex) async throws {
            let lines = try await index.stores.projects.reservedNames().map { ReservedLine(name: $0.display) }
            if output.json { return try printJSON(lines) }
            printTable(["name"], lines.map { [$0.name] })
        }
    }

    struct Require: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what anyone who publishes to a project, or changes it, has to be proven with.",
            discussion: """
                password, second-factor, phishing-resistant (a security key or passkey) or attested-hardware. Downloading and \
                yanking are never refused for that.

                Example: rind project require demo second-factor
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "password, second-factor, phishing-resistant or attested-hardware.") var assurance: Assurance

        func validate() throws {
            guard assurance != .anonymous else { throw ValidationError("Publishing always takes a password.") }
        }

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.projects.requireAssurance(
                    assurance, on: name, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct Yank: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mark a release, or one file, as not to be chosen (PEP 592).",
            discussion: """
                Installers take it only when it is asked for exactly.

                Example: rind project yank demo 1.2
                Example: rind project yank demo --file demo-1.2-py3-none-any.whl --reason 'built wrongly'
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The release.") var version: Version?
        @Option(help: "One file instead, by its name.") var file: String?
        @Option(help: "Why, for people.") var reason: String?

        func validate() throws { try requireReleaseOrFile(version, file) }

        func run() async throws {
            try await common.withIndex { index in
                let (projects, now) = (index.stores.projects, currentTimestamp())
                if let version {
                    try await projects.yank(version, of: name, reason: reason, by: .operatorAtMachine, at: now)
                } else if let file {
                    try await projects.yank(file: file, of: name, reason: reason, by: .operatorAtMachine, at: now)
                }
            }
        }
    }

    struct Unyank: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a yank back, of a release or of one file.",
            discussion: "Example: rind project unyank demo 1.2")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The release.") var version: Version?
        @Option(help: "One file instead, by its name.") var file: String?

        func validate() throws { try requireReleaseOrFile(version, file) }

        func run() async throws {
            try await common.withIndex { index in
                let (projects, now) = (index.stores.projects, currentTimestamp())
                if let version {
                    try await projects.unyank(version, of: name, by: .operatorAtMachine, at: now)
                } else if let file {
                    try await projects.unyank(file: file, of: name, by: .operatorAtMachine, at: now)
                }
            }
        }
    }

    struct RoleCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Who may do what to a project.",
            discussion: "Example: rind project role add demo ada owner",
            subcommands: [
                Add.self, Remove.self, List.self, Invite.self, Invitations.self, Accept.self, Decline.self,
                TakeBack.self,
                Return.self,
            ])

        struct Add: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Make somebody owner or maintainer.",
                discussion: """
                    They and the owners are mailed, with the reason.

                    Example: rind project role add demo ada maintainer --reason 'takes over from Grace'
                    """)
            @OptionGroup var common: DataOption
            @Argument(help: "The project.") var name: ProjectName
            @Argument(help: "The account.") var user: Username
            @Argument(help: "owner or maintainer.") var role: Role
            @Option(help: "Why, for those who are mailed.") var reason: String?

            func run() async throws {
                try await common.withIndex { index in
                    let (stores, now) = (index.stores, currentTimestamp())
                    // Who holds the other role gets this one instead, and hears of it as of a change.
                    let holders = try await stores.projects.snapshot(of: name)?.roles ?? []
                    if holders.contains(where: { $0.user.normalized == user.normalized }) {
                        return try await stores.roles.changeRole(
                            of: user, to: role, on: name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                    }
                    try await stores.projects.addRole(
                        role, on: name, to: user, because: reason, by: .operatorAtMachine, at: now)
                }
            }
        }

        struct Remove: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Take somebody's role away.", discussion: "Example: rind project role remove demo ada")
            @OptionGroup var common: DataOption
            @Argument(help: "The project.") var name: ProjectName
            @Argument(help: "The account.") var user: Username

            func run() async throws {
                try await common.withIndex { index in
                    try await index.stores.roles.removeRole(
                        on: name, from: user, by: .operatorAtMachine, at: currentTimestamp())
                }
            }
        }

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "List who may do what.", discussion: "Example: rind project role list demo")
            @OptionGroup var common: DataOption
            @OptionGroup var output: JSONOption
            @Argument(help: "The project.") var name: ProjectName

            struct Line: Encodable {
                let user: String, role: String
            }

            func run() async throws {
                try await common.withIndex { index in
                    guard let snapshot = try await index.stores.projects.snapshot(of: name) else {
                        throw AccessRefusal.noSuchProject(name)
                    }
                    let lines = snapshot.roles.map { Line(user: $0.user.display, role: $0.role.rawValue) }
                    if output.json { return try printJSON(lines) }
                    printTable(["user", "role"], lines.map { [$0.user, $0.role] })
                }
            }
        }
    }

    struct Reserve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a name from being taken by an upload.",
            discussion: "Example: rind project reserve acme-core")
        @OptionGroup var common: DataOption
        @Argument(help: "The name.") var name: ProjectName

        func run() async throws {
            try await common.withIndex(makesOne: true) { index in
                try await index.stores.projects.reserve(name, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct Unreserve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "No longer keep a name from being taken.",
            discussion: "Example: rind project unreserve acme-core")
        @OptionGroup var common: DataOption
        @Argument(help: "The name.") var name: ProjectName

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.projects.unreserve(name, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a project's status for installers (PEP 792).",
            discussion: "Example: rind project status demo archived --reason 'use demo2'")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "active, archived, quarantined or deprecated.") var status: ProjectStatus
        @Option(help: "Why, for people. A quarantine has to have a reason.") var reason: String?

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.removals.setStatus(
                    status, reason: reason, of: name, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }
}

/// Throws unless one of the two was named.
private func requireReleaseOrFile(_ version: Version?, _ file: String?) throws {
    guard (version == nil) != (file == nil) else {
        throw ValidationError("Name a release or a file: a file's name has its version in it.")
    }
}

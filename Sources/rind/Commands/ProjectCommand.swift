import ArgumentParser
import Model
import PackagingFormats
import Server
import Stores

/// `rind project …`
struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Projects and their releases.",
        discussion: "Example: rind project yank demo 1.2 --reason 'does not start on Windows'",
        subcommands: [
            List.self, Yank.self, Unyank.self, RoleCommand.self, Reserve.self, Status.self, Require.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the projects.", discussion: "Example: rind project list")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        struct Line: Encodable {
            let name: String, serial: Int64
        }

        func run() async throws {
            try await common.withIndex { index in
                let lines = try await index.stores.projects.listing().map {
                    Line(name: $0.name.display, serial: $0.serial)
                }
                if output.json { return try printJSON(lines) }
                printTable(["name", "serial"], lines.map { [$0.name, String($0.serial)] })
            }
        }
    }

    struct Require: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what whoever publishes to a project, or changes it, has to be proven with.",
            discussion: """
                password, second-factor, phishing-resistant (a security key or passkey) or attested-hardware. Downloading and \
                yanking are never refused.

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
            abstract: "Mark a release as not to be chosen (PEP 592).",
            discussion: "Installers take it only when it is asked for exactly.\n\nExample: rind project yank demo 1.2")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The release.") var version: Version
        @Option(help: "Why, for people.") var reason: String?

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.projects.yank(
                    version, of: name, reason: reason, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct Unyank: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a yank back.", discussion: "Example: rind project unyank demo 1.2")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The release.") var version: Version

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.projects.unyank(
                    version, of: name, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct RoleCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Who may do what to a project.",
            discussion: "Example: rind project role add demo ada owner",
            subcommands: [Add.self, Remove.self, List.self])

        struct Add: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Make somebody owner or maintainer.",
                discussion: "Example: rind project role add demo ada maintainer")
            @OptionGroup var common: DataOption
            @Argument(help: "The project.") var name: ProjectName
            @Argument(help: "The account.") var user: Username
            @Argument(help: "owner or maintainer.") var role: Role

            func run() async throws {
                try await common.withIndex { index in
                    try await index.stores.projects.addRole(
                        role, on: name, to: user, by: .operatorAtMachine, at: currentTimestamp())
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
                    try await index.stores.projects.removeRole(
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

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a project's status for installers (PEP 792).",
            discussion: "Example: rind project status demo archived --reason 'use demo2'")
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "active, archived, quarantined or deprecated.") var status: ProjectStatus
        @Option(help: "Why, for people.") var reason: String?

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.projects.setStatus(
                    status, reason: reason, of: name, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }
}

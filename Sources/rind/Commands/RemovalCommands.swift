import Accounts
import ArgumentParser
import CommandSupport
import PackagingFormats
import Policy
import Ports
import Removals
import Server
import Stores

// Taking projects out of the index, and bringing them back.

extension ProjectCommand {
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a project, a release or a file out of the index.",
            discussion: """
                It is gone from pages, lists and feeds. Files keep their addresses, so that what asks for them by their hash \
                goes on working; their names are never given to others; all of it can come back with `rind project restore`. \
                The name of a project waits for its owners.

                Example: rind project delete demo 1.2
                Example: rind project delete demo --file demo-1.2-py3-none-any.whl
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The release; without it, the whole project.") var version: Version?
        @Option(help: "One file instead, by its name.") var file: String?

        func validate() throws {
            guard version == nil || file == nil else {
                throw ValidationError("Name a release or a file: a file's name has its version in it.")
            }
        }

        func run() async throws {
            try await common.withIndex { index in
                let (removals, now) = (index.stores.removals, currentTimestamp())
                if let version {
                    try await removals.deleteRelease(
                        version, of: name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                } else if let file {
                    try await removals.deleteFile(
                        file, of: name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                } else {
                    try await removals.deleteProject(name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                }
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring back what was deleted of a project.",
            discussion: """
                Without a release: what went with the project when it was deleted, also where its owners have made it again \
                since. With one: that release, or, where it is there, the files of it that were deleted.

                Example: rind project restore demo
                Example: rind project restore demo 1.2
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "The release; without it, the whole project.") var version: Version?

        func run() async throws {
            try await common.withIndex { index in
                let (removals, now) = (index.stores.removals, currentTimestamp())
                if let version {
                    try await removals.restore(
                        version, of: name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                } else {
                    try await removals.restore(name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                }
            }
        }
    }
}

import Accounts
import ArgumentParser
import CommandSupport
import Foundation
import Leaving
import LockFiles
import PackagingFormats
import Policy
import Ports
import Primitives
import Removals
import Server
import Stores
import UTC

// What those who run the index propose about a project, and somebody else has a say in. What owners answer, they answer
// themselves, on the web.

extension ErasureCategory: @retroactive ExpressibleByArgument {}

/// What of a project a command is about.
struct ScopeArguments: ParsableArguments {
    @Argument(help: "The project.") var name: ProjectName
    @Argument(help: "The release; without it, and without a file, the whole project.") var version: Version?
    @Option(help: "One file instead, by its name.") var file: String?

    var scope: Departure { file.map { .file($0) } ?? version.map { .release($0) } ?? .project }

    func validate() throws {
        guard version == nil || file == nil else {
            throw ValidationError("Name a release or a file: a file's name has its version in it.")
        }
    }
}

/// Which proposal a command is about.
struct ProposalArguments: ParsableArguments {
    @Argument(help: "The project.") var name: ProjectName
    @Argument(help: "The proposal, by its number in `rind project proposals`.") var number: Int64

    var id: ProposalID { ProposalID(number) }
}

extension ProjectCommand {
    struct Proposals: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is proposed: returns, erasures by law, releases of names.",
            discussion: "The next to be decided first.\n\nExample: rind project proposals")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        struct Line: Encodable {
            let number: Int64, project: String, kind: String, what: String, reason: String, by: String
            let proposed: String, due: String, files: [String]?, category: String?
        }

        func run() async throws {
            try await common.withIndex { index in
                let lines = try await index.stores.proposals.proposals().map { Line($0) }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["number", "what", "by", "due", "reason"],
                    lines.map { [String($0.number), $0.what, $0.by, $0.due, $0.reason] })
            }
        }
    }

    struct ProposeReturn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "propose-return", abstract: "Propose that what owners removed comes back.",
            discussion: """
                Its owners have a mail, and approve with a second factor, or decline. Where they do not answer, what is critical \
                can come back after the waiting time by `rind project decide-return`, to be installed only.

                Files whose bytes were freed are given with --given, from a mirror for example. Their bytes have to be those that \
                the log has, and those that every lock file names which is given with --lock.

                Example: rind project propose-return demo --reason 'many builds need it'
                Example: rind project propose-return demo 1.2 --reason 'many builds need it' --given demo-1.2.tar.gz \
                --lock uv.lock
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var what: ScopeArguments
        @Option(help: "Why, for its owners.") var reason: String
        @Option(help: "A file whose bytes are not here any more.", completion: .file()) var given: [String] = []
        @Option(help: "A lock file that names the given files with their digests.", completion: .file())
        var lock: [String] = []

        func run() async throws {
            let locked = try lock.isEmpty ? nil : lock.flatMap(Self.locked)
            try await common.withIndex { index in
                let proposal = try await GivenFiles(index).proposeReturn(
                    of: what.scope, of: what.name, from: given, locked: locked, reason: reason,
                    by: .operatorAtMachine, at: currentTimestamp())
                print("proposal \(proposal.id): its owners are asked until \(proposal.dueAt.day)")
            }
        }

        private static func locked(by path: String) throws -> [GivenFiles.Locked] {
            let url = URL(filePath: path)
            let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
            do {
                return try LockFile(filename: url.lastPathComponent).files(in: text).map {
                    GivenFiles.Locked(
                        filename: $0.filename, project: $0.name, version: $0.version, sha256: $0.sha256)
                }
            } catch { throw UnreadableLock(path: path, why: "\(error)") }
        }
    }

    struct DecideReturn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decide-return", abstract: "Bring back what is critical, without an answer from its owners.",
            discussion: """
                After the waiting time. The project is archived: it can be installed, and takes no uploads.

                Example: rind project decide-return demo 7
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var which: ProposalArguments

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.proposals.decide(
                    which.id, of: which.name, seen: nil, by: .operatorAtMachine, from: RequestOrigin(),
                    at: currentTimestamp())
            }
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose that something is erased by law.",
            discussion: """
                An administrator has to confirm it on the web, or the operator with `rind project confirm-erasure` what an \
                administrator proposed: never the one who proposed it. Its bytes are gone for good then; page, address and log \
                say of which kind the reason is: court-order, copyright, personal-data, secret or unlawful.

                Example: rind project erase demo 1.2 --category court-order --reason 'file 7 of 2026'
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var what: ScopeArguments
        @Option(help: "Of which kind the reason is; everybody reads it.") var category: ErasureCategory
        @Option(help: "Why, for administrators and those with a role.") var reason: String

        func run() async throws {
            try await common.withIndex { index in
                let proposal = try await index.stores.proposals.proposeErasure(
                    of: what.scope, of: what.name, because: category, reason: reason, by: .operatorAtMachine,
                    at: currentTimestamp())
                print("proposal \(proposal.id): somebody else has to confirm it until \(proposal.dueAt.day)")
            }
        }
    }

    struct ConfirmErasure: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "confirm-erasure", abstract: "Confirm what an administrator wants erased by law.",
            discussion: """
                Nobody gets it from now on; a running server frees the bytes within minutes. Nothing comes back from it.

                Example: rind project confirm-erasure demo 7
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var which: ProposalArguments

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.proposals.confirmErasure(
                    which.id, of: which.name, seen: nil, by: .operatorAtMachine, from: RequestOrigin(),
                    at: currentTimestamp())
            }
        }
    }

    struct ReleaseName: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release-name", abstract: "Propose that everybody can have the name of a deleted project.",
            discussion: """
                Those who owned the project have a mail, and can object until the day. Then the name is free: what was published \
                under it stays deleted, and the names of its files are never used again. A name that was critical is not \
                released by itself: somebody else than who proposed it does that after the day, with --decide.

                Example: rind project release-name demo --reason 'abandoned, and asked for by its new authors'
                Example: rind project release-name demo --decide 7
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The name.") var name: ProjectName
        @Option(help: "Why, for those who owned it.") var reason: String?
        @Option(help: "Release a name that was critical, by the number of the proposal.") var decide: Int64?

        func validate() throws {
            guard (reason == nil) != (decide == nil) else { throw ValidationError("Give --reason, or --decide.") }
        }

        func run() async throws {
            try await common.withIndex { index in
                let (proposals, now) = (index.stores.proposals, currentTimestamp())
                if let decide {
                    return try await proposals.release(
                        ProposalID(decide), of: name, seen: nil, by: .operatorAtMachine, from: RequestOrigin(),
                        at: now)
                }
                let proposal = try await proposals.proposeRelease(
                    of: name, reason: reason ?? "", by: .operatorAtMachine, from: RequestOrigin(), at: now)
                print("proposal \(proposal.id): those who owned it are asked until \(proposal.dueAt.day)")
            }
        }
    }

    struct WithdrawProposal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw-proposal", abstract: "Take a proposal back.",
            discussion: "Nothing comes of it then.\n\nExample: rind project withdraw-proposal demo 7")
        @OptionGroup var common: DataOption
        @OptionGroup var which: ProposalArguments

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.proposals.withdraw(
                    which.id, of: which.name, by: .operatorAtMachine, from: RequestOrigin(), at: currentTimestamp())
            }
        }
    }
}

extension ProjectCommand.Proposals.Line {
    fileprivate init(_ proposal: Proposal) {
        let matter = proposal.matter
        let (files, category): ([String]?, String?) =
            switch matter {
            case .restoration(_, let files): (files.map(\.filename), nil)
            case .erasure(_, let category): (nil, category.rawValue)
            case .nameRelease: (nil, nil)
            }
        self.init(
            number: proposal.id.number, project: proposal.project.display, kind: matter.kind.rawValue,
            what: matter.kind.words(of: matter.scope, proposal.project.display), reason: proposal.reason,
            by: proposal.proposedBy, proposed: proposal.proposedAt.iso8601, due: proposal.dueAt.iso8601, files: files,
            category: category)
    }
}

/// A lock file that was named cannot be understood.
private struct UnreadableLock: Error, CustomStringConvertible {
    let path: String
    let why: String

    var description: String { "\(path): \(why)." }
}

import Accounts
import Acts
import ArgumentParser
import CommandSupport
import PackagingFormats
import Policy
import Ports
import Primitives
import Server
import UTC

// Who is who, who can be it, and who could publish what.

extension UserCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an account: its factors by kind, its API tokens and what they were made with, its roles.",
            discussion: "Example: rind user show ada --json")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The account.") var name: Username

        func run() async throws {
            try await common.withIndex { index in
                let now = currentTimestamp()
                guard let person = try await index.people.person(name, at: now) else {
                    throw AccountRefusal.noSuchUser(name)
                }
                let shown = ShownPerson(person, at: now)
                if output.json { return try printJSON(shown) }
                shown.printAll()
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let nobody use an account until it is enabled again.",
            discussion: """
                Its sessions and a recovery under way end, nobody can sign in to it, and its API tokens are refused. Its projects, roles and files stay, and \
                its holder and those who own projects with them are told, with the reason.

                Example: rind user disable ada --reason "left the company"
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username
        @Option(help: "Why: its holder reads it when they are refused.") var reason: String

        func run() async throws {
            try await common.withIndex { index in
                try await index.people.disable(name, reason: reason, by: .operatorAtMachine, at: currentTimestamp())
                print("\(name) is disabled. To take it back: rind user enable \(name)")
            }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the holder of a disabled account use it again.", discussion: "Example: rind user enable ada")
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username

        func run() async throws {
            try await common.withIndex { index in
                try await index.people.enable(name, by: .operatorAtMachine, at: currentTimestamp())
                print("\(name) can be used again. Its API tokens and factors are as they were: rind user show \(name)")
            }
        }
    }

    struct Admin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make somebody an administrator, or no longer.",
            discussion: """
                The index keeps at least one. The other administrators are told.

                Example: rind user admin ada
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username
        @Flag(help: "Make it an administrator no longer.") var remove = false

        func run() async throws {
            try await common.withIndex { index in
                try await index.people.setAdministrator(!remove, name, by: .operatorAtMachine, at: currentTimestamp())
                print(remove ? "\(name) is no administrator." : "\(name) is an administrator.")
            }
        }
    }
}

extension ProjectCommand {
    struct Who: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who could publish a project now, and with what.",
            discussion: """
                Everybody with a role on it: their factors by kind, their API tokens that may act on it, and whether they would be \
                let in now, on the web and by each token; judged by the rule that judges an upload. Anyone who runs commands on this \
                machine could, too.

                Example: rind project who demo --json
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The project.") var name: ProjectName

        func run() async throws {
            try await common.withIndex { index in
                let now = currentTimestamp()
                guard let publishers = try await index.people.publishers(of: name, at: now) else {
                    throw AccessRefusal.noSuchProject(name)
                }
                let lines = publishers.map { ShownPublisher($0, at: now) }
                if output.json { return try printJSON(lines) }
                guard !lines.isEmpty else { return print("Nobody has a role on \(name.display).") }
                for line in lines { line.printAll() }
            }
        }
    }
}

/// A factor, for programs.
private struct ShownFactor: Encodable {
    let kind: String, label: String, state: String, counts: Bool

    init(_ line: FactorLine) { (kind, label, state, counts) = (line.kind, line.label, line.state, line.counts) }

    var text: String { "\(kind)\(label.isEmpty ? "" : " “\(label)”"): \(state)" }
}

/// A token, for programs.
private struct ShownToken: Encodable {
    let id: String, label: String, madeWith: String, projects: [String]?, created: String, expires: String?
    let lastUsed: String?

    init(_ token: APIToken) {
        (id, label, madeWith) = (token.id, token.label, token.assurance.rawValue)
        projects = token.projects?.map(\.display)
        (created, expires) = (token.createdAt.iso8601, token.expiresAt?.iso8601)
        lastUsed = token.lastUsedAt?.iso8601
    }

    var text: String {
        "\(label.isEmpty ? id : "“\(label)”"), made with \(madeWith), for \(projects?.joined(separator: " ") ?? "all projects"), "
            + "\(expires.map { "until \($0)" } ?? "without end"), \(lastUsed.map { "last used \($0)" } ?? "never used")"
    }
}

/// An account, for programs.
private struct ShownPerson: Encodable {
    struct Address: Encodable {
        let address: String, verified: Bool
    }
    struct Disabled: Encodable {
        let since: String, reason: String
    }
    struct OnProject: Encodable {
        let project: String, role: String
    }

    let name: String, email: String, created: String, admin: Bool, addresses: [Address], disabled: Disabled?
    let factors: [ShownFactor], recoveryCodes: Int, tokens: [ShownToken], roles: [OnProject]
    let sessions: Int, lastSeen: String?, recoveryDue: String?

    init(_ person: Person, at now: Timestamp) {
        name = person.user.name.display
        email = person.user.email.text
        created = person.user.createdAt.iso8601
        admin = person.user.isAdministrator
        addresses = person.addresses.map { Address(address: $0.address.text, verified: $0.verifiedAt != nil) }
        disabled = person.user.disabling.map { Disabled(since: $0.since.iso8601, reason: $0.reason) }
        factors = person.factors.lines(at: now).map(ShownFactor.init)
        recoveryCodes = person.factors.recoveryCodesLeft
        tokens = person.tokens.map(ShownToken.init)
        roles = person.roles.map { OnProject(project: $0.project.display, role: $0.role.rawValue) }
        sessions = person.sessions
        lastSeen = person.lastSeenAt?.iso8601
        recoveryDue = person.recovery?.dueAt.iso8601
    }

    func printAll() {
        func list(_ name: String, _ lines: [String]) {
            print("\(name): \(lines.isEmpty ? "none" : "")")
            for line in lines { print("  \(line)") }
        }
        print("\(name)\(admin ? ", administrator" : ""), since \(created)")
        if let disabled { print("Disabled since \(disabled.since): \(disabled.reason)") }
        list("Addresses", addresses.map { "\($0.address)\($0.verified ? "" : " (not verified)")" })
        list("Second factors", factors.map(\.text))
        print("Recovery codes left: \(recoveryCodes)")
        list("API tokens", tokens.map(\.text))
        list("Roles", roles.map { "\($0.role) of \($0.project)" })
        print("Sessions: \(sessions)\(lastSeen.map { ", last seen \($0)" } ?? "")")
        if let recoveryDue { print("A recovery is under way, due \(recoveryDue): rind user recovery \(name)") }
    }
}

/// Somebody who has a role on a project, for programs.
private struct ShownPublisher: Encodable {
    struct Token: Encodable {
        let token: ShownToken, accepted: Bool, reason: String?
    }

    let user: String, role: String, couldPublish: Bool, onTheWeb: Bool, reason: String?
    let factors: [ShownFactor], tokens: [Token]

    init(_ publisher: Publisher, at now: Timestamp) {
        user = publisher.user.name.display
        role = publisher.role.rawValue
        couldPublish = publisher.couldPublish
        onTheWeb = publisher.refusal == nil
        reason = publisher.refusal?.whyNotPublished
        factors = publisher.factors.lines(at: now).map(ShownFactor.init)
        tokens = publisher.tokens.map {
            Token(
                token: ShownToken($0.token), accepted: $0.refusal == nil, reason: $0.refusal?.whyNotPublished)
        }
    }

    func printAll() {
        print("\(user), \(role): \(couldPublish ? "could publish now" : "could not publish now")")
        print("  on the web: \(reason.map { "no: \($0)" } ?? "yes")")
        for factor in factors { print("  \(factor.text)") }
        if factors.isEmpty { print("  no second factor") }
        for token in tokens {
            print("  token \(token.token.text): \(token.reason.map { "refused: \($0)" } ?? "accepted")")
        }
        if tokens.isEmpty { print("  no API token for it") }
    }
}

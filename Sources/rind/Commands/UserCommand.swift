import Accounts
import ArgumentParser
import CommandSupport
import Foundation
import Identity
import Passwords
import Policy
import Ports
import Server
import Stores
import UTC

/// `rind user …`
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Accounts.",
        discussion: "Example: rind user add ada --email ada@example.org --password-file -",
        subcommands: [
            Add.self, List.self, PasswordLinkCommand.self, Vouch.self, SignOut.self, FactorCommand.self, Recovery.self,
            Verify.self, Limits.self, Show.self, Disable.self, Enable.self, Admin.self,
            Delete.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an account.",
            discussion: """
                Without --password-file it prints a one-time link to set a password. You answer for the address, so that it \
                counts as verified, and publishing, tokens and roles are open to the account; with --unverified its holder \
                first has to show that mail arrives there.

                Example: rind user add ada --email ada@example.org
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "Letters, digits, '.', '-' and '_'.") var name: Username
        @Option(help: "Where it gets mail.") var email: EmailAddress
        @Flag(help: "Make it an administrator.") var admin = false
        @Flag(help: "Its holder has to verify the address: a link is mailed.") var unverified = false
        @Option(help: "A file with the password; - reads standard input.", completion: .file())
        var passwordFile: String?

        func run() async throws {
            let password = try passwordFile.map(readPassword)
            try await common.withIndex(makesOne: true) { index in
                if let password {
                    try PasswordRules().check(
                        password, name: name.display, addresses: [email.text], breached: index.breachedPasswords)
                }
                let hash: String? =
                    if let password { try await PasswordHasher().hash(password) } else { nil }
                let now = currentTimestamp()
                let user = try await index.stores.accounts.add(
                    NewUser(
                        name: name, email: email, isAdministrator: admin, passwordHash: hash,
                        isAddressVouchedFor: !unverified),
                    by: .operatorAtMachine, at: now)
                if unverified {
                    try await index.stores.accounts.mailLink(
                        MailedLink(.verifyAddress), .verifyAddress(user.email), to: user.id,
                        from: RequestOrigin(), at: now)
                    // Not on standard output, where a program reads the link for the password.
                    complain(
                        "\(user.email) has to be verified before \(user.name) can make tokens, publish or take a role. The "
                            + "server mails a link there; or answer for it yourself: rind user verify \(user.name)")
                }
                if hash == nil {
                    try await printPasswordLink(for: user.name, in: index, at: now)
                } else {
                    print("Added \(user.name).")
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts.", discussion: "Example: rind user list --json")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        struct Line: Encodable {
            let name: String, email: String, verified: Bool, admin: Bool, created: String
        }

        func run() async throws {
            try await common.withIndex { index in
                let accounts = index.stores.accounts
                var lines: [Line] = []
                for user in try await accounts.users() {
                    let primary = try await accounts.addresses(of: user.id).first(where: \.isPrimary)
                    lines.append(
                        Line(
                            name: user.name.display, email: user.email.text, verified: primary?.verifiedAt != nil,
                            admin: user.isAdministrator, created: user.createdAt.iso8601))
                }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["name", "email", "verified", "admin", "created"],
                    lines.map { [$0.name, $0.email, $0.verified ? "yes" : "no", $0.admin ? "yes" : "", $0.created] })
            }
        }
    }

    struct Vouch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the waiting period of an account's second factor.",
            discussion: """
                A first factor, and every factor after a recovery, counts on projects that require two only after \(Probation.length.inHours). \
                Do this when you know by another way that it is theirs.

                Example: rind user vouch ada
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.factors.endProbation(
                    of: name, by: .operatorAtMachine, from: RequestOrigin(), at: currentTimestamp())
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer for an account's primary address, so that it counts as verified.",
            discussion: """
                Publishing, API tokens and roles take a verified address. Do this where its mail does not get through, or there is \
                no mail server, and you know by another way that it is theirs.

                Example: rind user verify ada
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username

        func run() async throws {
            try await common.withIndex { index in
                let address = try await index.stores.accountRules.verifyPrimaryAddress(
                    of: name, by: .operatorAtMachine, at: currentTimestamp())
                print("\(address) is verified.")
            }
        }
    }

    struct Limits: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show or set how much an account may publish.",
            discussion: """
                Without options it shows the limits, and how much was published in the last 24 hours. What is not named stays as it \
                is. Accounts made by rind user add have no limits; those made on the web have those of the settings.

                Example: rind user limits ada --projects 200/hour,1000/day --files none --bytes 50GiB/day
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The account.") var name: Username
        @Option(help: "New projects, such as 20/hour,100/day, or none.") var projects: String?
        @Option(help: "Files, such as 1000/hour, or none.") var files: String?
        @Option(help: "Bytes, such as 20GiB/hour,100GiB/day, or none.") var bytes: String?
        @Flag(help: "No limits at all.") var none = false
        @Flag(help: "Those of the settings, like every account made on the web.") var usual = false

        struct Line: Encodable {
            let quantity: String, limit: String, published: Int64, own: Bool
        }

        private var wanted: [(Allowance.Quantity, String)] {
            let given: [(Allowance.Quantity, String?)] = [(.projects, projects), (.files, files), (.bytes, bytes)]
            return given.compactMap { quantity, text in text.map { (quantity, $0) } }
        }

        func validate() throws {
            guard [none, usual, !wanted.isEmpty].count(where: \.self) <= 1 else {
                throw ValidationError("Say either --none, --usual, or what is limited.")
            }
            for (quantity, text) in wanted where Allowance.Limit(operator: text, of: quantity) == nil {
                throw ValidationError("--\(quantity.rawValue): '\(text)' is \(Allowance.Limit.wanted(of: quantity)).")
            }
        }

        func run() async throws {
            try await common.withIndex { index in
                let rules = index.stores.accountRules
                let now = currentTimestamp()
                var allowance = try await rules.allowance(of: name).allowance
                for (quantity, text) in wanted {
                    if let limit = Allowance.Limit(operator: text, of: quantity) { allowance[quantity] = limit }
                }
                if usual {
                    try await rules.setAllowance(nil, of: name, by: .operatorAtMachine, at: now)
                } else if none || !wanted.isEmpty {
                    try await rules.setAllowance(
                        none ? .unlimited : allowance, of: name, by: .operatorAtMachine, at: now)
                }
                let (set, isItsOwn) = try await rules.allowance(of: name)
                let published = try await rules.published(by: name, at: now)
                let lines = Allowance.Quantity.allCases.map { quantity in
                    Line(
                        quantity: quantity.rawValue, limit: set[quantity].text,
                        published: published.reduce(0) { $0 + $1.amount[quantity] }, own: isItsOwn)
                }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["what", "limit", "published in 24 hours"],
                    lines.map { [$0.quantity, $0.limit, "\($0.published)"] })
            }
        }
    }

    struct SignOut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End all sessions of an account.", discussion: "Example: rind user sign-out ada")
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.sessions.endAll(
                    of: name, except: nil, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct Recovery: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show, approve or cancel the recovery of an account whose factors are all lost.",
            discussion: """
                Without a flag it prints what is under way. --cancel also ends the session that a recovery opened, and those in \
                which a recovery code was used and no factor was added yet.

                Example: rind user recovery ada --approve
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username
        @Flag(help: "It is theirs: they need not wait for the \(AccountRecovery.wait.inDays).") var approve = false
        @Flag(help: "It is not: end it.") var cancel = false

        func validate() throws {
            guard !(approve && cancel) else { throw ValidationError("Say either --approve or --cancel.") }
        }

        func run() async throws {
            try await common.withIndex { index in
                let recoveries = index.stores.recoveries
                let now = currentTimestamp()
                if approve {
                    try await recoveries.approve(
                        for: name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                } else if cancel {
                    try await recoveries.cancel(
                        for: name, reason: nil, by: .operatorAtMachine, from: RequestOrigin(), at: now)
                } else {
                    guard let user = try await index.stores.accounts.user(named: name) else {
                        throw AccountRefusal.noSuchUser(name)
                    }
                    guard let recovery = try await recoveries.recovery(of: user.id) else {
                        print("No recovery of \(name) is under way.")
                        return
                    }
                    let vouched = recovery.approvedBy.map { ", vouched for by \($0)" } ?? ""
                    print(
                        "Asked for \(recovery.requestedAt.iso8601), can be completed from \(recovery.dueAt.iso8601) on"
                            + "\(vouched).")
                }
            }
        }
    }

    struct PasswordLinkCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "password-link", abstract: "Print a one-time link to set an account's password.",
            discussion:
                "It is good for \(OneTimeLink.Purpose.setPassword.lifetime.inDays) and replaces an earlier one.\n\nExample: rind user password-link ada"
        )
        @OptionGroup var common: DataOption
        @Argument(help: "The account.") var name: Username

        func run() async throws {
            try await common.withIndex { index in
                try await printPasswordLink(for: name, in: index, at: currentTimestamp())
            }
        }
    }
}

/// Prints the link alone on standard output, where programs read it, and what people should know of it beside.
private func printPasswordLink(for name: Username, in index: LocalIndex, at now: Timestamp) async throws {
    let path = try await PasswordLink.offer(to: name, by: .operatorAtMachine, in: index.stores.accounts, at: now)
    let address = LinkAddress(index.settings)
    print(address.base + path)
    let lifetime = OneTimeLink.Purpose.setPassword.lifetime
    complain(
        "Anyone who has this link sets the password of \(name) with it, once, until \((now + lifetime).minuteUTC) "
            + "(\(lifetime.inDays)). Pass it on to them alone; rind user password-link \(name) prints a new one.")
    if let caveat = address.caveat { complain(caveat) }
}

/// A file that was named cannot be read.
private struct UnreadableFile: Error, CustomStringConvertible {
    let path: String
    var description: String { "The password file \(path) cannot be read. Check its name and its permissions." }
}

/// The first line of a file, or of standard input for `-`.
private func readPassword(_ file: String) throws -> String {
    let data: Data
    if file == "-" {
        data = try FileHandle.standardInput.readToEnd() ?? Data()
    } else {
        // By a handle, which also reads what is no file: <(pass show rind), for example.
        guard let read = try? FileHandle(forReadingFrom: URL(filePath: file)).readToEnd() ?? Data() else {
            throw UnreadableFile(path: file)
        }
        data = read
    }
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
}

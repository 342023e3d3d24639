import ArgumentParser
import CommandSupport
import Documents
import Foundation
import Giveaway
import Giveaways
import Identity
import Policy
import Ports
import Server
import Stores
import UTC

/// `rind giveaway …`
struct GiveawayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "giveaway", abstract: "Security keys that are given away.",
        discussion: """
            A sponsor sends codes with which people order keys; each code goes to exactly one person. People ask for theirs at \
            /security-key-giveaway/.

            Example: rind giveaway import-codes codes.csv
            """,
        subcommands: [
            Create.self, ImportCodes.self, GiveawayReportCommand.self, GiveawayListCommand.self, Change.self,
            Close.self,
        ])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a giveaway.",
            discussion: """
                A day as opening time begins at midnight UTC; as closing time it ends at midnight UTC. A code is good for \
                --keys-per-code keys, so there can be as many codes as --keys divided by it. Without --countries, the keys are \
                sent to the eleven countries of the example. Without --order, people are told that the sponsor says how to order.

                Example, the Python Package Index's of 2022:

                  rind giveaway create titan-2022 --sponsor Google --model "Titan Security Key" --keys 4000 \
                --keys-per-code 2 --countries AT,BE,CA,FR,DE,IT,JP,ES,CH,GB,US --opens 2022-07-08 --closes 2022-10-01 \
                --order https://store.google.com/product/titan_security_key
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "What to call it: small letters, digits and hyphens.") var name: String
        @Option(help: "Who gives the keys.") var sponsor: String
        @Option(
            help: ArgumentHelp(
                "A model of key, with its AAGUIDs if you know them; may be repeated.",
                discussion: "By them, or by the names of the imported metadata, the report finds who has enrolled one.",
                valueName: "name[=aaguid,…]"))
        var model: [String]
        @Option(help: "How many keys there are.") var keys: Int
        @Option(help: "How many keys one code is good for.") var keysPerCode = GiveawayTerms.usualKeysPerCode
        @Option(
            help:
                "Where they are sent: ISO 3166 codes or names, with commas between (default: AT,BE,CA,FR,DE,IT,JP,ES,CH,GB,US)."
        )
        var countries: String?
        @Option(help: "From when on, in UTC: 2022-07-08 or 2022-07-08T15:00 (default: now).") var opens: String?
        @Option(help: "Until when: a day, which is included, or a moment.") var closes: String
        @Option(help: "The sponsor's page on which a code is turned into keys, if there is one.") var order: String?
        @Option(
            help:
                "For whom: critical-without-key (owners and maintainers of critical projects who have no security key yet), critical (all of these), or everybody."
        )
        var eligible = GiveawayEligibility.criticalWithoutKey.rawValue
        @Option(help: "For how many days a project must have been critical before its people get a code.")
        var criticalDays = GiveawayTerms.usualCriticalDays

        func run() async throws {
            let now = currentTimestamp()
            let name = try GiveawayName(parsing: name)
            let terms = try GiveawayTerms(
                sponsor: sponsor, models: model.map { try KeyModel(parsing: $0) }, keys: keys, keysPerCode: keysPerCode,
                countries: countries.map { try Country.list(parsing: $0) } ?? GiveawayTerms.usualCountries,
                opensAt: opens.map { try GiveawayMoment.opening($0) } ?? now,
                closesAt: GiveawayMoment.closing(closes), eligibility: eligibility(eligible), orderAddress: order,
                criticalDays: criticalDays)
            try await common.withIndex { index in
                let giveaway = try await index.giveaways.create(name, terms, by: .operatorAtMachine, at: now)
                for model in terms.models where model.aaguids.isEmpty {
                    guard try await index.stores.authenticators.models().isEmpty else { break }
                    complain(
                        "no models of keys are known here yet, so the report can find nobody who enrolls “\(model.name)”. "
                            + "Import the metadata: rind authenticators import blob.jwt")
                }
                if giveaway.phase(at: now) == .closed {
                    complain(
                        "it is over already: it closed at \(terms.closesAt.readableAsEnd()), and nobody gets a code before you "
                            + "change that: rind giveaway change \(name) --closes DAY")
                }
                if output.json {
                    return try printJSON(GiveawayLine(GiveawayReport(of: giveaway, codes: 0, issues: []), at: now))
                }
                print("Made \(name): \(giveaway.words(at: now)). There can be \(terms.codes) codes; import them with:")
                print("rind giveaway import-codes FILE --giveaway \(name)")
            }
        }
    }

    struct ImportCodes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import-codes", abstract: "Take in the codes that the sponsor sent.",
            discussion: """
                A CSV file with one code on each line, or with a first line that names the columns, one of them “code”. It is \
                taken whole or not at all: a code that is empty, malformed, there twice or was imported before is named with \
                its line. Codes are encrypted with a key that is not in the database.

                Example: rind giveaway import-codes codes.csv --giveaway titan-2022
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The file; - reads standard input.", completion: .file()) var file: String
        @Option(help: "Which giveaway; needed where several are not over.") var giveaway: String?

        func run() async throws {
            let handle = file == "-" ? .standardInput : try? FileHandle(forReadingFrom: URL(filePath: file))
            // One byte more than is taken says that there are too many.
            guard let handle, let bytes = try? handle.read(upToCount: CodeFile.maximumBytes + 1) ?? Data() else {
                throw UnreadableFile(path: file)
            }
            try await common.withIndex { index in
                let name = try await index.giveaway(giveaway).giveaway.name
                let count = try await index.giveaways.importCodes(
                    [UInt8](bytes), into: name, by: .operatorAtMachine, at: currentTimestamp())
                print("\(count) codes were imported into \(name).")
            }
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a giveaway's dates, countries, number of keys, page for orders, or whom it is for.",
            discussion: """
                What is not named stays as it is. A new closing time opens one again that was closed.

                Example: rind giveaway change titan-2022 --closes 2022-12-31
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The giveaway.") var name: String
        @Option(help: "From when on, in UTC.") var opens: String?
        @Option(help: "Until when: a day, which is included, or a moment.") var closes: String?
        @Option(help: "How many keys there are.") var keys: Int?
        @Option(help: "Where they are sent.") var countries: String?
        @Option(help: "For whom: critical-without-key, critical or everybody.") var eligible: String?
        @Option(help: "The sponsor's page on which a code is turned into keys; empty for none.") var order: String?
        @Option(help: "For how many days a project must have been critical.") var criticalDays: Int?

        func run() async throws {
            let change = GiveawayChange(
                opensAt: try opens.map { try GiveawayMoment.opening($0) },
                closesAt: try closes.map { try GiveawayMoment.closing($0) }, keys: keys,
                countries: try countries.map { try Country.list(parsing: $0) },
                eligibility: try eligible.map(eligibility), orderAddress: order, criticalDays: criticalDays)
            try await common.withIndex { index in
                let now = currentTimestamp()
                let name = try await index.giveaway(name).giveaway.name
                let changed = try await index.giveaways.change(name, change, by: .operatorAtMachine, at: now)
                print("Changed \(changed.name): \(changed.words(at: now)).")
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a giveaway before its time.",
            discussion:
                "Anyone who has a code keeps it and can still see it.\n\nExample: rind giveaway close titan-2022")
        @OptionGroup var common: DataOption
        @Argument(help: "The giveaway.") var name: String

        func run() async throws {
            try await common.withIndex { index in
                let name = try await index.giveaway(name).giveaway.name
                let closed = try await index.giveaways.close(name, by: .operatorAtMachine, at: currentTimestamp())
                print("Closed \(closed.name).")
            }
        }
    }
}

extension LocalIndex {
    /// The giveaways of this index.
    var giveaways: Giveaways { Giveaways(store: stores.giveaways, keys: keys, limiter: MemoryRateLimiter()) }

    /// The giveaway with a name; without one, the only one that is not over, or the only one that there is.
    func giveaway(_ name: String?) async throws -> GiveawayReport {
        let all = try await giveaways.reports()
        if let name {
            let wanted = try GiveawayName(parsing: name)
            guard let one = all.first(where: { $0.giveaway.name == wanted }) else {
                throw MissingGiveaway(name: wanted.text, names: all.map(\.giveaway.name.text))
            }
            return one
        }
        let now = currentTimestamp()
        let current = all.filter { $0.giveaway.phase(at: now) != .closed }
        guard let one = current.count == 1 ? current.first : all.first, current.count == 1 || all.count == 1 else {
            throw UnclearGiveaway(names: all.map(\.giveaway.name.text))
        }
        return one
    }
}

private func eligibility(_ text: String) throws -> GiveawayEligibility {
    guard let known = GiveawayEligibility(rawValue: text) else { throw GiveawayTermsRefusal.eligibility }
    return known
}

/// No giveaway was named, and there is none or more than one that could be meant.
private struct UnclearGiveaway: Error, CustomStringConvertible {
    let names: [String]
    var description: String {
        names.isEmpty
            ? "There is no giveaway. Make one with: rind giveaway create"
            : "Say which giveaway: \(names.joined(separator: ", "))."
    }
}

/// No giveaway has the name that was given.
private struct MissingGiveaway: Error, CustomStringConvertible {
    let name: String
    let names: [String]
    var description: String {
        "There is no giveaway named “\(name)”. "
            + (names.isEmpty ? "Make one with: rind giveaway create" : "There are: \(names.joined(separator: ", ")).")
    }
}

/// A file that was named cannot be read.
private struct UnreadableFile: Error, CustomStringConvertible {
    let path: String
    var description: String { "The file \(path) cannot be read. Check its name and its permissions." }
}

import ArgumentParser
import CommandSupport
import Giveaway
import Giveaways
import Server
import Stores
import UTC

/// `rind giveaway report`
struct GiveawayReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Say what came of a giveaway.",
        discussion: """
            How many codes were issued and are left, per country, and how many of those who got one have enrolled a key of the \
            sponsor's makes since. Who they are is not in it, and neither are codes.

            Example: rind giveaway report titan-2022 --json
            """)
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption
    @Argument(help: "The giveaway; needed where several are not over.") var name: String?

    func run() async throws {
        try await common.withIndex { index in
            let now = currentTimestamp()
            let report = try await index.giveaway(name)
            if output.json { return try printJSON(GiveawayLine(report, at: now)) }
            let giveaway = report.giveaway
            let terms = giveaway.terms
            print("\(giveaway.name): \(giveaway.words(at: now))")
            print(
                "\(terms.keys) keys, \(terms.keysPerCode) for each code: \(terms.models.map(\.name).joined(separator: ", "))"
            )
            print(
                "\(report.codes) codes imported, \(report.issued) issued, \(report.left) left; keys for "
                    + "\(report.codesToCome) more codes")
            print(
                "\(report.enrolled) of \(report.issued) have enrolled such a key since: \(report.attested) attested, "
                    + "\(report.claimed) by what the key claims")
            printTable(
                ["country", "issued", "enrolled", "attested", "claimed"],
                report.countries.map {
                    [$0.country.name, "\($0.issued)", "\($0.enrolled)", "\($0.attested)", "\($0.claimed)"]
                })
        }
    }
}

/// `rind giveaway list`
struct GiveawayListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the giveaways.", discussion: "Example: rind giveaway list --json")
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await common.withIndex { index in
            let now = currentTimestamp()
            let lines = try await index.giveaways.reports().map { GiveawayLine($0, at: now) }
            if output.json { return try printJSON(lines) }
            printTable(
                ["name", "sponsor", "state", "opens", "closes", "codes", "issued", "left"],
                lines.map {
                    [$0.name, $0.sponsor, $0.state, $0.opens, $0.closes, "\($0.codes)", "\($0.issued)", "\($0.left)"]
                })
        }
    }
}

/// A text, or null: programs find the key in any case.
struct OrNull: Encodable {
    let text: String?
    init(_ text: String?) { self.text = text }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A giveaway and what came of it, for programs.
struct GiveawayLine: Encodable {
    struct Place: Encodable {
        let code: String, name: String, issued: Int, enrolled: Int, attested: Int, claimed: Int
    }
    struct Make: Encodable {
        let name: String, aaguids: [String]
    }

    let name: String, sponsor: String, state: String, eligible: String
    let models: [Make]
    let keys: Int, keysPerCode: Int
    let opens: String, closes: String, closed: OrNull
    let order: OrNull
    let codes: Int, issued: Int, left: Int, codesToCome: Int, keysPromised: Int, enrolled: Int
    let attested: Int, claimed: Int, criticalDays: Int
    let countries: [Place]

    init(_ report: GiveawayReport, at now: Timestamp) {
        let giveaway = report.giveaway
        let terms = giveaway.terms
        name = giveaway.name.text
        sponsor = terms.sponsor
        state = giveaway.phase(at: now).rawValue
        eligible = terms.eligibility.rawValue
        models = terms.models.map { Make(name: $0.name, aaguids: $0.aaguids) }
        keys = terms.keys
        keysPerCode = terms.keysPerCode
        opens = terms.opensAt.iso8601
        closes = terms.closesAt.iso8601
        closed = OrNull(giveaway.closedAt?.iso8601)
        order = OrNull(terms.orderAddress)
        codes = report.codes
        issued = report.issued
        left = report.left
        codesToCome = report.codesToCome
        keysPromised = report.keysPromised
        enrolled = report.enrolled
        attested = report.attested
        claimed = report.claimed
        criticalDays = terms.criticalDays
        countries = report.countries.map {
            Place(
                code: $0.country.code, name: $0.country.name, issued: $0.issued, enrolled: $0.enrolled,
                attested: $0.attested, claimed: $0.claimed)
        }
    }
}

extension GiveawayProgramme {
    /// `open until the end of 1 Oct 2022, UTC`
    func words(at now: Timestamp) -> String {
        switch phase(at: now) {
        case .upcoming:
            "opens at \(terms.opensAt.readableMinute), until \(terms.closesAt.readableAsEnd())"
        case .open: "open until \(terms.closesAt.readableAsEnd())"
        case .closed: "closed since \(endsAt.readableAsEnd())"
        }
    }
}

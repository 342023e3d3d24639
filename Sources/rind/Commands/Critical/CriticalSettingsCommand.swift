import Accounts
import Acts
import ArgumentParser
import CommandSupport
import Documents
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import UTC

/// The settings that several commands take; what is not given stays as it is.
///
/// What is written after an option is its value, even with a hyphen before it: that `-1` cannot be is for us to say.
struct CriticalOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "How many are critical: a share of all projects, for example 1 or 0.5%.")
    var share: String?
    @Option(parsing: .unconditional, help: "How many are critical: a fixed number instead of a share.") var number: Int?
    @Option(parsing: .unconditional, help: "Over how many whole UTC days downloads are counted (183).") var window: Int?
    @Option(parsing: .unconditional, help: "To what depth the dependencies of critical projects are critical (0).")
    var depth: Int?
    @Option(help: "Tell people from this UTC day on: YYYY-MM-DD, today, or never.") var announce: DayOrNever?
    @Option(help: "Refuse from this UTC day on: YYYY-MM-DD, today, or never.") var enforce: DayOrNever?
    @Option(parsing: .unconditional, help: "Days between a notice and the day it binds (30).") var notice: Int?
    @Option(name: .customLong("require"), help: "second-factor, phishing-resistant or attested-hardware.")
    var required: Assurance?
    @Option(
        parsing: .unconditional,
        help: "More for the most used: a share of the critical projects, for example 10%. 'none' takes it back.")
    var topShare: String?
    @Option(help: "What is asked for these: phishing-resistant or attested-hardware.") var topRequire: Assurance?
    @Flag(inversion: .prefixedNo, help: "Ask for two keys, or one key and printed codes.") var spare: Bool?

    /// The settings with these changes.
    func applied(to settings: CriticalSettings, today: Day) throws -> CriticalSettings {
        if share != nil, number != nil { throw ValidationError("Give a share or a number, not both.") }
        var extent = settings.critical.extent
        if let share { extent = .share(try Share(percent: share)) }
        if let number { extent = .number(number) }
        let before = settings.mandate
        var stricter = before.stricter
        if topShare == "none" {
            stricter = nil
        } else if topShare != nil || topRequire != nil {
            guard let share = try topShare.map({ try Share(percent: $0) }) ?? before.stricter?.share,
                let assurance = topRequire ?? before.stricter?.assurance
            else { throw ValidationError("More for the most used takes both: --top-share and --top-require.") }
            stricter = MandateRule.Stricter(share: share, assurance: assurance)
        }
        return CriticalSettings(
            critical: try CriticalRule(
                extent: extent, windowDays: window ?? settings.critical.windowDays,
                dependencyDepth: depth ?? settings.critical.dependencyDepth),
            mandate: try MandateRule(
                announcedFrom: announce.map { $0.day(today: today) } ?? before.announcedFrom,
                enforcedFrom: enforce.map { $0.day(today: today) } ?? before.enforcedFrom,
                noticeDays: notice ?? before.noticeDays, required: required ?? before.required, stricter: stricter,
                needsSpare: spare ?? before.needsSpare))
    }
}

/// A day, or none.
enum DayOrNever: ExpressibleByArgument {
    case today
    case never
    case on(Day)

    init?(argument: String) {
        switch argument {
        case "today": self = .today
        case "never": self = .never
        default:
            guard let day = Day(iso8601: argument) else { return nil }
            self = .on(day)
        }
    }

    func day(today: Day) -> Day? {
        switch self {
        case .today: today
        case .never: nil
        case .on(let day): day
        }
    }
}

extension CriticalCommand {
    struct SettingsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "settings", abstract: "Print which projects are critical and what is asked there.",
            discussion: "Example: rind critical settings")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        func run() async throws {
            try await common.withIndex { index in
                let line = CriticalSettingsLine(
                    try await index.stores.critical.settings(), at: currentTimestamp())
                if output.json { return try printJSON(line) }
                line.printTable()
                print(try await index.stores.critical.firstFactorEvidence().explanation)
                let now = currentTimestamp()
                try await index.stores.critical.forecast(at: now).printSentences(at: now)
            }
        }
    }

    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Say which projects are critical and what is asked there.",
            discussion: """
                What is not given stays as it is. `rind critical preview` takes the same options and changes nothing.

                Anyone who holds a role on a critical project is told from the announced day on, and refused from the \
                enforced day on, but never earlier than so many days after they were told.

                Example: rind critical set --announce today --enforce 2027-01-15 --require second-factor
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var options: CriticalOptions

        func run() async throws {
            try await common.withIndex { index in
                let now = currentTimestamp()
                let settings = try options.applied(
                    to: try await index.stores.critical.settings(), today: now.day)
                try await index.stores.critical.set(settings, by: .operatorAtMachine, at: now)
                CriticalSettingsLine(settings, at: now).printTable()
                try await index.stores.critical.forecast(at: now).printSentences(at: now)
            }
        }
    }

    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what settings would do: projects, people, and who lacks what. Changes nothing.",
            discussion: "Example: rind critical preview --share 2% --require phishing-resistant")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @OptionGroup var options: CriticalOptions
        @Option(help: "As of this UTC day (YYYY-MM-DD) instead of today.") var asOf: Day?

        struct Person: Encodable {
            let user: String, project: String, role: String, has: String
            let lacks: String?
        }
        struct Result: Encodable {
            let projects: Int, quota: Int, threshold: Int64
            let designated: [CriticalLine], remaining: [CriticalLine]
            /// The names that are asked for more, as they are spelled.
            let topShare: [String]
            let people: [Person]
            /// From when somebody would really be refused, the first first.
            let refused: [Refused]
        }
        struct Refused: Encodable {
            let what: String, from: String, projects: Int
        }

        func run() async throws {
            try await common.withIndex { index in
                let now = currentTimestamp()
                let settings = try options.applied(
                    to: try await index.stores.critical.settings(), today: now.day)
                let preview = try await index.stores.critical.preview(settings, asOf: asOf ?? now.day, at: now)
                let people = preview.people.map { person in
                    Person(
                        user: person.user.display, project: person.project.display, role: person.role.rawValue,
                        has: person.holdings.strongest.rawValue, lacks: person.judgement.missing)
                }
                let top = preview.designated + preview.remaining.map(\.designation)
                let result = Result(
                    projects: preview.ranking.total, quota: preview.ranking.quota,
                    threshold: preview.ranking.threshold,
                    designated: preview.designated.map { CriticalLine(CriticalProject(designation: $0)) },
                    remaining: preview.remaining.map(CriticalLine.init),
                    topShare: top.filter { preview.topShare.contains($0.name.normalized) }.map(\.name.display).sorted(),
                    people: people,
                    refused: preview.forecast.starts.map {
                        Refused(what: $0.what.rawValue, from: $0.from.iso8601, projects: $0.projects)
                    })
                if output.json { return try printJSON(result) }
                let lacking = Set(people.filter { $0.lacks != nil }.map(\.user)).count
                print(
                    """
                    Of \(result.projects) names, \(result.designated.count) would become critical; \
                    \(result.remaining.count) are already. \(Set(people.map(\.user)).count) people can change them, and \
                    \(lacking) of these lack something. Nothing was changed.
                    """)
                if let stricter = settings.mandate.stricter {
                    let count = result.topShare.count
                    print(
                        "\(count) of these projects \(count == 1 ? "is" : "are") in the top \(stricter.share.words), which asks for "
                            + "\(stricter.assurance.words).")
                }
                preview.forecast.printSentences(at: now)
                printTable(
                    ["name", "rank", "downloads", "", "asked", "why"],
                    (result.designated.map { ($0, "new") } + result.remaining.map { ($0, "already") }).map {
                        line, when in
                        [
                            line.name, line.rank.map(String.init) ?? "-", line.downloads.map(String.init) ?? "-", when,
                            Self.asked(settings.mandate, isInTopShare: result.topShare.contains(line.name)), line.why,
                        ]
                    })
                if !people.isEmpty {
                    print()
                    printTable(
                        ["user", "project", "role", "has", "lacks"],
                        people.map { [$0.user, $0.project, $0.role, $0.has, $0.lacks ?? "-"] })
                }
            }
        }
    }
}

extension CriticalCommand.Preview {
    /// What a rule asks for, in as few words as a table has room for: the strongest, and the spare.
    fileprivate static func asked(_ rule: MandateRule, isInTopShare: Bool) -> String {
        let asked = rule.asks(isInTopShare: isInTopShare)
        let strongest = asked.map(\.assurance).max() ?? .password
        return strongest.rawValue + (asked.contains(.spare) ? ", spare" : "")
    }
}

extension RefusalForecast {
    /// From when somebody is really refused.
    fileprivate func printSentences(at now: Timestamp) {
        for sentence in sentences(at: now) { print(sentence) }
    }
}

extension CriticalSettingsLine {
    /// The settings as a table.
    func printTable() {
        let more = topShare.map { "\(topRequired ?? "") for the top \($0) of them" } ?? "-"
        CommandSupport.printTable(
            ["setting", "value"],
            [
                ["critical", "\(critical) by downloads over \(windowDays) days"],
                ["dependencies", dependencyDepth == 0 ? "no" : "to a depth of \(dependencyDepth)"],
                ["phase", phase], ["announced", announcedFrom.map { "from \($0)" } ?? "never"],
                ["enforced", enforcedFrom.map { "from \($0)" } ?? "never"], ["notice", "\(noticeDays) days"],
                ["required", required], ["more", more],
                ["spare", needsSpare ? "two keys, or one key and printed codes" : "-"],
            ])
    }
}

import Accounts
import Acts
import Documents
import Letters
import PackagingFormats
import Policy
import Site
import UTC
import Web

/// What administrators see of critical projects.
struct CriticalAdminPage {
    struct Person {
        let personName: String
        let personPath: String
        let personRole: String
        let personState: String
        let isReady: Bool
        let isRefused: Bool
        /// What else there is to know of them; nil for nothing.
        let personMore: String?
        /// Where the person who looks can vouch for them; nil where they cannot, or nothing waits for it.
        let vouchPath: String?
    }

    struct Row {
        let projectName: String
        /// Nil where there is nothing under the name.
        let projectPath: String?
        let projectRank: String
        let projectDownloads: String
        let projectSince: Moment
        let projectWhy: String
        let isReservedOnly: Bool
        let isTop: Bool
        let projectDemands: [RuleWords.Demanded]
        let projectPeople: [Person]
        let liftPath: String
    }

    struct Lacking {
        struct At {
            let lackProject: String
            let lackPath: String
            let missingWords: String
        }

        let lackName: String
        let lackHas: String
        let lackProjects: [At]
        /// How many more projects; nil for none.
        let lackMore: String?
    }

    struct Paging {
        let position: String
        let previousPath: String?
        let nextPath: String?
    }

    let rule: RuleWords
    let totals: CriticalTotals
    let refusedToday: String
    /// From when somebody is really refused, a sentence each.
    let refusedFrom: [String]
    let charts: CriticalCharts?
    let rows: [Row]
    let paging: Paging?
    let lacking: [Lacking]
    /// How many more people; nil for none.
    let moreLacking: String?
    let typedName: String
    let typedLift: String
    let typedReason: String

    static let pageSize = 100
    private static let mostLacking = 200
    private static let mostProjects = 20

    /// - Parameters:
    ///   - vouchable: for whom the person who looks could vouch now, by normalized name.
    ///   - page: which page of the table, from 1 on.
    ///   - designating: a name that was typed and refused.
    ///   - lifting: the name that a link or a refused form is about, with the reason that was typed.
    init(
        _ report: CriticalReport, _ standings: [CriticalProjectStanding], _ forecast: RefusalForecast,
        vouchable: Set<String> = [], page: Int = 1,
        designating: String = "",
        lifting: (name: String, reason: String) = ("", ""), at now: Timestamp
    ) {
        rule = RuleWords(report.settings, report.evidence, latest: report.days.last, at: now)
        totals = CriticalTotals(report.figures, isForEverybody: false)
        refusedToday = Self.refusedToday(standings)
        refusedFrom = forecast.sentences(at: now)
        charts = CriticalCharts(report.days, rule: report.settings.mandate, isForEverybody: false)
        let pages = max(1, (standings.count + Self.pageSize - 1) / Self.pageSize)
        let page = min(max(1, page), pages)
        rows = standings.dropFirst((page - 1) * Self.pageSize).prefix(Self.pageSize).map {
            Row($0, vouchable: vouchable, at: now)
        }
        let path = CriticalAdminRoutes.path
        paging =
            pages == 1
            ? nil
            : Paging(
                position: "Page \(page) of \(pages)", previousPath: page > 1 ? "\(path)?page=\(page - 1)" : nil,
                nextPath: page < pages ? "\(path)?page=\(page + 1)" : nil)
        let all = CriticalLack.all(in: standings)
        lacking = all.prefix(Self.mostLacking).map { missing in
            Lacking(
                lackName: missing.user.display, lackHas: missing.holdings.words,
                lackProjects: missing.projects.prefix(Self.mostProjects).map {
                    Lacking.At(lackProject: $0.name.display, lackPath: Paths.project($0.name), missingWords: $0.missing)
                },
                lackMore: missing.projects.count > Self.mostProjects
                    ? (missing.projects.count - Self.mostProjects).grouped : nil)
        }
        moreLacking = all.count > Self.mostLacking ? (all.count - Self.mostLacking).grouped : nil
        typedName = designating
        typedLift = lifting.name
        typedReason = lifting.reason
    }

    /// What would happen if everybody published now.
    private static func refusedToday(_ standings: [CriticalProjectStanding]) -> String {
        let people = standings.flatMap(\.people)
        let refused = people.filter { $0.readiness.refusal != nil }
        let tokens = people.filter { $0.readiness.refusal == nil }.reduce(0) { $0 + $1.weakTokens }
        guard !refused.isEmpty || tokens > 0 else { return "Nobody would be refused today." }
        let names = Set(refused.map(\.readiness.user.normalized)).count
        let projects = Set(refused.map(\.readiness.project.normalized)).count
        var parts: [String] = []
        if names > 0 {
            parts.append(
                "\(names == 1 ? "1 person" : "\(names.grouped) people") would be refused today, at "
                    + "\(projects.counted("project"))")
        }
        if tokens > 0 {
            parts.append(
                "\(tokens.counted("API token")) of people who are ready would be, because "
                    + "\(tokens == 1 ? "it was" : "they were") made with less")
        }
        return parts.joined(separator: "; ") + "."
    }
}

extension CriticalAdminPage.Row {
    init(_ standing: CriticalProjectStanding, vouchable: Set<String>, at now: Timestamp) {
        let project = SecurityPage.Row(standing.project, isThere: standing.isThere)
        projectName = project.projectName
        projectPath = project.projectPath
        projectRank = project.projectRank
        projectDownloads = project.projectDownloads
        projectSince = project.projectSince
        projectWhy = project.projectWhy
        isReservedOnly = !standing.isThere
        isTop = standing.project.isInTopShare
        projectDemands = standing.demands.map {
            .init(demandWords: $0.demand.what.words, demandWhen: $0.when(at: now))
        }
        projectPeople = standing.people.map {
            CriticalAdminPage.Person($0, vouchable: vouchable, at: now)
        }
        liftPath = "\(CriticalAdminRoutes.path)?lift=\(standing.project.designation.name.normalized)#lift"
    }
}

extension CriticalAdminPage.Person {
    init(_ person: CriticalProjectStanding.Person, vouchable: Set<String>, at now: Timestamp) {
        let readiness = person.readiness
        vouchPath =
            vouchable.contains(readiness.user.normalized) ? Place.vouch(for: readiness.user).path : nil
        let state = ReadinessWords(readiness)
        personName = readiness.user.display
        personPath = "/user/\(readiness.user.display)/"
        personRole = readiness.role == .owner ? "owner" : "maintainer"
        personState = state.words
        isReady = state.isReady
        isRefused = state.isRefused
        var more: [String] = []
        if let until = person.delayedUntil, until > now { more.append("put off until \(until.day.readable)") }
        if readiness.refusal == nil, person.weakTokens > 0 {
            more.append("\(person.weakTokens.counted("API token")) made with less, refused today")
        }
        personMore = more.isEmpty ? nil : more.joined(separator: "; ")
    }
}

extension FactorHoldings {
    /// `nothing but a password`, `a security key or passkey`
    var words: String { strongest <= .password ? "nothing but a password" : strongest.words }
}

/// The form with the operator's settings.
struct CriticalSettingsPage {
    let form: CriticalSettingsForm
    let isShare: Bool
    let isNumber: Bool
    let wantsSpare: Bool
    let requiredChoices: [CriticalSettingsForm.Choice]
    let topChoices: [CriticalSettingsForm.Choice]
    let rule: RuleWords
    let longestWindow = CriticalRule.longestWindow
    let deepestDependency = CriticalRule.deepestDependency
    let longestNotice = MandateRule.longestNotice

    init(
        _ form: CriticalSettingsForm, now settings: CriticalSettings, _ evidence: FirstFactorEvidence.Setting,
        at now: Timestamp
    ) {
        self.form = form
        isNumber = form.extent == "number"
        isShare = !isNumber
        wantsSpare = form.spare == "yes"
        requiredChoices = CriticalSettingsForm.choices("required", chosen: form.required, from: .secondFactor)
        topChoices = CriticalSettingsForm.choices("top", chosen: form.topRequired, from: .phishingResistant)
        rule = RuleWords(settings, evidence, latest: nil, at: now)
    }
}

/// What other settings would do, before they are set.
struct CriticalPreviewPage {
    struct Change {
        let changeName: String
        let changeBefore: String
        let changeAfter: String
    }

    struct Person {
        let personName: String
        let personHas: String
        let personLacks: String
        let personProjects: String
    }

    /// The projects that more is asked for.
    struct Top {
        let topCount: String
        let topAsked: String
        let topProjects: String
    }

    let fields: [CriticalSettingsForm.Field]
    let settingsPath: String
    let changes: [Change]
    let hasChanges: Bool
    let total: String
    let quota: String
    let threshold: String
    let newCount: String
    let newProjects: NonEmpty<SecurityPage.Row>?
    let moreNew: String?
    let remainingCount: String
    /// What the stricter part of the rule would do; nil where there is none.
    let top: Top?
    let peopleCount: String
    let lackingCount: String
    let people: NonEmpty<Person>?
    let morePeople: String?
    /// From when somebody would really be refused, a sentence each.
    let refusedFrom: [String]
    let rule: RuleWords

    private static let most = 100

    init(
        _ form: CriticalSettingsForm, _ settings: CriticalSettings, before: CriticalSettings,
        _ preview: CriticalPreview, _ evidence: FirstFactorEvidence.Setting, at now: Timestamp
    ) {
        fields = form.fields
        settingsPath =
            CriticalAdminRoutes.settingsPath + "?"
            + form.fields.map { "\($0.fieldName)=\(Paths.percentEncoded($0.fieldValue))" }.joined(separator: "&")
        changes = Self.changes(from: CriticalSettingsLine(before, at: now), to: CriticalSettingsLine(settings, at: now))
        hasChanges = before != settings
        total = preview.ranking.total.counted("project")
        quota = preview.ranking.quota.grouped
        threshold = preview.ranking.threshold.counted("download")
        newCount = preview.designated.count.counted("project")
        let new = preview.designated.map { designation in
            SecurityPage.Row(
                CriticalProject(
                    designation: designation, latestRank: designation.rank, latestDownloads: designation.downloads),
                // Whether there is more than a reserved name is no part of what is known here.
                isThere: false)
        }
        newProjects = NonEmpty(Array(new.prefix(Self.most)))
        moreNew = new.count > Self.most ? (new.count - Self.most).grouped : nil
        remainingCount = preview.remaining.count.counted("project")
        top = Self.top(preview, settings.mandate.stricter)
        peopleCount = Self.people(Set(preview.people.map(\.user)).count)
        let lacking = Self.lacking(preview.people)
        lackingCount = Self.people(lacking.count)
        people = NonEmpty(Array(lacking.prefix(Self.most)))
        morePeople = lacking.count > Self.most ? (lacking.count - Self.most).grouped : nil
        refusedFrom = preview.forecast.sentences(at: now)
        rule = RuleWords(settings, evidence, latest: nil, at: now)
    }

    private static func top(_ preview: CriticalPreview, _ stricter: MandateRule.Stricter?) -> Top? {
        guard let stricter else { return nil }
        let names = (preview.designated + preview.remaining.map(\.designation)).map(\.name)
            .filter { preview.topShare.contains($0.normalized) }.map(\.display).sorted()
        let shown = names.prefix(10).joined(separator: ", ")
        return Top(
            topCount: names.count.counted("project"), topAsked: stricter.assurance.words,
            topProjects: names.count > 10 ? "\(shown) and \((names.count - 10).grouped) more" : shown)
    }

    private static func people(_ count: Int) -> String { count == 1 ? "1 person" : "\(count.grouped) people" }

    private static func lacking(_ people: [Readiness]) -> [Person] {
        var lacking: [String: (Readiness, lacks: [String], projects: [String])] = [:]
        for person in people {
            guard let missing = person.judgement.missing else { continue }
            var known = lacking[person.user.normalized] ?? (person, [], [])
            if !known.lacks.contains(missing) { known.lacks.append(missing) }
            known.projects.append(person.project.display)
            lacking[person.user.normalized] = known
        }
        return lacking.sorted { $0.key < $1.key }.map { _, known in
            let shown = known.projects.prefix(5).joined(separator: ", ")
            return Person(
                personName: known.0.user.display, personHas: known.0.holdings.words,
                personLacks: known.lacks.joined(separator: ", "),
                personProjects: known.projects.count > 5 ? "\(shown) and \(known.projects.count - 5) more" : shown)
        }
    }

    private static func changes(from before: CriticalSettingsLine, to after: CriticalSettingsLine) -> [Change] {
        func more(_ line: CriticalSettingsLine) -> String {
            guard let share = line.topShare, let required = line.topRequired.flatMap(Assurance.init) else {
                return "nothing"
            }
            return "\(required.words) for the top \(share)"
        }
        func words(_ line: CriticalSettingsLine) -> String { Assurance(rawValue: line.required)?.words ?? "" }
        let rows: [(String, String, String)] = [
            ("Critical", before.critical, after.critical),
            ("Downloads of", before.windowDays.counted("day"), after.windowDays.counted("day")),
            ("Dependencies", depth(before.dependencyDepth), depth(after.dependencyDepth)),
            ("Announced", day(before.announcedFrom), day(after.announcedFrom)),
            ("Enforced", day(before.enforcedFrom), day(after.enforcedFrom)),
            ("Notice", before.noticeDays.counted("day"), after.noticeDays.counted("day")),
            ("Asked for", words(before), words(after)), ("More asked for", more(before), more(after)),
            ("A spare", asked(before.needsSpare), asked(after.needsSpare)),
        ]
        return rows.filter { $0.1 != $0.2 }.map { Change(changeName: $0.0, changeBefore: $0.1, changeAfter: $0.2) }
    }

    private static func asked(_ isAsked: Bool) -> String { isAsked ? "asked for" : "not asked for" }
    private static func depth(_ depth: Int) -> String { depth == 0 ? "not followed" : "to a depth of \(depth)" }
    private static func day(_ day: String?) -> String {
        day.map { "from \(Day(iso8601: $0)?.readable ?? $0)" } ?? "never"
    }
}

extension Designation {
    fileprivate var rank: Int? { if case .downloads(let rank, _) = reason { rank } else { nil } }
    fileprivate var downloads: Int64? { if case .downloads(_, let count) = reason { count } else { nil } }
}

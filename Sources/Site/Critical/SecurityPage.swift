import Accounts
import Acts
import Documents
import Foundation
import PackagingFormats
import Policy
import Ports
import UTC

/// What everybody can know about critical projects.
package struct SecurityPage {
    package struct Row {
        package let projectName: String
        /// Nil where there is nothing under the name.
        package let projectPath: String?
        package let projectRank: String
        package let projectDownloads: String
        package let projectSince: Moment
        package let projectWhy: String
    }

    let rule: RuleWords
    let totals: CriticalTotals
    let charts: CriticalCharts?
    let projects: NonEmpty<Row>?
    /// How many are not in the list; nil for none.
    let moreProjects: String?

    /// How many critical projects are on the page; all of them are in the JSON.
    static let mostProjects = 100

    /// - Parameter hosted: the normalized names, of those that are shown, under which there is a project.
    init(_ report: CriticalReport, hosted: Set<String>, at now: Timestamp) {
        rule = RuleWords(report.settings, report.evidence, latest: report.days.last, at: now)
        totals = CriticalTotals(report.figures, isForEverybody: true)
        charts = CriticalCharts(report.days, rule: report.settings.mandate, isForEverybody: true)
        projects = NonEmpty(
            report.shown.map { Row($0, isThere: hosted.contains($0.designation.name.normalized)) })
        let more = report.projects.count - Self.mostProjects
        moreProjects = more > 0 ? more.grouped : nil
    }
}

extension SecurityPage.Row {
    package init(_ project: CriticalProject, isThere: Bool) {
        let designation = project.designation
        projectName = designation.name.display
        projectPath = isThere ? Paths.project(designation.name) : nil
        projectRank = project.latestRank?.grouped ?? "–"
        projectDownloads = project.latestDownloads?.grouped ?? "–"
        projectSince = Moment(designation.designatedAt)
        projectWhy = designation.whyInSentence
    }
}

/// What is known about critical projects, save what their people have.
package struct CriticalReport: Sendable {
    package let settings: CriticalSettings
    package let evidence: FirstFactorEvidence.Setting
    package let figures: CriticalFigures
    /// The oldest first.
    package let days: [CriticalDay]
    package let projects: [CriticalProject]

    /// Those that are on the page.
    package var shown: ArraySlice<CriticalProject> { projects.prefix(SecurityPage.mostProjects) }

    /// How far back the charts go.
    package static let history = 365

    package init(
        settings: CriticalSettings, evidence: FirstFactorEvidence.Setting, figures: CriticalFigures,
        days: [CriticalDay], projects: [CriticalProject]
    ) {
        self.settings = settings
        self.evidence = evidence
        self.figures = figures
        self.days = days
        self.projects = projects
    }

    package init(of critical: any CriticalStore, at now: Timestamp) async throws {
        settings = try await critical.settings()
        evidence = try await critical.firstFactorEvidence()
        figures = try await critical.figures()
        days = try await critical.days(since: now.day - Self.history)
        projects = try await critical.list(includingLifted: false)
    }
}

/// What programs are told about critical projects: everybody's.
struct PublicCriticalDocument: Encodable {
    let settings: CriticalSettingsLine
    let totals: CriticalTotalsLine
    let days: [CriticalDayLine]
    let projects: [CriticalLine]

    init(_ report: CriticalReport, at now: Timestamp) {
        settings = CriticalSettingsLine(report.settings, at: now)
        totals = CriticalTotalsLine(report.figures, isForEverybody: true)
        days = report.days.map { CriticalDayLine($0, isForEverybody: true) }
        projects = report.projects.map(CriticalLine.init)
    }
}

/// What programs of administrators are told.
package struct AdminCriticalDocument: Encodable {
    /// Somebody who lacks something.
    struct Lacking: Encodable {
        struct At: Encodable {
            let project: String
            let lacks: String
        }

        let user: String
        let has: String
        let projects: [At]
    }

    let settings: CriticalSettingsLine
    let totals: CriticalTotalsLine
    let days: [CriticalDayLine]
    let standings: [CriticalStandingLine]
    let lacking: [Lacking]

    package init(_ report: CriticalReport, _ standings: [CriticalProjectStanding], at now: Timestamp) {
        settings = CriticalSettingsLine(report.settings, at: now)
        totals = CriticalTotalsLine(report.figures, isForEverybody: false)
        days = report.days.map { CriticalDayLine($0, isForEverybody: false) }
        self.standings = standings.map(CriticalStandingLine.init)
        lacking = CriticalLack.all(in: standings).map { missing in
            Lacking(
                user: missing.user.display, has: missing.holdings.strongest.rawValue,
                projects: missing.projects.map { Lacking.At(project: $0.name.display, lacks: $0.missing) })
        }
    }
}

/// A document for programs, keys in order.
package func jsonDocument(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
}

extension SiteRenderer {
    /// `GET /security/`
    func security(_ report: CriticalReport, hosted: Set<String>, at now: Timestamp) -> [UInt8] {
        render(
            SecurityPage(report, hosted: hosted, at: now), as: .security, titled: "Critical projects",
            .init(
                description: "Which projects are critical at \(place), and what is asked of those who can change them.",
                canonical: address.base + SecurityRoutes.page))
    }
}

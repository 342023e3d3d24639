import Accounts
import Acts
import Letters
import PackagingFormats
import Policy
import Primitives
import Site
import Staging
import UTC
import Web

/// How somebody approves: with a key in the page itself, or with a form that asks for a code.
struct StageTouch {
    /// Whether the account's strongest is a security key.
    let takesKey: Bool
    /// Whether the account has nothing that is enough.
    let isStuck: Bool
    let factorsPath = Place.factors.path

    /// Nil where there is nothing to approve.
    init(_ session: Session, _ factors: AccountFactors) {
        let strongest = session.standing.strongest
        takesKey = strongest >= .phishingResistant && !factors.keys(proving: strongest).isEmpty
        isStuck = strongest < ProjectAct.approveStage.assurance
    }
}

/// Releases that wait: of all somebody's projects, or of one, with what its owners decide about that.
struct StagesPage {
    struct Row {
        let stageValue: String
        let stageNumber: String
        let stagePath: String
        let stageTitle: String
        let stageState: String
        let stageSender: String
        let stageFiles: String
        let stageDue: Moment?
        let stageEnded: String?
    }

    /// What the owners of a project decide.
    struct Setting {
        let settingPath: String
        let settingWords: String
        /// What was asked for before and binds for a while longer; nil for nothing.
        let formerWords: String?
        /// What the operator asks; nil for nothing.
        let indexWords: String?
        let canSet: Bool
        let isOn: Bool
        let isByTwo: Bool
        let isByOwners: Bool
        let noticeHours = StagingStanding.notice.inHours

        init(_ outlook: StagingOutlook, isOwner: Bool, path: String, at now: Timestamp) {
            let standing = outlook.standing
            settingPath = path + "set/"
            settingWords = standing.setting.words
            formerWords = standing.formerUntil.flatMap { until in
                now < until ? "until \(until.readableMinute) they \(standing.binding(at: now).words)" : nil
            }
            indexWords =
                outlook.isAskedByIndex
                ? "The people who run this index ask it of critical projects"
                    + (outlook.askedByIndexFrom.map {
                        $0 <= now ? ", since \($0.day.readable)." : ", from \($0.day.readable) on."
                    } ?? "; no day is set yet.") : nil
            canSet = isOwner
            isOn = standing.setting.isOn
            isByTwo = standing.setting.approvals == 2
            isByOwners = standing.setting.approvers == .owners
        }
    }

    let head: ProjectHead?
    let rows: [Row]
    let hasRows: Bool
    let ended: [Row]
    let hasEnded: Bool
    let touch: StageTouch?
    let setting: Setting?
    /// Made just now; shown once.
    let address: String?
    let mostReleases = ApprovalStatement.mostReleases

    init(
        waiting: [Stage], ended: [Stage], setting: Setting?, head: ProjectHead?, address: String?, by session: Session,
        _ factors: AccountFactors, at now: Timestamp
    ) {
        self.head = head
        rows = waiting.map { Row($0, at: now) }
        hasRows = !waiting.isEmpty
        self.ended = ended.map { Row($0, at: now) }
        hasEnded = !ended.isEmpty
        touch = waiting.isEmpty ? nil : StageTouch(session, factors)
        self.setting = setting
        self.address = address
    }
}

extension StagesPage.Row {
    init(_ stage: Stage, at now: Timestamp) {
        let senders = Set(stage.files.map { journalPerson($0.sender.name) }).sorted().joined(separator: ", ")
        self.init(
            stageValue: SeenStage(stage).description, stageNumber: stage.id.description,
            stagePath: StageRoutes.path(of: stage), stageTitle: "\(stage.project.display) \(stage.version)",
            stageState: stage.state(at: now).rawValue, stageSender: senders,
            stageFiles: stage.files.count == 1 ? "1 file" : "\(stage.files.count) files",
            stageDue: stage.end == nil ? Moment(minuteOf: stage.dueAt) : nil,
            stageEnded: stage.end.map { end in
                "It \(end.outcome.words), on \(end.at.day.readable), by \(journalPerson(end.by))"
                    + (end.reason.map { ": ‘\($0)’" } ?? ".")
            })
    }
}

/// One release that waits.
struct StagePage {
    struct File {
        let fileName: String
        let fileDigest: String
        let fileSize: String
        let fileSender: String
        let fileMoment: Moment
        let isHeld: Bool
    }

    struct Finding {
        let findingWords: String
        let findingRule: String
        let findingPlace: String?
        let isDanger: Bool
    }

    let head: ProjectHead
    let title: String
    let stageValue: String
    let path: String
    let termsWords: String
    let files: [File]
    let findings: [Finding]
    let hasFindings: Bool
    let previous: String?
    /// Where the difference to it is shown.
    let comparePath: String?
    let due: Moment?
    let approvedWords: [String]
    let ended: String?
    let isOpen: Bool
    let touch: StageTouch?
    let address: String?
    let project: String

    init(
        _ stage: Stage, head: ProjectHead, path: String, insteadOf previous: Version?, findings: [StageFinding],
        address: String?, by session: Session, _ factors: AccountFactors, at now: Timestamp
    ) {
        self.head = head
        self.path = path
        title = "\(stage.project.display) \(stage.version)"
        project = stage.project.display
        stageValue = SeenStage(stage).description
        termsWords = stage.terms.words
        files = stage.files.map { file in
            File(
                fileName: file.filename, fileDigest: file.sha256, fileSize: ByteSize(file.size).description,
                fileSender: journalPerson(file.sender.name)
                    + (file.sender.tokenLabel.map {
                        ", with the API token ‘\($0)’, made with \(file.sender.assurance.words)"
                    } ?? ""),
                fileMoment: Moment(minuteOf: file.uploadedAt), isHeld: file.isHeld)
        }
        self.findings = findings.sorted { $0.weight > $1.weight }.map { finding in
            let places = [finding.filename, finding.place].compactMap(\.self)
            return Finding(
                findingWords: finding.words, findingRule: finding.rule,
                findingPlace: places.isEmpty ? nil : places.joined(separator: ", "), isDanger: finding.weight == .danger
            )
        }
        hasFindings = !findings.isEmpty
        isOpen = stage.end == nil && now < stage.dueAt
        self.previous = previous.flatMap { $0 == stage.version ? nil : $0.description }
        comparePath = nil
        due = isOpen ? Moment(minuteOf: stage.dueAt) : nil
        approvedWords = stage.standingApprovals.map { approval in
            "\(approval.user.display) approved it with \(approval.assurance.words), on \(approval.at.readableMinute)."
        }
        ended =
            stage.end.map { end in
                "It \(end.outcome.words), on \(end.at.day.readable), by \(journalPerson(end.by))"
                    + (end.reason.map { ": ‘\($0)’" } ?? ".")
            } ?? (isOpen ? nil : "Its time is over. Nothing of it is published, and its names are free within minutes.")
        touch = isOpen ? StageTouch(session, factors) : nil
        self.address = address
    }
}

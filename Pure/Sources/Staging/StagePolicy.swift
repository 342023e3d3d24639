import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC

/// Decides what becomes of releases that wait, by anybody who may do such a thing at all.
public enum StagePolicy {
    /// How long a stage waits, from its last file on.
    public static let lifetime = Duration.days(14)
    /// How long after its last file people hear of it, so that they hear once of all files.
    public static let quiet = Duration.minutes(3)

    /// Decides whether somebody lets a release out now, and what comes of it.
    ///
    /// - Parameters:
    ///   - role: theirs, as it is now; nil for none.
    ///   - digest: of the statement about this release that they agreed to.
    public static func approve(
        _ stage: Stage, by actor: Actor, role: Role?, having digest: String, at now: Timestamp
    ) throws(StageRefusal) -> StageProgress {
        try requireOpen(stage, at: now)
        guard digest == ApprovalStatement(stage).digest else { throw .changed(stage.project, stage.version) }
        if let held = stage.files.first(where: \.isHeld) { throw .held(stage.project, stage.version, held.filename) }
        guard let user = actor.username else { return .published }
        guard let role, role >= stage.terms.approvers.least else {
            throw .notForYou(stage.project, stage.terms.approvers)
        }
        let others = stage.standingApprovals.filter { $0.user != user }
        if others.count + 1 >= stage.terms.approvals { return .published }
        guard others.count == stage.standingApprovals.count else {
            throw .anotherHasTo(stage.project, stage.version)
        }
        return .waitsForAnother
    }

    /// Decides whether somebody rejects a release now. That is for everybody who holds a role: it keeps things as they
    /// are, and anyone who sent the files can send them once more.
    public static func reject(_ stage: Stage, at now: Timestamp) throws(StageRefusal) {
        try requireOpen(stage, at: now)
    }

    /// What is asked for when a file joins a stage: the most that was ever asked for while it waits.
    public static func terms(joining stage: StagingSetting?, with setting: StagingSetting) -> StagingSetting {
        stage.map { $0.strictest(with: setting) } ?? setting
    }

    private static func requireOpen(_ stage: Stage, at now: Timestamp) throws(StageRefusal) {
        if let end = stage.end { throw .over(stage.project, stage.version, end.outcome, end.at.day) }
        guard now < stage.dueAt else { throw .over(stage.project, stage.version, .expired, stage.dueAt.day) }
        guard !stage.files.isEmpty else { throw .noSuchStage }
    }
}

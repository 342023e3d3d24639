import Accounts
import PackagingFormats
import Policy
import UTC

/// Critical projects, and what is asked of those who can change them.
///
/// Every method that changes something judges it by the pure policies inside its transaction, and writes the journal
/// there. If it throws, nothing has changed.
public protocol CriticalStore: Sendable {
    // MARK: The operator's settings

    /// The settings.
    func settings() async throws -> CriticalSettings
    /// Replaces the settings. Throws `AccessRefusal`. What is asked for newly goes out as demands with their own
    /// notice.
    func set(_ settings: CriticalSettings, by actor: Actor, at now: Timestamp) async throws

    /// Whether evidence counts for a first factor: the operator's setting.
    func firstFactorEvidence() async throws -> FirstFactorEvidence.Setting

    /// From when somebody is really refused, by the rule and what people were told.
    func forecast(at now: Timestamp) async throws -> RefusalForecast

    // MARK: Designation

    /// Ranks all names as of a day, designates those that the settings make critical and are not yet, and makes the
    /// demands on them that are due. Computing a day again designates nobody twice.
    ///
    /// What is known as the latest changes only with a day that is not before the last one computed, and the figures of
    /// a day are noted on that day alone: who can change what, and what they have, is known of today.
    ///
    /// Throws `CriticalRefusal.dayOutOfRange` for a day after today or one whose window is not kept any more.
    func compute(asOf day: Day, by actor: Actor, at now: Timestamp) async throws -> CriticalComputation
    /// What a computation with other settings would do; changes nothing. Throws as `compute` does.
    func preview(
        _ settings: CriticalSettings, asOf day: Day, at now: Timestamp
    ) async throws -> CriticalPreview
    /// Every name that is critical, by latest rank; with `includingLifted` those that are not any more, too.
    func list(includingLifted: Bool) async throws -> [CriticalProject]
    /// Why a name is critical or not, as of a day. Throws `CriticalRefusal.unknownName`.
    func explain(_ name: ProjectName, asOf day: Day, at now: Timestamp) async throws -> CriticalExplanation
    /// The designation of a name with what is demanded there; nil where it is not critical.
    func critical(_ name: ProjectName) async throws -> (project: CriticalProject, demands: [Demand])?
    /// Names a project or a reserved name critical. A designation that was lifted stays on record. Throws
    /// `AccessRefusal` or `CriticalRefusal`.
    func designate(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// Lifts a designation, for good, with a reason for the record. Throws `AccessRefusal` or `CriticalRefusal`.
    func lift(_ name: ProjectName, reason: String, by actor: Actor, at now: Timestamp) async throws

    // MARK: What is asked

    /// What the rule says about a person's projects: those that are critical or ask for more, by name.
    func obligations(of user: UserID, at now: Timestamp) async throws -> [Obligation]
    /// What the rule says about everybody with a role on a project.
    func readiness(of name: ProjectName, at now: Timestamp) async throws -> [Readiness]
    /// Whether somebody could have a security key that is given away now.
    func offersFreeKey(to user: UserID, at now: Timestamp) async throws -> Bool
    /// Every critical project, by latest rank, with what the rule says about everybody who can change it.
    func standings(at now: Timestamp) async throws -> [CriticalProjectStanding]
    /// Puts off what is asked of the actor for a project: once, for 14 days, on the record. Returns until when.
    /// Throws `AccessRefusal` or `CriticalRefusal`.
    func delay(
        _ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Timestamp

    // MARK: Figures

    /// How many projects are critical now, and what the people have who can change them.
    func figures() async throws -> CriticalFigures
    /// The computations of some days, oldest first.
    func days(since day: Day) async throws -> [CriticalDay]
}

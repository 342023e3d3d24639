import Accounts
import PackagingFormats
import Policy

/// What is known of something that somebody wants to yank.
public struct YankFacts: Sendable, Hashable {
    /// Whether something of the project can be chosen now, and nothing could afterwards.
    public var leavesNothingToChoose: Bool
    /// Whether something else of the project is yanked already.
    public var isLastOfSeveral: Bool
    public var isCritical: Bool
    /// Whether the newest release of another project here needs it.
    public var isNeeded: Bool
    /// The other projects here whose newest releases need a version of which several are there, one can be chosen now, and
    /// none could afterwards.
    public var leavesNothingFor: [ProjectName]

    public init(
        leavesNothingToChoose: Bool, isLastOfSeveral: Bool, isCritical: Bool, isNeeded: Bool,
        leavesNothingFor: [ProjectName] = []
    ) {
        self.leavesNothingFor = leavesNothingFor
        self.leavesNothingToChoose = leavesNothingToChoose
        self.isLastOfSeveral = isLastOfSeveral
        self.isCritical = isCritical
        self.isNeeded = isNeeded
    }
}

/// Decides whether something can be yanked.
///
/// A yank is always at once, and locked builds go on. But installers that are not told an exact version find nothing
/// where everything is yanked that they could take, as if the project were gone: of what others build on, nobody does that
/// alone, one after the other, for all or for one project that is known to need it. The only release that would do can be
/// yanked: that it is bad, anybody may find.
public enum YankPolicy {
    /// Decides whether something is yanked.
    ///
    /// - Throws: the refusal, with what to do instead.
    public static func decide(
        _ project: ProjectName, by actor: Actor, knowing facts: YankFacts
    ) throws(RemovalRefusal) {
        guard case .user = actor.identity else { return }
        if facts.leavesNothingToChoose, facts.isLastOfSeveral, facts.isCritical || facts.isNeeded {
            throw .nothingLeftToChoose(project)
        }
        if !facts.leavesNothingFor.isEmpty { throw .nothingLeftFor(project, facts.leavesNothingFor) }
    }
}

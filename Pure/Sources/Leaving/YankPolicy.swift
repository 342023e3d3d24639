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

extension YankFacts {
    /// What of a release can be chosen now, and whether it is what is to be yanked.
    public struct Choice: Sendable, Hashable {
        public let version: Version
        /// Whether it is to be yanked.
        public let goes: Bool
        /// Whether it is not yanked by now.
        public let canBeChosen: Bool

        public init(version: Version, goes: Bool, canBeChosen: Bool) {
            self.version = version
            self.goes = goes
            self.canBeChosen = canBeChosen
        }
    }

    /// Another project, whose newest release needs this one.
    public struct Dependent: Sendable, Hashable {
        public let project: ProjectName
        /// Which versions of it: of each there has to be one. None where every version will do.
        public let specifiers: [SpecifierSet]

        public init(_ project: ProjectName, _ specifiers: [SpecifierSet]) {
            self.project = project
            self.specifiers = specifiers
        }
    }

    /// What follows from what a project has.
    ///
    /// - Parameters:
    ///   - files: what is listed of it, in any order.
    ///   - dependents: the other projects whose newest releases need it.
    public init(_ files: [Choice], isCritical: Bool, neededBy dependents: [Dependent]) {
        let newest = files.sorted { $0.version > $1.version }
        let (stay, go) = (newest.filter { !$0.goes }, newest.filter { $0.goes && $0.canBeChosen })
        func isLeftWithNothing(_ specifier: SpecifierSet) -> Bool {
            // Mostly the newest that stays will do.
            !stay.contains { $0.canBeChosen && specifier.contains($0.version) }
                && go.contains { specifier.contains($0.version) } && stay.contains { specifier.contains($0.version) }
        }
        // Many need the same.
        var known: [SpecifierSet: Bool] = [:]
        func isAtLoss(_ dependent: Dependent) -> Bool {
            dependent.specifiers.contains { specifier in
                if let found = known[specifier] { return found }
                let found = isLeftWithNothing(specifier)
                known[specifier] = found
                return found
            }
        }
        self.init(
            leavesNothingToChoose: !go.isEmpty && !stay.contains { $0.canBeChosen }, isLastOfSeveral: !stay.isEmpty,
            isCritical: isCritical, isNeeded: !dependents.isEmpty,
            leavesNothingFor: dependents.filter(isAtLoss).map(\.project))
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

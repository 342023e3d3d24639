import Accounts
import Acts
import PackagingFormats
import Policy
import UTC

/// What a letter about an event says beside it, so that nobody has to look it up. The log does not keep it: it changes,
/// and pages show it as it is.
public struct LetterContext: Sendable, Hashable {
    /// The projects of the person that the event is about, where it names none itself.
    public var projects: [ProjectName]
    /// What the person's account has to get for them; nil for nothing.
    public private(set) var missing: Missing?
    /// From when a factor counts that the account has already; nil where it does.
    public private(set) var countsFrom: Timestamp?
    /// What keeps the person from a role that they have accepted.
    public private(set) var outlook: InvitationOutlook?
    /// Roles that somebody who was in the account may have given, as clauses: `eve is owner of demo`.
    public var rolesGiven: [String] = []
    /// How long the role can still be theirs.
    public private(set) var until: Timestamp?

    /// What has to be added to an account.
    public struct Missing: Sendable, Hashable {
        /// After "add".
        public let words: String
        /// With what the words mean.
        public let explained: String
        /// Before which day; nil where none is known.
        public let before: Day?
        /// A second factor counts only some time after it was added: that is the reason for the day.
        public let isDueEarlier: Bool
    }

    /// - Parameter projects: which the event is about.
    public init(on projects: [ProjectName] = []) { self.projects = projects }

    /// What has to be added to an account for some projects.
    ///
    /// - Parameters:
    ///   - facts: about each project and the person.
    ///   - bindsAt: when it will be asked for; nil where no day is known.
    public init(on projects: [ProjectName], knowing facts: [MandateFacts], bindsAt: Timestamp?, at now: Timestamp) {
        self.init(on: projects)
        guard let holdings = facts.first?.holdings else { return }
        let lacking = facts.flatMap { $0.asked(at: now) }.map(\.demand.what).filter { Mandate.lacks($0, holdings) }
        if !lacking.isEmpty {
            let thing = MandateThing(adding: lacking, to: holdings)
            let isFirst = holdings.strongest <= .password && lacking.contains { $0 != .spare }
            let early = isFirst ? bindsAt.flatMap { Probation.firstFactorDue(bindsAt: $0, at: now) } : nil
            missing = Missing(
                words: thing.words, explained: thing.explained, before: early ?? bindsAt?.day,
                isDueEarlier: early != nil)
        } else if holdings.strongest > .password {
            countsFrom = facts.compactMap(\.probationUntil).max().flatMap { now < $0 ? $0 : nil }
        }
    }

    /// What keeps somebody from a role that they have accepted.
    ///
    /// - Parameter until: how long they can still get it.
    public init(accepted outlook: InvitationOutlook, until: Timestamp) {
        self.init()
        self.outlook = outlook
        self.until = until
    }

    /// How many projects are named at most.
    static let mostNamed = 5

    /// `a, b and c`; of many the first ones, and how many more there are.
    var names: String {
        let names = projects.map(\.display)
        guard names.count > 1 else { return names.joined() }
        guard names.count <= Self.mostNamed else {
            return "\(names.prefix(Self.mostNamed).joined(separator: ", ")) and \(names.count - Self.mostNamed) more"
        }
        return "\(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])"
    }

    /// Which projects of the person require two factors, in a sentence.
    var requiring: String {
        projects.isEmpty
            ? "None of your projects requires two factors now."
            : "Of your projects \(projects.count == 1 ? "this is" : "these are") \(names)."
    }
}

/// How much depends on a project: an operator chooses for each what verdicts do.
public enum ProjectTier: String, Sendable, Hashable, CaseIterable {
    /// Designated as critical.
    case critical
    /// Much downloaded.
    case popular
    /// Any other.
    case other = "all"

    /// The tier of a project.
    ///
    /// - Parameter downloads: of the window that designations count.
    public init(isCritical: Bool, downloads: Int64, popularFrom least: Int64) {
        self = isCritical ? .critical : downloads >= least ? .popular : .other
    }

    /// As part of a sentence: `because it is …`.
    public var words: String {
        switch self {
        case .critical: "a critical project"
        case .popular: "a popular project"
        case .other: "a project like most"
        }
    }
}

/// What verdicts do to the releases of a tier.
public enum DefenceMode: String, Sendable, Hashable, CaseIterable {
    /// Nobody looks.
    case off
    /// What would be held or refused is published, and people are told of it.
    case report
    /// What is to be held or refused is.
    case enforce
}

/// What an operator has chosen about verdicts.
public struct DefenceSettings: Sendable, Hashable {
    /// What becomes of a release that could not be looked at.
    public enum WhenNotLookedAt: String, Sendable, Hashable, CaseIterable {
        /// It is published, and people are told that nobody has looked.
        case publish
        /// It is held until somebody has.
        case hold
    }

    public var modes: [ProjectTier: DefenceMode]
    public var whenNotLookedAt: WhenNotLookedAt
    /// Downloads in the window of designations from which a project is popular.
    public var popularFrom: Int64

    /// Out of the box: everything is looked at, and nothing is held.
    public static let usual = DefenceSettings()

    public init(
        modes: [ProjectTier: DefenceMode] = [:], whenNotLookedAt: WhenNotLookedAt = .publish,
        popularFrom: Int64 = 10_000
    ) {
        self.modes = modes
        self.whenNotLookedAt = whenNotLookedAt
        self.popularFrom = popularFrom
    }

    /// What verdicts do to the releases of a tier; where nothing was chosen, they are reported.
    public func mode(of tier: ProjectTier) -> DefenceMode { modes[tier] ?? .report }
}

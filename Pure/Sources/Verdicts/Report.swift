import UTC

/// What somebody reports a project for.
public enum ReportCategory: String, Sendable, Hashable, CaseIterable {
    case malware
    /// It pretends to be another project, or to be somebody else's.
    case impersonation
    case spam
    /// It holds a secret that should not be public.
    case secret
    case other

    /// For a form.
    public var words: String {
        switch self {
        case .malware: "It does harm to those who install or use it"
        case .impersonation: "It pretends to be another project, or another author's"
        case .spam: "It is no software, but advertising or rubbish"
        case .secret: "It holds a key, a password or other people's data"
        case .other: "Something else"
        }
    }
}

/// Decides what reports do.
///
/// A report never acts by itself: people are wrong, and some want harm. Two whose word is trusted hold what is young, for
/// then little is broken, and an administrator decides within days.
public enum ReportPolicy {
    /// How many reports somebody makes in a day.
    public static let mostPerDay = 5
    /// How many who are trusted hold a young project.
    public static let trustedForHold = 2

    /// Whether the files of a project are held at once.
    ///
    /// - Parameters:
    ///   - trusted: different people who are trusted and have reported it for what does harm.
    ///   - projectAge: since its first file.
    public static func holds(trusted: Int, projectAge: Duration, tier: ProjectTier) -> Bool {
        switch tier {
        // Nobody takes away what others build on by two reports.
        case .critical, .popular: false
        case .other: trusted >= trustedForHold && projectAge < VerdictPolicy.youngProject
        }
    }

    /// Whether somebody may make another report today.
    public static func mayReport(madeToday: Int) -> Bool { madeToday < mostPerDay }
}

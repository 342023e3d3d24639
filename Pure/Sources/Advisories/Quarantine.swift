import PackagingFormats
public import UTC

/// That the people who run the index let nobody have something, as an advisory of the index itself: so that those who
/// installed it before are warned by what they check their environments with.
public struct Quarantine: Sendable, Hashable {
    /// What nobody can have.
    public enum What: Sendable, Hashable {
        case project
        case release(Version)
        case file(String, of: Version)
    }

    public let project: ProjectName
    public let what: What
    /// In the words of who decided it.
    public let reason: String
    /// The journal's serial of the change, and when it was made.
    public let serial: Int64
    public let since: Timestamp
    /// When it ended; nil while it lasts.
    public let until: Timestamp?

    public init(
        _ what: What, of project: ProjectName, reason: String, serial: Int64, since: Timestamp, until: Timestamp?
    ) {
        self.project = project
        self.what = what
        self.reason = reason
        self.serial = serial
        self.since = since
        self.until = until
    }

    /// `RIND-2026-17`: the year, and the serial of the change, so that it is the same for ever.
    public var advisory: Advisory {
        Advisory(
            id: AdvisoryID(own: serial, year: Int(since.day.civil.year)), summary: "\(words) is in quarantine",
            details: "The people who run this index let nobody have it since \(since.minuteUTC): \(reason)",
            modified: until ?? since, published: since, withdrawn: until, affected: [affected])
    }

    private var words: String {
        switch what {
        case .project: project.display
        case .release(let version): "\(project.display) \(version)"
        case .file(let filename, _): filename
        }
    }

    private var affected: AffectedPackage {
        switch what {
        case .project: AffectedPackage(project: project, ranges: [[.fromTheFirst]], versions: [])
        case .release(let version), .file(_, let version):
            AffectedPackage(project: project, versions: [version.normalized])
        }
    }
}

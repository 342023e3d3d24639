import PackagingFormats
import UTC

/// That something was taken out of the index.
public struct Removal: Sendable, Hashable {
    public let at: Timestamp
    /// By whom, as the journal names them: `user ada`, `operator`.
    public let by: String

    /// That something was taken out of the index.
    public init(at: Timestamp, by: String) {
        self.at = at
        self.by = by
    }
}

/// A project that was taken out of the index.
public struct RemovedProject: Sendable, Hashable {
    /// The project, as it was.
    public let project: Project
    /// When and by whom.
    public let removal: Removal
    /// Whether everybody can have the name.
    public let isFreed: Bool
    /// Who held which role, by name.
    public let roles: [RoleHolder]

    /// A project that was taken out of the index.
    public init(project: Project, removal: Removal, isFreed: Bool, roles: [RoleHolder]) {
        self.project = project
        self.removal = removal
        self.isFreed = isFreed
        self.roles = roles
    }
}

/// A release or a file that was taken out of a project that is there.
public struct RemovedPart: Sendable, Hashable {
    public let version: Version
    /// The file's name; nil when the whole release was removed.
    public let filename: String?
    /// When and by whom.
    public let removal: Removal

    /// Something that was taken out of a project.
    public init(version: Version, filename: String?, removal: Removal) {
        self.version = version
        self.filename = filename
        self.removal = removal
    }
}

/// What is at the address of a file.
public struct AddressedFile: Sendable, Hashable {
    public let file: DistributionFile
    public let project: Project
    public let state: FileState
    /// When and by whom it was removed; nil where it was not.
    public let removal: Removal?
    /// Until when the bytes of what was removed are sure to be there; nil where it was not.
    public let sunset: Timestamp?
    /// Why nobody gets it, in the words of an administrator; nil where everybody does.
    public let withheldReason: String?

    /// What is at the address of a file.
    public init(
        file: DistributionFile, project: Project, state: FileState, removal: Removal? = nil, sunset: Timestamp? = nil,
        withheldReason: String? = nil
    ) {
        self.file = file
        self.project = project
        self.state = state
        self.removal = removal
        self.sunset = sunset
        self.withheldReason = withheldReason?.cut(to: .line)
    }
}

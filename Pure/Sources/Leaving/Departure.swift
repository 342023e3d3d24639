import PackagingFormats

/// What somebody wants to take away from those who use it.
public enum Departure: Sendable, Hashable {
    /// A file is taken out, by its name.
    case file(String)
    /// A release is taken out, with its files.
    case release(Version)
    /// The project is taken out, with all that it has.
    case project
    /// The project takes no more releases.
    case archiving
    /// Only those who hold a role see the project.
    case hiding
    /// The last owner gives up their role.
    case lastRole

    /// What it is, without which file or release.
    public var kind: DepartureKind {
        switch self {
        case .file: .file
        case .release: .release
        case .project: .project
        case .archiving: .archiving
        case .hiding: .hiding
        case .lastRole: .lastRole
        }
    }

    /// The release that is to go; nil where it is something else.
    public var version: Version? {
        switch self {
        case .release(let version): version
        case .file, .project, .archiving, .hiding, .lastRole: nil
        }
    }

    /// The file that it is about; nil where it is about more.
    public var filename: String? {
        switch self {
        case .file(let filename): filename
        case .release, .project, .archiving, .hiding, .lastRole: nil
        }
    }

    /// What is stored of one, put together again; nil for what does not fit.
    public init?(_ kind: DepartureKind, version: Version?, filename: String?) {
        switch (kind, version, filename) {
        case (.file, nil, let filename?): self = .file(filename)
        case (.release, let version?, nil): self = .release(version)
        case (.project, nil, nil): self = .project
        case (.archiving, nil, nil): self = .archiving
        case (.hiding, nil, nil): self = .hiding
        case (.lastRole, nil, nil): self = .lastRole
        case (.file, _, _), (.release, _, _), (.project, _, _), (.archiving, _, _), (.hiding, _, _), (.lastRole, _, _):
            return nil
        }
    }

    /// What must be typed to show that it is meant, of a project: the name of what goes.
    public func confirmation(of project: ProjectName) -> String {
        switch self {
        case .file(let filename): filename
        case .release(let version): version.description
        case .project, .archiving, .hiding, .lastRole: project.display
        }
    }

    /// What will be done, as a sentence begins that says when: `The release 1.0 will be removed`.
    public var announcement: String {
        switch self {
        case .file(let filename): "The file \(filename) will be removed"
        case .release(let version): "The release \(version) will be removed"
        case .project: "This project will be removed"
        case .archiving: "This project will be archived"
        case .hiding: "This project will be made private"
        case .lastRole: "The last owner of this project will leave it, and it will be archived"
        }
    }

    /// What it is about, in the middle of a sentence: `the release 1.0 of demo`.
    public func subject(of project: String) -> String {
        switch self {
        case .file(let filename): "the file \(filename) of \(project)"
        case .release(let version): "the release \(version) of \(project)"
        case .project, .archiving, .hiding, .lastRole: project
        }
    }

    /// What it is, of a project, in the middle of a sentence: `the removal of the release 1.0 of demo`.
    public func words(of project: String) -> String {
        switch self {
        case .file(let filename): "the removal of the file \(filename) of \(project)"
        case .release(let version): "the removal of the release \(version) of \(project)"
        case .project: "the removal of \(project)"
        case .archiving: "the archiving of \(project)"
        case .hiding: "making \(project) private"
        case .lastRole: "the leaving of the last owner of \(project)"
        }
    }
}

/// The kinds of departures, as they are stored.
public enum DepartureKind: String, Sendable, CaseIterable {
    case file, release, project, archiving, hiding
    case lastRole = "last-role"
}

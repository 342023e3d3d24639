import PackagingFormats
import Primitives
import Projects

/// What the decision about an upload rests on, as the transaction finds it.
public struct UploadFacts: Sendable {
    /// A file that is part of the index, or was.
    public struct KnownFile: Sendable, Hashable {
        public var filename: String
        /// Of its bytes.
        public var sha256: String
        /// Whether it was taken out of the index.
        public var isRemoved: Bool

        /// A file that is part of the index, or was.
        public init(filename: String, sha256: String, isRemoved: Bool = false) {
            self.filename = filename
            self.sha256 = sha256
            self.isRemoved = isRemoved
        }
    }

    /// The file that has the candidate's name already, however it is spelled (`DistributionFilename.identity`).
    public var sameName: KnownFile?
    /// The name of the sdist that the release has already.
    public var sourceDistribution: String?
    /// Bytes of all files of the project.
    public var projectSize: Int64
    /// How many files the release has.
    public var releaseFiles: Int
    /// How many files the project has, removed ones included.
    public var projectFiles: Int

    /// What the decision about an upload rests on.
    public init(
        sameName: KnownFile?, sourceDistribution: String?, projectSize: Int64, releaseFiles: Int = 0,
        projectFiles: Int = 0
    ) {
        self.sameName = sameName
        self.sourceDistribution = sourceDistribution
        self.projectSize = projectSize
        self.releaseFiles = releaseFiles
        self.projectFiles = projectFiles
    }
}

/// What would become of an upload, and what those who send it are to be told beside.
public struct UploadJudgement: Sendable, Hashable {
    public let decision: UploadPolicy.Decision
    /// What publishing there will take later, and this credential does not show; nil for nothing.
    public let notice: MandateNotice?

    /// What would become of an upload.
    public init(_ decision: UploadPolicy.Decision, notice: MandateNotice?) {
        self.decision = decision
        self.notice = notice
    }
}

/// Decides whether a file becomes part of a release.
public enum UploadPolicy {
    /// What is to be done with a candidate.
    public enum Decision: Sendable, Hashable {
        /// Make it part of the index.
        case store
        /// Do nothing: it is there.
        case alreadyThere
    }

    /// Decides by the facts. The order matters: repeating an upload is harmless even where the limits have become
    /// stricter since.
    public static func decide(
        _ candidate: UploadCandidate, knowing facts: UploadFacts, limits: UploadLimits
    ) throws(UploadRefusal) -> Decision {
        if let there = facts.sameName {
            // Not even with the same bytes: anyone who removed the file had a reason, and a tool that uploads all that
            // it has knows nothing of it.
            guard !there.isRemoved else {
                throw .fileRemoved(candidate.filename.text, blake2b256: candidate.digests.blake2b256)
            }
            guard there.sha256 == candidate.digests.sha256 else {
                throw .fileExists(
                    candidate.filename.text, as: there.filename, blake2b256: candidate.digests.blake2b256)
            }
            return .alreadyThere
        }
        guard candidate.version.local == nil || limits.rules.takesLocalVersions else {
            throw .localVersion(candidate.version)
        }
        if candidate.packageType == .sourceDistribution, let other = facts.sourceDistribution,
            !limits.rules.takesBothKindsOfSourceDistribution
                || other.hasSuffix(".zip") == candidate.filename.text.hasSuffix(".zip")
        {
            throw .secondSourceDistribution(other)
        }
        guard candidate.size <= limits.fileSize else { throw .fileTooLarge(limit: limits.fileSize) }
        guard facts.projectSize + candidate.size <= limits.projectSize else {
            throw .projectTooLarge(candidate.project, limit: limits.projectSize)
        }
        guard facts.releaseFiles < limits.releaseFiles else {
            throw .tooManyFilesOfRelease(candidate.version, limit: limits.releaseFiles)
        }
        guard facts.projectFiles < limits.projectFiles else {
            throw .tooManyFilesOfProject(candidate.project, limit: limits.projectFiles)
        }
        return .store
    }
}

/// Why a file does not become part of a release.
public enum UploadRefusal: Refusal, Hashable {
    /// Other bytes have its name, perhaps in another spelling.
    case fileExists(String, as: String, blake2b256: String)
    /// A file that was removed had its name, perhaps in another spelling.
    case fileRemoved(String, blake2b256: String)
    /// The release has an sdist already.
    case secondSourceDistribution(String)
    /// Its version has a local part.
    case localVersion(Version)
    /// It has too many bytes.
    case fileTooLarge(limit: Int64)
    /// Its project would have too many bytes.
    case projectTooLarge(ProjectName, limit: Int64)
    /// Its release would have too many files.
    case tooManyFilesOfRelease(Version, limit: Int)
    /// Its project would have too many files.
    case tooManyFilesOfProject(ProjectName, limit: Int)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .fileExists, .fileRemoved, .secondSourceDistribution, .localVersion: .invalid
        case .fileTooLarge, .projectTooLarge, .tooManyFilesOfRelease, .tooManyFilesOfProject: .tooLarge
        }
    }

    /// `upload.…`
    public var code: String {
        switch self {
        case .fileExists: "upload.file-exists"
        case .fileRemoved: "upload.file-removed"
        case .secondSourceDistribution: "upload.second-sdist"
        case .localVersion: "upload.local-version"
        case .fileTooLarge: "upload.file-too-large"
        case .projectTooLarge: "upload.project-too-large"
        case .tooManyFilesOfRelease: "upload.too-many-files-of-release"
        case .tooManyFilesOfProject: "upload.too-many-files-of-project"
        }
    }

    /// What was refused, and what to do. Clients look for "File already exists".
    public var explanation: String {
        switch self {
        case .fileExists(let filename, let there, let blake2b256):
            "File already exists ('\(filename)', with blake2_256 hash '\(blake2b256)')"
                + (filename == there ? ", and has other bytes. " : ": it is '\(there)', and has other bytes. ")
                + "A file never changes once it is published: give the release a new version."
        case .fileRemoved(let filename, let blake2b256):
            "File already exists ('\(filename)', with blake2_256 hash '\(blake2b256)'): this filename has already been "
                + "used, by a file that was deleted, and is never given to another one. Give the release a new version."
        case .secondSourceDistribution(let filename):
            "Only one sdist may be uploaded per release: this one has '\(filename)' already."
        case .localVersion(let version):
            "The use of local versions in '\(version)' is not allowed. Leave out everything from the + on, or ask the "
                + "operator of this index to allow them (local-versions: allow)."
        case .fileTooLarge(let limit):
            "File too large. Limit for files on this index is \(ByteSize(limit)). "
                + "The operator can raise it (--max-file-size)."
        case .projectTooLarge(let project, let limit):
            "Project size too large. Limit for project '\(project.display)' total size is \(ByteSize(limit)). "
                + "The operator can raise it (--max-project-size)."
        case .tooManyFilesOfRelease(let version, let limit):
            "A release takes \(limit) files, and \(version) has as many. Publish the rest as another version or project."
        case .tooManyFilesOfProject(let project, let limit):
            "A project takes \(limit) files, and '\(project.display)' has as many. Publish the rest as another project, or "
                + "ask the operator, who can raise it (--max-project-files)."
        }
    }
}

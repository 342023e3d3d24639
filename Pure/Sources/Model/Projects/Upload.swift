import PackagingFormats
import UTC

/// A file that has been received, checked and stored under its digest, and now asks to become part of the index.
public struct UploadCandidate: Sendable {
    /// The project's name, as the form writes it.
    public var project: ProjectName
    /// The release's version.
    public var version: Version
    /// The file's name, already found to fit project and version.
    public var filename: DistributionFilename
    /// Wheel or sdist.
    public var packageType: PackageType
    /// The form's `pyversion`.
    public var pythonTag: String
    /// Bytes.
    public var size: Int64
    /// Of its bytes.
    public var digests: Digests
    /// The SHA-256 of its METADATA, which is stored under that digest; nil for an sdist.
    public var metadataSHA256: String?
    /// What it says about its release.
    public var metadata: ReleaseMetadata
    /// When it was published first, where an import tells; nil means now.
    public var publishedAt: Timestamp?
    /// What is wrong with it and was passed over when it was imported, in sentences.
    public var notes: [String]

    /// A file that asks to become part of the index.
    public init(
        project: ProjectName, version: Version, filename: DistributionFilename, packageType: PackageType,
        pythonTag: String, size: Int64, digests: Digests, metadataSHA256: String?, metadata: ReleaseMetadata,
        publishedAt: Timestamp? = nil, notes: [String] = []
    ) {
        self.project = project
        self.version = version
        self.filename = filename
        self.packageType = packageType
        self.pythonTag = pythonTag
        self.size = size
        self.digests = digests
        self.metadataSHA256 = metadataSHA256
        self.metadata = metadata
        self.publishedAt = publishedAt
        self.notes = notes
    }
}

/// What became of an upload that was not refused.
public enum UploadOutcome: Sendable, Hashable {
    /// It is part of the index now; the serial is that of its journal entry.
    case stored(Serial)
    /// The same bytes were there already under the same name; nothing changed.
    case alreadyThere
}

/// How much an index takes.
public struct UploadLimits: Sendable, Hashable {
    /// Bytes of one file. PyPI's default is 100 MiB; a private index usually wants more.
    public var fileSize: Int64
    /// Bytes of all files of one project. PyPI's default is 10 GiB.
    public var projectSize: Int64
    /// Files of one release. The page of a release shows all of them; the largest on the public index have about 200.
    public var releaseFiles: Int
    /// Files of one project. Installers read all of them on one page: 10,000 are 6 MiB, compressed a tenth of that.
    public var projectFiles: Int
    /// What kinds of files are taken.
    public var rules: UploadRules

    /// How much an index takes.
    public init(
        fileSize: Int64 = 1 << 30, projectSize: Int64 = 100 << 30, releaseFiles: Int = 1_000,
        projectFiles: Int = 10_000, rules: UploadRules = UploadRules()
    ) {
        self.fileSize = fileSize
        self.projectSize = projectSize
        self.releaseFiles = releaseFiles
        self.projectFiles = projectFiles
        self.rules = rules
    }
}

/// What an operator can choose about the kinds of files that are taken.
public struct UploadRules: Sendable, Hashable {
    /// Whether versions with a local part are taken: `1.0+acme`. PyPI takes none.
    public var takesLocalVersions = false
    /// Whether sdists as .zip are taken. PyPI takes none since PEP 625.
    public var takesZipSourceDistributions = false
    /// Whether wheels are taken that run on systems like the one that built them alone: `linux_x86_64`. PyPI takes none,
    /// because it does not know the machines that install; who runs an index for machines of one's own does.
    public var takesUnportableWheels = true
    /// Whether classifiers below `Private ::` are taken.
    public var takesPrivateClassifiers = true
    /// Whether a release can have an sdist of each kind, .tar.gz and .zip, as some have that were published before PEP
    /// 625.
    public var takesBothKindsOfSourceDistribution = false

    /// The usual rules.
    public init() {}

    /// These rules for what is out there already, and has come to be before them.
    public var forImports: UploadRules {
        var rules = self
        rules.takesZipSourceDistributions = true
        rules.takesBothKindsOfSourceDistribution = true
        return rules
    }

    /// What they say about metadata.
    ///
    /// - Parameter classifiers: those beyond the list of this version.
    public func publishing(knowing classifiers: Set<String> = []) -> PublishingRules {
        var rules = PublishingRules()
        rules.takesLocalVersions = takesLocalVersions
        rules.takesPrivateClassifiers = takesPrivateClassifiers
        rules.moreClassifiers = classifiers
        return rules
    }
}

/// What the decision about an upload rests on, as the transaction finds it.
public struct UploadFacts: Sendable {
    /// A file that is part of the index, or was.
    public struct KnownFile: Sendable, Hashable {
        /// Its name.
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
            // Not even with the same bytes: whoever removed the file had a reason, and a tool that uploads all that it has
            // knows nothing of it.
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

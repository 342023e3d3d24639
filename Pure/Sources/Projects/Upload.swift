import PackagingFormats
import Primitives
import UTC

/// A file that has been received, checked and stored under its digest, and now asks to become part of the index.
public struct UploadCandidate: Sendable {
    /// The project's name, as the form writes it.
    public var project: ProjectName
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
    /// It waits for a person, in the stage with this number, until a time at least: nobody else gets it before.
    case waits(stage: Int64, until: Timestamp)
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
    /// Whether wheels are taken that run on systems like the one that built them alone: `linux_x86_64`. PyPI takes
    /// none, because it does not know the machines that install; who runs an index for machines of one's own does.
    public var takesUnportableWheels = true
    /// Whether classifiers below `Private ::` are taken.
    public var takesPrivateClassifiers = true
    /// Whether a release can have an sdist of each kind, .tar.gz and .zip, as some have that were published before PEP
    /// 625.
    public var takesBothKindsOfSourceDistribution = false

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

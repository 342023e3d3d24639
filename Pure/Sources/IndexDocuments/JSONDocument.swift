public import UTC

/// The metadata of one release, as PyPI's JSON API gives it under `info`.
///
/// Nil and an empty list both stand for what the metadata do not say, and are written as null.
public struct ReleaseInfo: Hashable, Sendable {
    /// A labelled address of the project.
    public struct ProjectURL: Hashable, Sendable {
        /// `Homepage`, for example.
        public var label: String
        /// The address as the metadata have it.
        public var url: String

        /// A labelled address.
        public init(label: String, url: String) {
            self.label = label
            self.url = url
        }
    }

    /// The project's name as its owner writes it.
    public var name: String
    public var version: String
    /// One line about it.
    public var summary: String?
    public var description: String?
    public var descriptionContentType: String?
    /// Keywords, as one string.
    public var keywords: String?
    public var license: String?
    public var licenseExpression: String?
    /// Paths of licence files.
    public var licenseFiles: [String]
    /// Trove classifiers; none is written as an empty list.
    public var classifiers: [String]
    public var author: String?
    public var authorEmail: String?
    public var maintainer: String?
    public var maintainerEmail: String?
    /// The Platform fields, as one string.
    public var platform: String?
    public var homePage: String?
    public var downloadURL: String?
    /// The labelled addresses. PyPI adds Home-page as `Homepage` and Download-URL as `Download` where no such label is.
    public var projectURLs: [ProjectURL]
    public var requiresDist: [String]
    public var requiresPython: String?
    public var providesExtra: [String]
    public var dynamic: [String]
    /// Whether the whole release is yanked.
    public var yanked: Yanking

    /// A release of which only the name and the version are known; the rest is set afterwards.
    public init(name: String, version: String) {
        self.name = name
        self.version = version
        licenseFiles = []
        classifiers = []
        projectURLs = []
        requiresDist = []
        providesExtra = []
        dynamic = []
        yanked = .no
    }
}

/// One file, as PyPI's JSON API gives it.
public struct ReleaseFile: Hashable, Sendable {
    public var filename: String
    /// `bdist_wheel` or `sdist`.
    public var packageType: String
    /// The wheel's Python tag, or `source`.
    public var pythonVersion: String
    /// What its uploader said about it.
    public var comment: String?
    /// Digests of its bytes, in lower-case hexadecimal.
    public var md5: String
    /// See `md5`.
    public var sha256: String
    /// BLAKE2b with 256 bits; see `md5`.
    public var blake2b256: String
    /// The Requires-Python of its metadata.
    public var requiresPython: String?
    /// In bytes.
    public var size: Int64
    /// When it was stored.
    public var uploadTime: Timestamp
    /// Where it is, absolute.
    public var url: String
    /// Whether it is yanked.
    public var yanked: Yanking
    /// SHA-256 of its `.metadata`, in lower-case hexadecimal; nil when none is served.
    public var metadataSHA256: String?

    public init(
        filename: String, packageType: String, pythonVersion: String, comment: String? = nil, md5: String,
        sha256: String, blake2b256: String, requiresPython: String? = nil, size: Int64, uploadTime: Timestamp,
        url: String, yanked: Yanking = .no, metadataSHA256: String? = nil
    ) {
        self.filename = filename
        self.packageType = packageType
        self.pythonVersion = pythonVersion
        self.comment = comment
        self.md5 = md5
        self.sha256 = sha256
        self.blake2b256 = blake2b256
        self.requiresPython = requiresPython
        self.size = size
        self.uploadTime = uploadTime
        self.url = url
        self.yanked = yanked
        self.metadataSHA256 = metadataSHA256
    }
}

/// Who may change a project, as PyPI's JSON API gives it under `ownership`.
public struct Ownership: Hashable, Sendable {
    /// What one user is to the project.
    public struct Role: Hashable, Sendable {
        /// `Owner` or `Maintainer`.
        public var role: String
        public var user: String

        public init(role: String, user: String) {
            self.role = role
            self.user = user
        }
    }

    /// The organization that the project belongs to.
    public var organization: String?
    /// The users, in the order in which they are to be shown.
    public var roles: [Role]

    public init(organization: String? = nil, roles: [Role]) {
        self.organization = organization
        self.roles = roles
    }
}

/// What is known to be bad about a release, as PyPI's JSON API gives it under `vulnerabilities`.
public struct ReleaseVulnerability: Hashable, Sendable {
    /// What its database calls it.
    public var id: String
    /// What other databases call it.
    public var aliases: [String]
    public var summary: String?
    public var details: String?
    /// The versions in which it is mended.
    public var fixedIn: [String]
    /// Where more is said, absolute.
    public var link: String
    /// Which database it comes from.
    public var source: String
    /// Since when it does not hold any more; nil while it does.
    public var withdrawn: Timestamp?

    public init(
        id: String, aliases: [String], summary: String?, details: String?, fixedIn: [String], link: String,
        source: String, withdrawn: Timestamp?
    ) {
        self.id = id
        self.aliases = aliases
        self.summary = summary
        self.details = details
        self.fixedIn = fixedIn
        self.link = link
        self.source = source
        self.withdrawn = withdrawn
    }
}

/// The answer to `GET /pypi/{name}/json` and `GET /pypi/{name}/{version}/json`.
///
/// Source: PyPI's own documents, key by key and in their order, which is the alphabet's. What PyPI no longer fills
/// (download counts, signatures, the documentation's and the bug tracker's address) has the value that it has there.
public struct JSONDocument: Sendable {
    /// One release with its files.
    public struct Release: Hashable, Sendable {
        public var version: String
        /// Its files, in the order in which they are to be shown.
        public var files: [ReleaseFile]

        public init(version: String, files: [ReleaseFile]) {
            self.version = version
            self.files = files
        }
    }

    /// Of the release that was asked for, or of the project's latest.
    public var info: ReleaseInfo
    /// The files of that release.
    public var files: [ReleaseFile]
    /// All releases, in the order in which they are to be shown; nil in the document of one release.
    public var releases: [Release]?
    /// Who may change the project.
    public var ownership: Ownership
    /// The serial of the project's last change.
    public var lastSerial: Int64
    /// Where the index is, without a slash at its end: addresses of pages begin with it.
    public var baseURL: String
    /// How many files a document of the past does not show, because nobody gets them now.
    public var leftOut: Int
    /// What is known to be bad about the release.
    public var vulnerabilities: [ReleaseVulnerability]

    public init(
        info: ReleaseInfo, files: [ReleaseFile], releases: [Release]?, ownership: Ownership, lastSerial: Int64,
        baseURL: String, leftOut: Int = 0, vulnerabilities: [ReleaseVulnerability] = []
    ) {
        self.leftOut = leftOut
        self.vulnerabilities = vulnerabilities
        self.info = info
        self.files = files
        self.releases = releases
        self.ownership = ownership
        self.lastSerial = lastSerial
        self.baseURL = baseURL
    }
}

import Accounts
import Acts
import PackagingFormats
import Primitives
import UTC

/// The number of a project.
public typealias ProjectID = Identifier<Project>

/// A project: a name and everything released under it.
public struct Project: Sendable, Hashable {
    public let id: ProjectID
    /// Its name, as its first uploader wrote it.
    public let name: ProjectName
    /// When it was made.
    public let createdAt: Timestamp
    /// Its state for installers.
    public let status: ProjectStatus
    /// Why it is in that state, as long as is shown.
    public let statusReason: String?
    /// The serial of its last change.
    public let serial: Serial
    /// What anyone who publishes to it or changes it has to be proven with.
    public let requiredAssurance: Assurance

    /// All of a project's own facts.
    public init(
        id: ProjectID, name: ProjectName, createdAt: Timestamp, status: ProjectStatus, statusReason: String?,
        serial: Serial, requiredAssurance: Assurance = .password
    ) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.status = status
        self.statusReason = statusReason?.cut(to: .line)
        self.serial = serial
        self.requiredAssurance = requiredAssurance
    }
}

/// The number of a release.
public typealias ReleaseID = Identifier<Release>

/// A version of a project, with its files.
public struct Release: Sendable, Hashable {
    public let id: ReleaseID
    /// Its version, as its first file wrote it. Unique within the project by canonical form (`1.0` is `1.0.0`).
    public let version: Version
    /// When its first file came.
    public let createdAt: Timestamp
    /// That and why installers should not choose it (PEP 592); nil when they may.
    public let yank: Yank?
    /// What Python it needs, as its first file says.
    public let requiresPython: String?
    /// Its one-line summary, as long as is shown in a list.
    public let summary: String?
    /// Its files in the order of their names.
    public let files: [DistributionFile]

    /// All of a release's own facts.
    public init(
        id: ReleaseID, version: Version, createdAt: Timestamp, yank: Yank?, requiresPython: String?, summary: String?,
        files: [DistributionFile]
    ) {
        self.id = id
        self.version = version
        self.createdAt = createdAt
        self.yank = yank
        self.requiresPython = requiresPython
        self.summary = summary?.cut(to: .line)
        self.files = files
    }
}

extension Release {
    /// The release of a project to show first: the highest final one that is not yanked, else the highest pre-release
    /// that is not yanked, else the highest at all. Nil when there is none.
    ///
    /// - Parameter releases: highest version first.
    public static func toShowFirst(of releases: [Release]) -> Release? {
        releases.first { $0.yank == nil && !$0.version.isPrerelease } ?? releases.first { $0.yank == nil }
            ?? releases.first
    }
}

/// That a release was yanked (PEP 592).
public struct Yank: Sendable, Hashable {
    /// Why, as long as is shown; nil when nobody said.
    public let reason: String?

    /// A yank, with its reason.
    public init(reason: String?) { self.reason = reason?.cut(to: .line) }
}

/// The digests of a file's bytes, in lower-case hexadecimal.
public struct Digests: Sendable, Hashable {
    /// 64 digits.
    public let sha256: String
    /// BLAKE2b with 256 bits, 64 digits.
    public let blake2b256: String
    /// 32 digits. For old clients; it protects nothing.
    public let md5: String

    /// The digests of one file.
    public init(sha256: String, blake2b256: String, md5: String) {
        self.sha256 = sha256
        self.blake2b256 = blake2b256
        self.md5 = md5
    }
}

/// What kind of distribution a file is, by the upload form's words.
public enum PackageType: String, Sendable, CaseIterable {
    case wheel = "bdist_wheel"
    case sourceDistribution = "sdist"
}

/// The number of a distribution file.
public typealias FileID = Identifier<DistributionFile>

/// A distribution file.
public struct DistributionFile: Sendable, Hashable {
    public let id: FileID
    /// Its name, unique in the index for ever.
    public let filename: String
    /// Wheel or sdist.
    public let packageType: PackageType
    /// `py3`, `cp312`, `source`: the upload form's `pyversion`.
    public let pythonTag: String
    /// Bytes.
    public let size: Int64
    /// Of its bytes.
    public let digests: Digests
    /// What Python it needs.
    public let requiresPython: String?
    public let uploadedAt: Timestamp
    /// Who brought it; nil for the operator.
    public let uploader: Username?
    /// The SHA-256 of the METADATA it contains, when that is served beside it (PEP 658); nil for an sdist.
    public let metadataSHA256: String?
    /// That and why installers should not choose this file (PEP 592); nil when they may, as far as its release lets
    /// them.
    public let yank: Yank?

    /// All of a file's facts.
    public init(
        id: FileID, filename: String, packageType: PackageType, pythonTag: String, size: Int64, digests: Digests,
        requiresPython: String?, uploadedAt: Timestamp, uploader: Username?, metadataSHA256: String?, yank: Yank? = nil
    ) {
        self.yank = yank
        self.id = id
        self.filename = filename
        self.packageType = packageType
        self.pythonTag = pythonTag
        self.size = size
        self.digests = digests
        self.requiresPython = requiresPython
        self.uploadedAt = uploadedAt
        self.uploader = uploader
        self.metadataSHA256 = metadataSHA256
    }

    /// The same file, yanked or not.
    public func yanked(_ yank: Yank?) -> DistributionFile {
        DistributionFile(
            id: id, filename: filename, packageType: packageType, pythonTag: pythonTag, size: size, digests: digests,
            requiresPython: requiresPython, uploadedAt: uploadedAt, uploader: uploader, metadataSHA256: metadataSHA256,
            yank: yank)
    }

    /// Where it is served, for ever: `/packages/2a/f4/…60 more digits…/demo-1.0.tar.gz`.
    public var path: String { BlobPath.path(sha256: digests.sha256, filename: filename) }
}

/// The address of a distribution file, made of its digest and its name. Lock files keep it, so it never changes.
public enum BlobPath {
    /// Everything before the digest.
    public static let prefix = "/packages/"

    /// The address of the file with a digest and a name.
    public static func path(sha256: String, filename: String) -> String {
        let digest = sha256.utf8
        let second = digest.index(digest.startIndex, offsetBy: 2)
        let fourth = digest.index(second, offsetBy: 2)
        return "\(prefix)\(sha256[..<second])/\(sha256[second..<fourth])/\(sha256[fourth...])/\(filename)"
    }
}

/// A project with all that its pages show, as it was at one serial.
public struct ProjectSnapshot: Sendable, Hashable {
    /// The project's own facts.
    public let project: Project
    /// Its releases, highest version first.
    public let releases: [Release]
    /// Who holds which role, by name.
    public let roles: [RoleHolder]
    /// What is asked to be taken away, when and why, a sentence each, the next first.
    public let leaving: [String]
    /// What was erased of it for legal reasons, a sentence each, the last first.
    public let erased: [String]

    /// A project as it was at one serial.
    public init(
        project: Project, releases: [Release], roles: [RoleHolder], leaving: [String] = [], erased: [String] = []
    ) {
        self.leaving = leaving
        self.erased = erased
        self.project = project
        self.releases = releases
        self.roles = roles
    }

    /// The status for installers: what is about to leave is shown as deprecated, unless there is something graver to say.
    public var shownStatus: ProjectStatus { isShownAsLeaving ? .deprecated : project.status }

    /// Why it is in that state; of what leaves, also the day.
    public var shownStatusReason: String? { isShownAsLeaving ? leaving.joined(separator: "; ") : project.statusReason }

    private var isShownAsLeaving: Bool {
        switch project.status {
        case .active, .archived, .deprecated: !leaving.isEmpty
        case .quarantined: false
        }
    }

    /// The release to show first.
    public var latest: Release? { Release.toShowFirst(of: releases) }

    /// The release with a version, compared by canonical form.
    public func release(_ version: Version) -> Release? { releases.first { $0.version == version } }

    /// The release that people compare another one with: the next lower that is not yanked, of a final release a final one
    /// where there is one; nil for the first.
    public func release(before release: Release) -> Release? {
        let lower = releases.drop { $0.version != release.version }.dropFirst()
        return lower.first { $0.yank == nil && (release.version.isPrerelease || !$0.version.isPrerelease) }
            ?? lower.first
    }
}

/// A line of the list of all projects.
public struct ProjectListing: Sendable, Hashable {
    public let name: ProjectName
    /// The serial of its last change.
    public let serial: Serial

    /// A line of the list of all projects.
    public init(name: ProjectName, serial: Serial) {
        self.name = name
        self.serial = serial
    }
}

/// The list of all projects.
public struct IndexListing: Sendable, Hashable {
    /// In the order of the normalized names.
    public let projects: [ProjectListing]
    /// The serial of the last change of a project, removed or not.
    public let serial: Serial

    /// The list of all projects.
    public init(projects: [ProjectListing], serial: Serial) {
        self.projects = projects
        self.serial = serial
    }
}

/// Why something was not done to a release.
public enum ReleaseRefusal: Refusal, Hashable {
    /// The project has no such release.
    case noSuchRelease(ProjectName, Version)

    /// Always `notFound`.
    public var kind: RefusalKind { .notFound }
    /// `release.no-such-release`
    public var code: String { "release.no-such-release" }
    public var explanation: String {
        switch self {
        case .noSuchRelease(let project, let version): "The project '\(project.display)' has no release \(version)."
        }
    }
}

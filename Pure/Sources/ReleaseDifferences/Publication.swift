import Acts
import PackagingFormats
import UTC

/// How a file of a release came: all that is compared with how those before it came.
public struct Publication: Sendable, Hashable {
    public var version: Version
    public var at: Timestamp
    /// The account's name; nil for what came by an import.
    public var uploader: String?
    /// The first word of the user agent, without its version: `twine`.
    public var tool: String?
    /// The block of the client's address: `198.51.100.0/24`, `2001:db8::/48`.
    public var addressBlock: String?
    /// What the credential was proven with; nil where that is not known.
    public var assurance: Assurance?
    /// Whether it came with an attestation.
    public var isAttested: Bool

    public init(
        version: Version, at moment: Timestamp, uploader: String? = nil, tool: String? = nil,
        addressBlock: String? = nil, assurance: Assurance? = nil, isAttested: Bool = false
    ) {
        self.version = version
        at = moment
        self.uploader = uploader
        self.tool = tool
        self.addressBlock = addressBlock
        self.assurance = assurance
        self.isAttested = isAttested
    }
}

/// What is known of a project before a file comes.
public struct ProjectHistory: Sendable, Hashable {
    /// Newest first, as many as are looked at; of a release with several files, one for each.
    public var publications: [Publication]
    /// When the first file of the same release came; nil where this is the first.
    public var releaseBegan: Timestamp?
    /// Owners and maintainers whose role began within `ReleaseDifference.newPersonTime`, by name, with when.
    public var newPeople: [String: Timestamp]

    public init(
        publications: [Publication] = [], releaseBegan: Timestamp? = nil, newPeople: [String: Timestamp] = [:]
    ) {
        self.publications = publications
        self.releaseBegan = releaseBegan
        self.newPeople = newPeople
    }
}

/// What is known of a project that a release depends on, and that the one before did not.
public enum DependencyDoubt: Sendable, Hashable {
    /// There is no such project here.
    case unknown
    /// It came here so long ago.
    case young(Duration)
    /// Its name is like another one's.
    case lookAlike(of: String)

    /// As part of a sentence: `demo, which …`.
    public var words: String {
        switch self {
        case .unknown: "is not on this index"
        case .young(let age): "came to this index \(age.words) ago"
        case .lookAlike(let name): "is called almost like \(name)"
        }
    }
}

/// What a distribution says of itself, checked.
///
/// Three readings, from the strictest to the most lenient: `init(publishing:)` for new uploads, `init(strict:)` by the
/// letter of the specification, `init(existing:)` for files that are already out there.
///
/// Source: packaging.python.org, "Core metadata specifications".
public struct CoreMetadata: Equatable, Sendable {
    /// The metadata as they were read.
    public let raw: RawMetadata
    /// What is wrong and was passed over. Empty unless read as existing.
    public let problems: [MetadataProblem]

    /// The version of the format. For existing metadata that claim none or an unknown one: the one to read them by.
    public let metadataVersion: MetadataVersion
    public let name: ProjectName
    /// The version of the project.
    public let version: Version
    /// The markup of the description; nil where nothing is said, which means reStructuredText.
    public let descriptionContentType: DescriptionContentType?
    public let licenseExpression: LicenseExpression?
    /// The Pythons that will do; nil where nothing is said.
    public let requiresPython: SpecifierSet?
    /// The projects that this one needs.
    public let requiresDist: [Requirement]
    /// Names of optional features.
    public let providesExtra: [ProjectName]
    /// What a source distribution leaves to its build.
    public let dynamic: [MetadataField]
    /// The labelled URLs, in the order of the metadata.
    public let projectURLs: [ProjectURL]
    /// Paths of licence texts, relative to the project or to the wheel's `licenses` folder.
    public let licenseFiles: [String]
    /// Modules that it installs; nil where nothing is said, empty for "none".
    public let importNames: [String]?
    /// Namespaces that it takes part in; nil where nothing is said.
    public let importNamespaces: [String]?

    init(_ reader: MetadataReader, name: ProjectName, version: Version) {
        raw = reader.raw
        problems = reader.problems
        metadataVersion = reader.metadataVersion
        self.name = name
        self.version = version
        descriptionContentType = reader.descriptionContentType
        licenseExpression = reader.licenseExpression
        requiresPython = reader.requiresPython
        requiresDist = reader.requiresDist
        providesExtra = reader.providesExtra
        dynamic = reader.dynamic
        projectURLs = reader.projectURLs
        licenseFiles = reader.licenseFiles
        importNames = reader.importNames
        importNamespaces = reader.importNamespaces
    }

    /// One line on what the project is.
    public var summary: String? { raw.text(.summary) }
    public var description: String? { raw.text(.description) }
    /// Words to find the project by.
    public var keywords: [String] { raw.list(.keywords) ?? [] }
    /// Categories.
    public var classifiers: [String] { raw.list(.classifier) ?? [] }
    public var author: String? { raw.text(.author) }
    /// Addresses of the authors.
    public var authorEmail: String? { raw.text(.authorEmail) }
    /// Who looks after it.
    public var maintainer: String? { raw.text(.maintainer) }
    /// Addresses of the maintainers.
    public var maintainerEmail: String? { raw.text(.maintainerEmail) }
    /// A text on the licence, where there is no expression.
    public var license: String? { raw.text(.license) }
    /// The old field for what is a project URL today.
    public var homePage: String? { raw.text(.homePage) }
    /// The old field for what is a project URL today.
    public var downloadURL: String? { raw.text(.downloadURL) }
    /// Operating systems.
    public var platforms: [String] { raw.list(.platform) ?? [] }
    /// Things outside Python that it needs.
    public var requiresExternal: [String] { raw.list(.requiresExternal) ?? [] }
    /// Other projects that this one contains.
    public var providesDist: [String] { raw.list(.providesDist) ?? [] }
    /// Other projects that this one replaces.
    public var obsoletesDist: [String] { raw.list(.obsoletesDist) ?? [] }
}

extension CoreMetadata {
    /// Reads metadata by the letter of the specification, as the reference implementation judges them.
    public init(strict raw: RawMetadata) throws(InvalidMetadata) { self = try MetadataReader.read(raw, by: .standard) }

    /// Reads metadata of a new upload: by the letter, and by the rules that PyPI has for what it publishes (no local
    /// versions, no requirements by URL, real addresses and URLs, no licence said twice).
    public init(publishing raw: RawMetadata, by rules: PublishingRules = .init()) throws(InvalidMetadata) {
        self = try MetadataReader.read(raw, by: .publishing(rules))
    }

    /// What the rules for publishing have against the metadata in a file. What the file says is what an index serves,
    /// whatever a form leaves out.
    ///
    /// Fields that are unknown, older than the version that they claim, or there twice are not among the problems: many
    /// a build tool writes them, and nothing of them is served that was not judged.
    public static func problems(publishedIn raw: RawMetadata, by rules: PublishingRules = .init()) -> [MetadataProblem]
    {
        MetadataReader.problems(publishedIn: raw.withoutUnsaid, by: rules).filter { $0.harm != .none }
    }

    /// Reads metadata of a file that is already out there. Only name and version must be right; what else is wrong is
    /// left out of the typed properties, stays in `raw`, and is told in `problems`.
    public init(existing raw: RawMetadata) throws(InvalidMetadata) {
        self = try MetadataReader.read(raw, by: .existing)
    }
}

/// A version of the core metadata, in their order.
///
/// 2.0 never became a standard, but files that claim it are out there. Only the lenient reading takes it.
public enum MetadataVersion: String, Sendable, CaseIterable, Comparable {
    /// PEP 241.
    case v1_0 = "1.0"
    /// PEP 314.
    case v1_1 = "1.1"
    /// PEP 345.
    case v1_2 = "1.2"
    /// PEP 426, withdrawn.
    case v2_0 = "2.0"
    /// PEP 566.
    case v2_1 = "2.1"
    /// PEP 643.
    case v2_2 = "2.2"
    /// PEP 685.
    case v2_3 = "2.3"
    /// PEP 639.
    case v2_4 = "2.4"
    /// PEP 794.
    case v2_5 = "2.5"
    /// PEP 808.
    case v2_6 = "2.6"

    /// False for 2.0.
    public var isStandard: Bool { self != .v2_0 }

    /// Orders by age, the oldest first.
    public static func < (a: MetadataVersion, b: MetadataVersion) -> Bool { a.rawValue < b.rawValue }
}

/// A field of the core metadata. The raw value is the name of its header in lower case.
///
/// Source: packaging.python.org, "Core metadata specifications".
public enum MetadataField: String, Sendable, CaseIterable {
    /// The version of this format.
    case metadataVersion = "metadata-version"
    case name = "name"
    /// The version of the project.
    case version = "version"
    /// What a source distribution leaves to its build.
    case dynamic = "dynamic"
    /// Operating systems, where no classifier says it.
    case platform = "platform"
    /// Operating system and processor of a binary.
    case supportedPlatform = "supported-platform"
    /// One line on what the project is.
    case summary = "summary"
    /// The long text, as a header or as the body.
    case description = "description"
    /// The markup of the description.
    case descriptionContentType = "description-content-type"
    /// Words to find the project by.
    case keywords = "keywords"
    /// Deprecated: a project URL does it.
    case homePage = "home-page"
    /// Deprecated: a project URL does it.
    case downloadURL = "download-url"
    case author = "author"
    /// Addresses of the authors.
    case authorEmail = "author-email"
    /// Who looks after it.
    case maintainer = "maintainer"
    /// Addresses of the maintainers.
    case maintainerEmail = "maintainer-email"
    /// Deprecated: a text on the licence.
    case license = "license"
    /// The licence as an SPDX expression.
    case licenseExpression = "license-expression"
    /// Paths of licence texts.
    case licenseFile = "license-file"
    /// Categories.
    case classifier = "classifier"
    /// Projects that this one needs.
    case requiresDist = "requires-dist"
    /// Pythons that will do.
    case requiresPython = "requires-python"
    /// Things outside Python that it needs.
    case requiresExternal = "requires-external"
    /// Labelled URLs.
    case projectURL = "project-url"
    /// Names of optional features.
    case providesExtra = "provides-extra"
    /// Other projects that this one contains.
    case providesDist = "provides-dist"
    /// Other projects that this one replaces.
    case obsoletesDist = "obsoletes-dist"
    /// Modules that it installs.
    case importName = "import-name"
    /// Namespaces that it takes part in.
    case importNamespace = "import-namespace"
    /// Deprecated, PEP 314.
    case requires = "requires"
    /// Deprecated, PEP 314.
    case provides = "provides"
    /// Deprecated, PEP 314.
    case obsoletes = "obsoletes"

    /// How a field holds its values.
    public enum Shape: Sendable {
        /// One text.
        case text
        /// Any number of texts.
        case list
        /// One text with commas between words.
        case words
        /// Any number of `label, URL` pairs, each label once.
        case urls
    }

    /// How the field holds its values.
    public var shape: Shape {
        switch self {
        case .metadataVersion, .name, .version, .summary, .description, .descriptionContentType, .homePage,
            .downloadURL,
            .author, .authorEmail, .maintainer, .maintainerEmail, .license, .licenseExpression, .requiresPython:
            .text
        case .dynamic, .platform, .supportedPlatform, .licenseFile, .classifier, .requiresDist, .requiresExternal,
            .providesExtra, .providesDist, .obsoletesDist, .importName, .importNamespace, .requires, .provides,
            .obsoletes:
            .list
        case .keywords: .words
        case .projectURL: .urls
        }
    }

    /// The first metadata version that has the field.
    public var since: MetadataVersion {
        switch self {
        case .metadataVersion, .name, .version, .platform, .summary, .description, .keywords, .homePage, .author,
            .authorEmail, .license:
            .v1_0
        case .supportedPlatform, .downloadURL, .classifier, .requires, .provides, .obsoletes: .v1_1
        case .maintainer, .maintainerEmail, .requiresDist, .requiresPython, .requiresExternal, .projectURL,
            .providesDist, .obsoletesDist:
            .v1_2
        case .descriptionContentType, .providesExtra: .v2_1
        case .dynamic: .v2_2
        case .licenseExpression, .licenseFile: .v2_4
        case .importName, .importNamespace: .v2_5
        }
    }

    /// True for what every metadata must say.
    public var isRequired: Bool { self == .metadataVersion || self == .name || self == .version }

    /// The field of an upload form under this name, or nil when the form field is no metadata.
    ///
    /// PyPI's names, and the plurals that uv sends for import names and namespaces.
    public init?(formName: String) {
        guard let field = Self.byFormName[formName] else { return nil }
        self = field
    }

    private static let byFormName: [String: MetadataField] = {
        var fields: [String: MetadataField] = [:]
        for field in allCases where field != .classifier && field != .projectURL {
            fields[field.rawValue.replacing("-", with: "_")] = field
        }
        fields["classifiers"] = .classifier
        fields["project_urls"] = .projectURL
        fields["import_names"] = .importName
        fields["import_namespaces"] = .importNamespace
        fields["license_files"] = .licenseFile
        fields["platforms"] = .platform
        fields["supported_platforms"] = .supportedPlatform
        return fields
    }()

    /// As the specification writes the header: `Requires-Dist`.
    public var header: String {
        switch self {
        case .homePage: "Home-page"
        case .authorEmail: "Author-email"
        case .maintainerEmail: "Maintainer-email"
        case .downloadURL: "Download-URL"
        case .projectURL: "Project-URL"
        case .metadataVersion, .name, .version, .dynamic, .platform, .supportedPlatform, .summary, .description,
            .descriptionContentType, .keywords, .author, .maintainer, .license, .licenseExpression, .licenseFile,
            .classifier, .requiresDist, .requiresPython, .requiresExternal, .providesExtra, .providesDist,
            .obsoletesDist, .importName, .importNamespace, .requires, .provides, .obsoletes:
            rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
        }
    }
}

/// One thing that is wrong with core metadata.
public struct MetadataProblem: Equatable, Sendable {
    /// The field, by the name of its header in lower case: `requires-dist`.
    public let field: String
    /// What is wrong with it.
    public let reason: Reason

    init(_ field: MetadataField, _ reason: Reason) {
        self.field = field.rawValue
        self.reason = reason
    }

    init(field: String, _ reason: Reason) {
        self.field = field
        self.reason = reason
    }

    /// What can be wrong.
    public enum Reason: Equatable, Sendable {
        /// The field must be there.
        case missing
        /// The field occurs more than once, a label does, or its text is not UTF-8.
        case unreadable
        /// No metadata version has such a field.
        case unknownField
        /// This is not a version of the core metadata.
        case metadataVersion(String)
        /// The field came with a later version than the metadata claim.
        case introducedLater(in: MetadataVersion, than: MetadataVersion)
        /// The text is not a name.
        case name(InvalidProjectName)
        /// The text is not a version.
        case version(InvalidVersion)
        /// A version with a local part, which an index does not publish.
        case localVersion(String)
        /// The text has line breaks.
        case severalLines
        /// The text has more characters than this.
        case tooLong(limit: Int)
        /// The field occurs more often than this (``MetadataLimits``).
        case tooMany(limit: Int)
        /// A value has more bytes than this (``MetadataLimits``).
        case tooLarge(limit: Int)
        /// A value has letters with more accents than any language needs (``CombiningMarks``).
        case excessMarks
        /// All fields together have more bytes than this (``MetadataLimits``).
        case allTooLarge(limit: Int)
        /// The content type is not one for descriptions.
        case contentType(InvalidContentType)
        /// The text is not a version specifier.
        case specifier(InvalidSpecifier)
        /// The text is not a requirement.
        case requirement(InvalidRequirement)
        /// A requirement that names a URL, which no index can vouch for.
        case directURL(String)
        /// The text is not a licence expression.
        case license(InvalidLicenseExpression)
        /// The old licence field stands beside the licence expression.
        case licenseBesideExpression
        /// The path of a licence file is not a plain relative path.
        case licenseFile(String, InvalidLicensePath)
        /// The value names no field.
        case dynamicUnknown(String)
        /// The field is never dynamic.
        case dynamicNotAllowed(String)
        /// The text is not the dotted name of a module.
        case importName(String)
        /// Something else than `private` follows the `;`.
        case importOption(String)
        /// The text is not a classifier.
        case classifier(String)
        /// The text is a classifier, and on no list.
        case unknownClassifier(String)
        /// The classifier is not to be used any more.
        case deprecatedClassifier(String, instead: [String])
        /// The classifier is below `Private ::`, and the operator takes none of these.
        case privateClassifier(String)
        /// The name is an import name and a namespace.
        case importNameAndNamespace(String)
        /// The text is not an e-mail address.
        case email(String)
        /// The text is not an http or https URL.
        case url(String)
        /// A project URL without a label.
        case noLabel
        /// A project URL whose label is too long.
        case longLabel(String, limit: Int)
    }

    /// What a problem does to those who read what an index serves.
    public enum Harm: Sendable {
        /// Nothing of it is served.
        case none
        /// A value is served that is not as it should be.
        case value
        /// What a file requires cannot be read, so that it is not installed.
        case requirements
    }

    /// What it does to those who read what an index serves.
    public var harm: Harm {
        switch reason {
        case .specifier, .requirement: .requirements
        case .unreadable:
            [.requiresPython, .requiresDist].contains(MetadataField(rawValue: field)) ? .requirements : .none
        case .unknownField, .introducedLater: .none
        case .missing, .metadataVersion, .name, .version, .localVersion, .severalLines, .tooLong, .tooMany, .tooLarge,
            .excessMarks, .allTooLarge, .contentType, .directURL, .license, .licenseBesideExpression, .licenseFile,
            .dynamicUnknown, .dynamicNotAllowed, .importName, .importOption, .importNameAndNamespace, .classifier,
            .unknownClassifier, .deprecatedClassifier, .privateClassifier, .email, .url, .noLabel, .longLabel:
            .value
        }
    }

    /// What is wrong and what to do, in a sentence that is safe to show to anyone. It begins with the field's header.
    public var explanation: String {
        switch field {
        case Self.all: "All fields together: \(sentence)"
        case Self.unknownHeaders: "Headers that are no field of the core metadata: \(sentence)"
        default: "\(MetadataField(rawValue: field)?.header ?? quoted(field)): \(sentence)"
        }
    }

    // What is said of no single field. No header's name has a blank.
    private static let all = "all fields"
    static let unknownHeaders = "unknown headers"

    static func allTooLarge(limit: Int) -> MetadataProblem { MetadataProblem(field: all, .allTooLarge(limit: limit)) }

    private var sentence: String {
        switch reason {
        case .missing: "this field is required."
        case .unreadable: "this field occurs more than once, or is not valid UTF-8 text."
        case .unknownField: "no such field is known."
        case .metadataVersion(let text):
            "\(quoted(text)) is not a known version of the core metadata; known are 1.0 to 1.2 and 2.1 to 2.6."
        case .introducedLater(let since, let claimed):
            "this field exists since metadata version \(since.rawValue), but the metadata claim version \(claimed.rawValue)."
        case .name(let error): error.explanation
        case .version(let error): error.explanation
        case .localVersion(let version):
            "\(quoted(version)) is a local version, which cannot be published. Remove '+' and what follows it."
        case .severalLines: "this must be a single line."
        case .tooLong(let limit): "this is longer than \(limit) characters."
        case .tooMany(let limit): "there are more than \(limit) of these, the most that this index accepts."
        case .tooLarge(let limit): "one is longer than \(ByteSize(limit)), the most that this index accepts."
        case .excessMarks: "a letter has more than \(CombiningMarks.most) accents. No language needs so many."
        case .allTooLarge(let limit): "they are larger than \(ByteSize(limit)), the most that this index accepts."
        case .contentType(let error): error.explanation
        case .specifier(let error): error.explanation
        case .requirement(let error): error.explanation
        case .directURL(let text):
            "\(quoted(text)) names a URL. Publish that project too, and require it by name and version."
        case .license(let error): error.explanation
        case .licenseBesideExpression: "leave this out where License-Expression says it (PEP 639)."
        case .licenseFile(let path, let error): "\(quoted(path)) \(error.rawValue)."
        case .dynamicUnknown(let name): "\(quoted(name)) is not a metadata field."
        case .dynamicNotAllowed(let name): "\(quoted(name)) cannot be dynamic."
        case .importName(let name): "\(quoted(name)) is not the name of a Python module."
        case .importOption(let text): "\(quoted(text)): only '; private' can follow the name."
        case .classifier(let text): "\(quoted(text)) is not a classifier. Write for example 'Topic :: Utilities'."
        case .unknownClassifier(let text):
            "\(quoted(text)) is not a valid classifier: it is not on the list. Choose one of the list, or ask the operator "
                + "of this index to renew it."
        case .deprecatedClassifier(let text, let instead):
            "\(quoted(text)) has been deprecated"
                + (instead.isEmpty
                    ? ". Leave it out." : ", use \(instead.map(quoted).joined(separator: ", ")) instead.")
        case .privateClassifier(let text):
            "\(quoted(text)) keeps a package off public indexes, of which this is one. Leave it out to publish here."
        case .importNameAndNamespace(let text):
            "\(quoted(text)) is an Import-Name, too. A name is one or the other (PEP 794)."
        case .email(let text): "\(quoted(text)) is not a valid e-mail address."
        case .url(let text): "\(quoted(text)) is not a valid http or https URL."
        case .noLabel: "a project URL needs a label: write 'Label, https://…'."
        case .longLabel(let label, let limit): "the label \(quoted(label)) is longer than \(limit) characters."
        }
    }
}

/// Why a path of a licence file is refused. The raw value continues a sentence that begins with the path.
public enum InvalidLicensePath: String, Error, Equatable, Sendable {
    /// `..` occurs in it.
    case parent = "must not contain '..'"
    /// `*` occurs in it.
    case pattern = "must be the path of one file, without '*'"
    /// It begins at the root.
    case absolute = "must be relative"
    /// It has backslashes, doubled slashes or the like.
    case form = "must be a plain path with '/' between its parts"
}

/// Everything that is wrong with core metadata. Never empty.
public struct InvalidMetadata: Error, Equatable, Sendable {
    /// What is wrong, in the order of the specification's fields.
    public let problems: [MetadataProblem]

    /// Some of what is wrong with core metadata; not to be empty.
    public init(problems: [MetadataProblem]) { self.problems = problems }

    /// The problems in one line each, safe to show to anyone: the first twenty, and how many more there are.
    public var explanation: String {
        var lines = problems.prefix(20).map(\.explanation)
        if problems.count > 20 { lines.append("And \(problems.count - 20) more.") }
        return lines.joined(separator: "\n")
    }
}

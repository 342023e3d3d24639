import PackagingFormats

/// Why an inspection came to no result. Only `invalid` is the uploader's to repair.
public enum InspectionFailure: Error {
    /// The archive breaks a rule.
    case invalid(InvalidArchive)
    /// The source could not be read: our fault, not the archive's.
    case unreadable(any Error)
    /// `isCancelled` said so.
    case cancelled
}

extension InspectionFailure {
    static func zip(_ flaw: ZipFlaw) -> Self { .invalid(.zip(flaw)) }
    static func tar(_ flaw: TarFlaw) -> Self { .invalid(.tar(flaw)) }
    static func name(_ name: String, _ flaw: NameFlaw) -> Self { .invalid(.name(name, flaw)) }
    static func limit(_ limit: ExceededLimit) -> Self { .invalid(.limit(limit)) }
    static func wheel(_ flaw: WheelFlaw) -> Self { .invalid(.wheel(flaw)) }
    static func sourceDistribution(_ flaw: SourceDistributionFlaw) -> Self { .invalid(.sourceDistribution(flaw)) }
}

/// What is wrong with an uploaded archive, in terms that its author can act on.
public enum InvalidArchive: Error, Equatable, Sendable {
    /// It is not a sound ZIP file.
    case zip(ZipFlaw)
    /// It is not a sound gzipped tar file.
    case tar(TarFlaw)
    /// A member has a name that an installer must not write to.
    case name(String, NameFlaw)
    /// It asks for more than we give.
    case limit(ExceededLimit)
    /// It is a sound ZIP file but not a wheel.
    case wheel(WheelFlaw)
    /// It is a sound tar file but not a source distribution.
    case sourceDistribution(SourceDistributionFlaw)

    /// For machines; it never changes: `zip.encrypted`.
    public var code: String {
        switch self {
        case .zip(let flaw): flaw.code
        case .tar(let flaw): flaw.code
        case .name(_, let flaw): flaw.code
        case .limit(let limit): limit.code
        case .wheel(let flaw): flaw.code
        case .sourceDistribution(let flaw): flaw.code
        }
    }

    /// For people: what is wrong, where, and what to do about it. One paragraph, safe to show to anybody: names out
    /// of the archive are quoted, escaped and shortened.
    public var explanation: String {
        switch self {
        case .zip(let flaw): flaw.explanation
        case .tar(let flaw): flaw.explanation
        case .name(let name, let flaw): flaw.explanation(of: name)
        case .limit(let limit): limit.explanation
        case .wheel(let flaw): flaw.explanation
        case .sourceDistribution(let flaw): flaw.explanation
        }
    }
}

/// A foreign name as it may stand in a sentence: in quotation marks, on one line, not too long.
func quoted(_ name: String) -> String {
    var text = ""
    for scalar in name.cut(to: .quotation).unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
            text += "\\u{\(String(scalar.value, radix: 16))}"
        default: text.unicodeScalars.append(scalar)
        }
    }
    return "'\(text)'"
}

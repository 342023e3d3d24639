import Primitives

/// Why something of a release is not shown.
public enum SourceRefusal: Refusal, Hashable {
    /// The project is suspected of harm, with the reason that was given.
    case projectQuarantined(String, reason: String?)
    /// The file is suspected of harm, with the reason that was given.
    case fileQuarantined(String, reason: String?)
    /// The file was removed.
    case removed(String)
    /// The file had to be erased, with the reason that was given.
    case erased(String, reason: String?)
    /// Its bytes are not where they should be: our fault.
    case missing(String)
    /// The archive breaks a rule that was not there when it came, in its own words.
    case unreadable(String, explanation: String)
    /// Reading it takes longer than anybody wants to wait.
    case takesTooLong(String)

    /// Gone, forbidden, or not now.
    public var kind: RefusalKind {
        switch self {
        case .projectQuarantined, .fileQuarantined: .forbidden
        case .removed, .erased: .gone
        case .missing: .notFound
        case .unreadable, .takesTooLong: .tooLarge
        }
    }

    /// `source.quarantined` and its like.
    public var code: String {
        switch self {
        case .projectQuarantined, .fileQuarantined: "source.quarantined"
        case .removed: "source.removed"
        case .erased: "source.erased"
        case .missing: "source.missing"
        case .unreadable: "source.unreadable"
        case .takesTooLong: "source.takes-too-long"
        }
    }

    /// What is not shown, why, and what to do instead.
    public var explanation: String {
        switch self {
        case .projectQuarantined(let name, let reason):
            "The project '\(name)' is quarantined, so its source is not shown while that is looked into.\(Self.because(reason))"
        case .fileQuarantined(let name, let reason):
            "The file '\(name)' is quarantined, so it is not shown while that is looked into.\(Self.because(reason))"
        case .removed(let name): "The file '\(name)' was removed. Look at another release of the project."
        case .erased(let name, let reason):
            "The file '\(name)' was erased: its bytes are not there any more.\(Self.because(reason))"
        case .missing(let name): "The bytes of '\(name)' cannot be found. Tell the people who run this index."
        case .unreadable(let name, let explanation):
            "The file '\(name)' cannot be shown here. \(explanation) Download it to look into it."
        case .takesTooLong(let name):
            "The file '\(name)' takes too long to be read here. Download it to look into it."
        }
    }

    private static func because(_ reason: String?) -> String {
        reason.map { $0.isEmpty ? "" : " Reason: \($0)" } ?? ""
    }
}

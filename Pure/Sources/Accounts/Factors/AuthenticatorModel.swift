import Primitives
import UTC

/// What the index knows of one model of authenticators.
public struct AuthenticatorModel: Sendable, Hashable {
    /// Its AAGUID, `xxxxxxxx-xxxx-…`; nil for keys from before AAGUIDs.
    public var aaguid: String?
    /// How keys without an AAGUID are recognised: SHA-1 of the keys of their attestation certificates; hexadecimal.
    public var keyIDs: [String]
    /// What people call it.
    public var name: String
    /// The status for which no key of it is taken; nil where there is none.
    public var breach: String?
    /// Certificates that must vouch for no key any more, by their SHA-256; hexadecimal. Not kept: the entry has them.
    public var revokedCertificates: [String]
    /// The entry of the metadata in coded form; nil for a model of which only the name is known.
    public var entry: [UInt8]?

    /// What the index knows of a model.
    public init(
        aaguid: String?, keyIDs: [String], name: String, breach: String?, revokedCertificates: [String] = [],
        entry: [UInt8]?
    ) {
        self.revokedCertificates = revokedCertificates
        self.aaguid = aaguid
        self.keyIDs = keyIDs
        self.name = name
        self.breach = breach
        self.entry = entry
    }
}

/// The metadata that was imported last.
public struct AuthenticatorMetadata: Sendable, Hashable {
    /// Its number: each is greater than those before.
    public var number: Int
    /// The day by which there is a newer one.
    public var nextUpdate: Day
    /// When it was imported.
    public var importedAt: Timestamp
    /// How many models it has.
    public var models: Int
    /// How many of their anchors could not be read when it was imported, and vouch for nothing; 0 where it is read
    /// again.
    public var unreadableAnchors: Int

    /// Whether there has to be a newer one by now. What became known of broken makes since is not known here.
    public func isOverdue(at now: Timestamp) -> Bool { now.day > nextUpdate }

    /// How long before there has to be a newer one administrators are told.
    public static let notice = Duration.days(14)

    /// What administrators have to do, where there has to be a newer one by now or soon; nil where not.
    public func renewalWords(at now: Timestamp) -> String? {
        if isOverdue(at: now) { return overdueWords }
        guard (now + Self.notice).day > nextUpdate else { return nil }
        return
            "The metadata of security keys that were imported last are good until \(nextUpdate). Get the newest file from the "
            + "FIDO Alliance by then and import it: rind authenticators import FILE"
    }

    /// What to do then: for logs, `rind doctor` and administrators.
    public var overdueWords: String {
        "The metadata of security keys that were imported last were good until \(nextUpdate). Get the newest file from the "
            + "FIDO Alliance and import it: rind authenticators import FILE"
    }

    /// The metadata that was imported last.
    public init(number: Int, nextUpdate: Day, importedAt: Timestamp, models: Int, unreadableAnchors: Int = 0) {
        self.unreadableAnchors = unreadableAnchors
        self.number = number
        self.nextUpdate = nextUpdate
        self.importedAt = importedAt
        self.models = models
    }
}

/// Why what is known of authenticators was not changed.
public enum AuthenticatorRefusal: Refusal, Hashable {
    /// A file of this number, or a later one, was imported.
    case notNewer(Int)
    /// There is no such root.
    case noSuchRoot(String)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .notNewer: .conflict
        case .noSuchRoot: .notFound
        }
    }

    /// `authenticators.…`
    public var code: String {
        switch self {
        case .notNewer: "authenticators.not-newer"
        case .noSuchRoot: "authenticators.no-such-root"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .notNewer(let number):
            "This file has number \(number), and one with that number or a later one is imported. Get the newest one."
        case .noSuchRoot(let label): "There is no root called \(label). List them with: rind authenticators list"
        }
    }
}

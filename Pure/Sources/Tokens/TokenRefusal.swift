public import UTC

/// Why a text is no token at all.
public enum MalformedToken: Error, Hashable, Sendable {
    /// It does not begin with `rind-`.
    case prefix
    /// It is longer than a token can be.
    case tooLong
    /// What follows the prefix is not base64url.
    case encoding
    /// It is not of the version 2 binary format.
    case version
    /// Its fields are cut short, out of order, or followed by more.
    case structure
    /// It has more caveats than are allowed.
    case tooManyCaveats
    /// It carries a caveat that a third party would have to discharge.
    case thirdPartyCaveat

    /// For machines; never changes.
    public var code: String {
        switch self {
        case .prefix: "token.prefix"
        case .tooLong: "token.too-long"
        case .encoding: "token.encoding"
        case .version: "token.version"
        case .structure: "token.structure"
        case .tooManyCaveats: "token.too-many-caveats"
        case .thirdPartyCaveat: "token.third-party-caveat"
        }
    }

    /// What is wrong and what to do, for a person.
    public var explanation: String {
        switch self {
        case .prefix:
            "This is not a token of this index: they begin with \(Macaroon.prefix). Check that you are using this index's token and not another's."
        case .tooLong: "This is too long to be a token of this index. Check that nothing else was pasted with it."
        case .encoding, .structure:
            "This token is damaged. Check that it was copied whole, without quotation marks or spaces."
        case .version: "This token is not in the version 2 macaroon format. Issue a new one."
        case .tooManyCaveats:
            "This token was restricted more than \(Macaroon.maximumCaveats) times. Issue a new one with the restrictions it needs."
        case .thirdPartyCaveat:
            "This token asks for the consent of a third party, which this index does not support. Use one without."
        }
    }
}

/// Why a token does not allow what it is used for.
public enum TokenRefusal: Error, Hashable, Sendable {
    /// Nobody here signed it so: another index, a revoked key, or a changed byte.
    case signature
    /// It carries a restriction that this index does not know.
    case unknownCaveat
    /// It carries a restriction that cannot be read.
    case malformedCaveat
    /// It was valid until this moment.
    case expired(at: Timestamp)
    /// It is valid only from this moment on.
    case notYetValid(from: Timestamp)
    /// It is restricted to another user.
    case otherUser
    /// It is restricted to projects other than this one (normalized name).
    case otherProject(String)

    /// For machines; never changes.
    public var code: String {
        switch self {
        case .signature: "token.signature"
        case .unknownCaveat: "token.unknown-caveat"
        case .malformedCaveat: "token.malformed-caveat"
        case .expired: "token.expired"
        case .notYetValid: "token.not-yet-valid"
        case .otherUser: "token.other-user"
        case .otherProject: "token.other-project"
        }
    }

    /// What was refused, why, and what to do, for a person.
    public var explanation: String {
        switch self {
        case .signature:
            "This token is not valid. It may have been revoked or issued by another index. Issue a new one."
        case .unknownCaveat, .malformedCaveat:
            "This token carries a restriction that this index does not understand, so it is not accepted. Issue a new one."
        case .expired(let moment): "This token expired at \(moment.iso8601Seconds) UTC. Issue a new one."
        case .notYetValid(let moment):
            "This token is valid only from \(moment.iso8601Seconds) UTC on. Wait, or issue another."
        case .otherUser: "This token is restricted to another user. Use one of your own."
        case .otherProject(let name):
            "This token is not valid for the project \(name). Use one whose scope includes it."
        }
    }
}

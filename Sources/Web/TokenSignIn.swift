import Accounts
import Crypto
import Foundation
import HTTPTypes
import Past
import Policy
import Ports
import Primitives
import Tokens
import UTC

/// Who sends a request, by the API token in its Basic credentials.
public struct TokenSignIn: Sendable {
    private let tokens: any TokenStore

    /// Sign-in with the tokens of a store.
    public init(tokens: any TokenStore) { self.tokens = tokens }

    /// The actor that the `Authorization` field proves. Throws `SignInRefusal`, or `AccessRefusal.accountDisabled`.
    ///
    /// The projects that the token is limited to stay with the actor: whether the act fits them is the policy's to say.
    public func actor(authorization: String?, at now: Timestamp) async throws -> Actor {
        let (record, authority) = try await verified(authorization, at: now)
        guard authority.asOf.isEmpty else { throw SignInRefusal.readsOnly }
        try await noteUse(of: record, at: now)
        let projects: Set<String>? =
            switch authority.projects {
            case .all: nil
            case .only(let names): names
            }
        return Actor(
            .user(record.owner.id, record.owner.name, isAdministrator: record.owner.isAdministrator),
            assurance: record.assurance, projects: projects,
            token: TokenStanding(id: record.id, expiresAt: authority.expiry))
    }

    /// Whether a credential says that it reads the index as it was: before anything of it is believed.
    public static func asksForPast(_ authorization: String) -> Bool {
        guard let text = try? token(in: authorization), let macaroon = try? Macaroon(parsing: text) else {
            return false
        }
        return macaroon.caveats.contains { bytes in
            if case .asOf = try? Caveat(parsing: bytes) { true } else { false }
        }
    }

    /// The points in the past as of which a credential reads the index, all of them. Throws as `actor` does.
    public func pointsInTime(authorization: String?, at now: Timestamp) async throws -> [PointInTime] {
        let (record, authority) = try await verified(authorization, at: now)
        let points = try authority.asOf.map { try PointInTime(parsing: $0) }
        try await noteUse(of: record, at: now)
        return points
    }

    private func verified(
        _ authorization: String?, at now: Timestamp
    ) async throws -> (record: APIToken, authority: TokenAuthority) {
        let text = try Self.token(in: authorization)
        let macaroon: Macaroon
        do { macaroon = try Macaroon(parsing: text) } catch { throw SignInRefusal.malformed(error.explanation) }
        guard let record = try await tokens.token(String(decoding: macaroon.identifier, as: UTF8.self)) else {
            throw SignInRefusal.unknown
        }
        let authority: TokenAuthority
        do {
            authority = try macaroon.authority(
                rootKey: SymmetricKey(data: record.rootKey),
                for: TokenUse(now: now, userID: record.owner.id.description))
        } catch { throw SignInRefusal.refused(error.explanation) }
        // After the signature: anyone who only guesses an identifier does not learn that it existed.
        guard record.revokedAt == nil else { throw SignInRefusal.revoked }
        if let disabling = record.owner.disabling { throw AccessRefusal.accountDisabled(disabling) }
        return (record, authority)
    }

    private func noteUse(of token: APIToken, at now: Timestamp) async throws {
        if let last = token.lastUsedAt, now.since(last) < .seconds(60) { return }
        try await tokens.noteUse(of: token.id, at: now)
    }

    /// The password of Basic credentials whose user is `__token__` (RFC 7617).
    private static func token(in authorization: String?) throws(SignInRefusal) -> String {
        guard let authorization else { throw .missing }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: parts[1].trimmingCharacters(in: .whitespaces)),
            // Clients differ in how they write what is not ASCII, a no-break space for example (RFC 7617, section 2).
            let credentials = String(data: data, encoding: .utf8) ?? String(data: data, encoding: .isoLatin1),
            let colon = credentials.unicodeScalars.firstIndex(of: ":")
        else { throw .notBasic }
        let password = trimmed(credentials.unicodeScalars[colon...].dropFirst())
        guard !password.isEmpty else { throw .missing }
        guard trimmed(credentials.unicodeScalars[..<colon]) == "__token__" else { throw .notAToken }
        return password
    }

    /// Without what comes along when people copy a text, or keep it in a file: white space of any kind, line ends, and
    /// characters that nobody sees. By scalars, for a CR LF is one character.
    private static func trimmed(_ text: Substring.UnicodeScalarView) -> String {
        let isAround = { (scalar: Unicode.Scalar) in
            switch scalar.properties.generalCategory {
            case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: true
            default: scalar.properties.isWhitespace
            }
        }
        var rest = text.drop(while: isAround)
        while let last = rest.last, isAround(last) { rest.removeLast() }
        return String(String.UnicodeScalarView(rest))
    }
}

/// Why the credentials of a request prove nobody.
public enum SignInRefusal: Refusal, Hashable {
    /// There are none, or the password is empty: a client that asks whether it has to sign in.
    case missing
    /// Not Basic credentials.
    case notBasic
    /// A user name and password instead of a token.
    case notAToken
    /// The text is no token.
    case malformed(String)
    /// No such token.
    case unknown
    /// The signature is wrong, or a caveat does not hold.
    case refused(String)
    /// It was ended by its owner.
    case revoked
    /// It reads the index as it was, and publishes nothing.
    case readsOnly

    /// Missing credentials ask for some; wrong ones are refused as PyPI refuses them.
    public var kind: RefusalKind {
        switch self {
        case .missing, .notBasic: .unauthenticated
        case .notAToken, .malformed, .unknown, .refused, .revoked, .readsOnly: .forbidden
        }
    }

    /// `sign-in.…`
    public var code: String {
        switch self {
        case .missing: "sign-in.missing"
        case .notBasic: "sign-in.not-basic"
        case .notAToken: "sign-in.not-a-token"
        case .malformed: "sign-in.malformed"
        case .unknown: "sign-in.unknown"
        case .refused: "sign-in.refused"
        case .revoked: "sign-in.revoked"
        case .readsOnly: "sign-in.reads-only"
        }
    }

    /// What was wrong, and what to do.
    public var explanation: String {
        let invalid = "Invalid or non-existent authentication information."
        return switch self {
        case .missing: "\(invalid) Use the user name __token__ and an API token as the password."
        case .notBasic: "\(invalid) Use Basic authentication with the user name __token__ and an API token."
        case .notAToken:
            "\(invalid) Uploads take API tokens only: the user name is __token__, the password the token."
        case .malformed(let why), .refused(let why): "\(invalid) \(why)"
        case .unknown: "\(invalid) There is no such API token; perhaps it belongs to another index."
        case .revoked: "\(invalid) This API token has been revoked. Make a new one."
        case .readsOnly:
            "\(invalid) This API token reads the index as it was, and publishes nothing. Make another one for that."
        }
    }
}

import Accounts
import Acts
import Hummingbird

/// Whom a route is for.
public enum Audience: Sendable, Hashable {
    /// Everybody, signed in or not. What a link's secret opens is among it: anyone who has the link is who it is for.
    case everybody
    /// Anyone who may read the figures of the server, as its operator says.
    case monitoring
    /// Anyone who sends an API token that is good.
    case token
    /// Anyone who is signed in, and those whose session is held to one of these.
    case signedIn(orHeldTo: Set<SessionRestriction>)
    /// Anyone who has shown the password, and not yet the second factor.
    case secondFactorDue
    /// The same, and anyone who is signed in with less than the account has.
    case factorToShow
    /// Anyone who holds this role or a higher one on the project that the path names.
    case role(Role)
    /// Anyone who may vouch for the account that the path names: administrators, and who owns projects together with its holder.
    case voucher
    /// Administrators of the index.
    case administrator

    /// As the list of routes has it: `role:owner`.
    public var name: String {
        switch self {
        case .everybody: "everybody"
        case .monitoring: "monitoring"
        case .token: "token"
        case .signedIn(let restrictions): (["signed-in"] + restrictions.map(\.rawValue).sorted()).joined(separator: "|")
        case .secondFactorDue: "second-factor-due"
        case .factorToShow: "factor-to-show"
        case .role(let least): "role:\(least.rawValue)"
        case .voucher: "co-owner|administrator"
        case .administrator: "administrator"
        }
    }

    /// The act of those who only read what is for them.
    public var reading: String {
        switch self {
        case .everybody, .token: "index.read"
        case .monitoring: "metrics.read"
        case .signedIn, .secondFactorDue, .factorToShow, .voucher: "account.read"
        case .role: "project.read"
        case .administrator: "administration.read"
        }
    }

    /// The least that anyone who reads it is proven with.
    public var assurance: Assurance {
        switch self {
        case .everybody, .monitoring: .anonymous
        case .token, .signedIn, .secondFactorDue, .factorToShow, .role, .voucher, .administrator: .password
        }
    }
}

/// Who is let through to a route, and what its handler is given of them.
///
/// A handler takes a value that only its route's guard makes: one that takes an administrator's cannot stand behind a
/// guard for everybody.
public struct Guard<Visitor>: Sendable {
    /// Lets a request through to the handler, whose answer it returns or completes; or answers itself, or throws.
    public typealias Pass =
        @Sendable (Request, IndexContext, _ handler: (Visitor) async throws -> Response) async throws -> Response

    /// Whom it lets through.
    public let audience: Audience
    let pass: Pass

    /// A guard that lets an audience through.
    public init(_ audience: Audience, pass: @escaping Pass) {
        self.audience = audience
        self.pass = pass
    }
}

extension Guard where Visitor == Void {
    /// Lets everybody through.
    public static var everybody: Guard { Guard(.everybody) { _, _, handler in try await handler(()) } }
}

/// A no that is meant for anyone who asked: what was refused, why, and what to do instead.
///
/// Everything else that is thrown is our own fault and answers as such. The texts are safe to show to anyone: no
/// paths, no SQL, no secrets.
public protocol Refusal: Error, Sendable {
    /// What kind of no it is. One table in `Web` maps kinds to HTTP statuses.
    var kind: RefusalKind { get }
    /// For machines, `noun.reason`; once published, it never changes its meaning.
    var code: String { get }
    /// For the person who asked, in whole sentences.
    var explanation: String { get }
}

/// The kinds of no.
public enum RefusalKind: Sendable, Hashable {
    /// What was sent is not acceptable; sending it again will not help.
    case invalid
    /// We do not know who asks.
    case unauthenticated
    /// We know who asks, and they may not.
    case forbidden
    /// There is no such thing.
    case notFound
    /// There was such a thing once, and never will be again.
    case gone
    /// The thing is there, but not for this method; `allow` names those it takes.
    case methodNotAllowed(allow: String)
    /// What was sent contradicts what is there.
    case conflict
    /// More bytes than the index takes.
    case tooLarge
    /// The sender was too slow.
    case timedOut
    /// Too many requests; the seconds say when to come again.
    case tooMany(retryAfterSeconds: Int)
    /// The disk is full.
    case storageFull
    /// More is asked than can be done at once; the seconds say when to come again.
    case unavailable(retryAfterSeconds: Int)
}

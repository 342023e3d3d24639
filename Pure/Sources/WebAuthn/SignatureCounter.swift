/// The counter of a credential, as it was accepted last: it rises with every use, so that one that does not rise tells
/// of a copy.
///
/// Anyone who stores it asks in the transaction that keeps the next one: of two uses with one number, one fails.
/// Source: WebAuthn Level 3, sections 6.1.1 and 7.2, step 22.
public struct SignatureCounter: Sendable, Hashable {
    /// The last value that was accepted; 0 for an authenticator that does not count, too.
    public let value: UInt32

    /// A counter that stands at a value.
    public init(_ value: UInt32) { self.value = value }

    /// Whether a use with the next value is one of the authenticator that was enrolled, as far as that can be told.
    public func accepts(_ next: UInt32) -> Bool { next > value || (next == 0 && value == 0) }
}

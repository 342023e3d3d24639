import Bytes
import UTC

/// What an authenticator app and the index share to make codes by the time (TOTP, RFC 6238): 20 bytes, codes of six
/// digits by SHA-1, a new one every 30 seconds. That is what every app can do, and some can nothing else.
///
/// It never prints itself.
public struct TOTPSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The number of bytes, as RFC 4226, section 4, recommends (R6).
    public static let byteCount = 20
    /// Seconds that a code is shown.
    public static let period: Int64 = 30
    /// How many periods a code may be away from ours: one that is typed as it changes, and a clock that is a little
    /// off. RFC 6238, section 5.2, recommends one.
    static let tolerance: Int64 = 1
    /// How many periods away a code is still recognized, to tell its owner that a clock is off.
    static let recognition: Int64 = 10

    /// The secret itself, to be encrypted wherever it is kept.
    public let bytes: [UInt8]

    /// The secret that is kept as `bytes`; nil unless there are twenty.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A new secret. The generator must be a cryptographic one, such as the system's.
    public init(using generator: inout some RandomNumberGenerator) {
        bytes = (0..<Self.byteCount).map { _ in .random(in: .min ... .max, using: &generator) }
    }

    /// The secret in base32, in eight groups of four: for those who type it into their app.
    public var text: String { grouped(Base32.rfc4648.encode(bytes), by: 4, separator: " ") }

    /// The address that a QR code carries into an app:
    /// `otpauth://totp/Rind:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Rind`.
    ///
    /// Digits, period and algorithm are the format's defaults and are left out: a shorter address is a coarser picture.
    ///
    /// - Parameters:
    ///   - issuer: what the app shows as the service. Colons become spaces, for apps split the label at the first one.
    ///   - account: whose code it is: the account's name.
    ///
    /// Source: google/google-authenticator, wiki page "Key Uri Format".
    public func uri(issuer: String, account: String) -> String {
        let issuer = issuer.split(separator: ":").joined(separator: " ").utf8.percentEncoded()
        let secret = Base32.rfc4648.encode(bytes)
        return "otpauth://totp/\(issuer):\(account.utf8.percentEncoded())?secret=\(secret)&issuer=\(issuer)"
    }

    /// Checks a code, and says which counter it is of: what the store must keep as the last accepted one, in the same
    /// transaction, so that the code never passes again.
    ///
    /// - Parameters:
    ///   - code: as typed, spaces included.
    ///   - now: the moment.
    ///   - lastCounter: the last accepted counter; nil when there was none. Only a greater one is accepted
    ///     (RFC 6238, section 5.2).
    /// - Throws: `CodeRefusal`. When it has a `burntCounter`, that is to be kept as the last counter, too.
    public func verify(
        _ code: String, at now: Timestamp, after lastCounter: Int64?
    ) throws(CodeRefusal) -> Int64 {
        let format = OneTimeCode()
        guard let typed = format.number(typed: code) else { throw .malformed }
        let current = now.seconds / Self.period
        // All of them are computed whatever matches, and numbers are compared whole: the time tells nothing.
        let matching = (current - Self.recognition...current + Self.recognition).filter { counter in
            counter >= 0 && format.number(secret: bytes, counter: UInt64(counter)) == typed
        }
        let fresh = matching.filter { counter in lastCounter.map { counter > $0 } ?? true }
        // The greatest: should two neighbours have the same code, it does not pass for the other one afterwards.
        if let accepted = fresh.last(where: { abs($0 - current) <= Self.tolerance }) { return accepted }
        guard matching.count == fresh.count else {
            if let lastCounter, lastCounter > current + Self.tolerance {
                throw .notAgainYet(seconds: (lastCounter + 1 - current) * Self.period)
            }
            throw .alreadyUsed
        }
        guard let counter = fresh.last else { throw .wrong }
        if counter < current { throw .clockBehind(seconds: (current - counter) * Self.period) }
        throw .clockAhead(seconds: (counter - current) * Self.period, counter: counter)
    }

    /// `‹secret›`
    public var description: String { "‹secret›" }
    /// `‹secret›`
    public var debugDescription: String { description }
}

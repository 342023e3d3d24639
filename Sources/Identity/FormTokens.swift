import Secrets

/// What stands hidden in every form, so that no other site can send one in a person's name.
///
/// It is made from the browser's secret, so nothing has to be kept; a browser that gets a new secret gets new forms.
public struct FormTokens: Sendable {
    private let keys: KeyRing
    private static let purpose = "csrf"

    /// Tokens that are made with the keys of an index.
    public init(keys: KeyRing) { self.keys = keys }

    /// The token for a browser's forms: 64 hexadecimal digits.
    public func text(for browser: OneTimeSecret) -> String {
        keys.authenticationCode(for: browser.bytes, purpose: Self.purpose)
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Whether a form's token is that of the browser that sends it. The time that it takes says nothing.
    public func isRight(_ text: String?, for browser: OneTimeSecret) -> Bool {
        // 32 bytes in hexadecimal digits, as that type reads them.
        guard let text, let code = OneTimeSecret(hex: text) else { return false }
        return keys.isAuthentic(code.bytes, for: browser.bytes, purpose: Self.purpose)
    }
}

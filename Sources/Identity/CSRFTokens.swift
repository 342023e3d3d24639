import Accounts
import Bytes
import Primitives
import Secrets
import UTC

/// What stands hidden in every form, so that no other site can send one in a person's name.
///
/// It is made from the browser's secret, so nothing has to be kept; a browser that gets a new secret gets new forms. It
/// says whose session the page was for, so that a form that outlives the session is nobody else's.
public struct CSRFTokens: Sendable {
    private let keys: KeyRing
    private static let purpose = "csrf"

    /// Tokens that are made with the keys of an index.
    public init(keys: KeyRing) { self.keys = keys }

    /// The token for a browser's forms: 64 hexadecimal digits; where somebody is signed in there, with the number of their
    /// account, and 64 more by which the form is known again when the session has another secret.
    ///
    /// - Parameter mark: the secret by which the browser is known for long.
    public func text(for browser: OneTimeSecret, of user: UserID? = nil, mark: OneTimeSecret? = nil) -> String {
        let code = keys.authenticationCode(for: Self.message(browser, user), purpose: Self.purpose).hexadecimal
        guard let user else { return code }
        let known = mark.map {
            keys.authenticationCode(for: Self.message($0, user), purpose: Self.markPurpose).hexadecimal
        }
        return "\(code).\(user).\(known ?? "")"
    }

    /// Whether a token is that of a page of an account in a browser, whatever secret its session had then. It is no leave
    /// to do what the form says; its sender can be asked.
    public func isFormer(_ text: String?, of user: UserID, mark: OneTimeSecret) -> Bool {
        guard account(of: text) == user, let last = text?.split(separator: ".").last,
            let code = OneTimeSecret(hex: last)
        else { return false }
        return keys.isAuthentic(code.bytes, for: Self.message(mark, user), purpose: Self.markPurpose)
    }

    private static let markPurpose = "csrf of a known browser"

    /// The account for whose page a token was made; nil where nobody was signed in. Good for a token that is right.
    public func account(of text: String?) -> UserID? {
        guard let parts = text?.split(separator: ".", omittingEmptySubsequences: false), parts.count == 3 else {
            return nil
        }
        return Int64(parts[1]).map { UserID($0) }
    }

    /// Whether a form's token is that of the browser that sends it. The time that it takes says nothing.
    public func isRight(_ text: String?, for browser: OneTimeSecret) -> Bool {
        // 32 bytes in hexadecimal digits, as that type reads them.
        guard let text, let code = OneTimeSecret(hex: text.prefix { $0 != "." }) else { return false }
        let user = account(of: text)
        // Nothing else stands in one.
        let rest = user.map { ".\($0)." } ?? ""
        let known = text.dropFirst(64 + rest.utf8.count)
        guard text.dropFirst(64).hasPrefix(rest), known.isEmpty || user != nil && known.utf8.count == 64 else {
            return false
        }
        return keys.isAuthentic(code.bytes, for: Self.message(browser, user), purpose: Self.purpose)
    }

    private static func message(_ browser: OneTimeSecret, _ user: UserID?) -> [UInt8] {
        browser.bytes + Array((user?.description ?? "").utf8)
    }

    // MARK: Forms that are on their way while the browser's secret changes

    /// How long a form may take from the answer that gave its browser a new secret: as long as a browser follows it.
    public static let graceLifetime = Duration.seconds(60)

    /// A pass for one form that was made for the browser's secret before this one: for its path and with its token
    /// only. It stands in an address, where others may read it; without the browser's new secret it is worth nothing.
    public func graceCode(
        for path: String, token former: String, _ browser: OneTimeSecret, at now: Timestamp
    ) -> String {
        let until = (now + Self.graceLifetime).seconds
        return "\(until)."
            + keys.authenticationCode(
                for: Self.message(path, former, browser, until), purpose: Self.gracePurpose
            ).hexadecimal
    }

    /// Whether a form may pass with a token that is not that of its browser any more.
    public func isGraceCode(
        _ text: String?, for path: String, token former: String?, _ browser: OneTimeSecret, at now: Timestamp
    ) -> Bool {
        guard let parts = text?.split(separator: "."), parts.count == 2, let former, let until = Int64(parts[0]),
            let code = OneTimeSecret(hex: parts[1]), now.seconds <= until
        else { return false }
        return keys.isAuthentic(
            code.bytes, for: Self.message(path, former, browser, until), purpose: Self.gracePurpose)
    }

    private static let gracePurpose = "form on its way"

    private static func message(_ path: String, _ token: String, _ browser: OneTimeSecret, _ until: Int64) -> [UInt8] {
        // A line each: there is no line break in a path, nor in a token that we made.
        browser.bytes + Array("\(until)\n\(path)\n\(token)".utf8)
    }
}

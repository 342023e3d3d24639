import Model

/// Where a person sets a password with a link that works once.
struct PasswordPage {
    let username: String
    let action: String
    let problem: String?
    let minimumLength = 8
    let maximumLength = 1_024
}

/// That a password was set.
struct PasswordSetPage {
    let username: String
}

extension SiteRenderer {
    /// The form with which a password is set. It sends the field `password` to `action` by POST.
    ///
    /// Serve it with `Referrer-Policy: same-origin` and `Cache-Control: no-store`: its own address is a secret.
    ///
    /// - Parameters:
    ///   - user: Whose password it is.
    ///   - action: The path to send the form to, which holds the link's secret.
    ///   - refusal: Why what was sent before was not taken; nil at first.
    public func passwordForm(for user: Username, action: String, refusal: (any Refusal)? = nil) -> [UInt8] {
        let page = PasswordPage(username: user.display, action: action, problem: refusal?.explanation)
        let title = (refusal == nil ? "" : "Error: ") + "Set your password · Rind"
        return render(page, as: .password, titled: title, .init(isPrivate: true))
    }

    /// That the password was set.
    public func passwordSet(for user: Username) -> [UInt8] {
        render(
            PasswordSetPage(username: user.display), as: .passwordSet, titled: "Your password is set · Rind",
            .init(isPrivate: true))
    }
}

import Model

/// Why a form was not even looked at.
enum FormRefusal: Refusal, Hashable {
    /// The hidden token is missing or another browser's, or the request comes from another site.
    case notFromHere
    /// The session ended while a page was open whose script asks on.
    case sessionGone

    /// Always `forbidden`.
    var kind: RefusalKind { .forbidden }

    /// `form.…`
    var code: String {
        switch self {
        case .notFromHere: "form.not-from-here"
        case .sessionGone: "form.session-gone"
        }
    }

    /// What to do.
    var explanation: String {
        switch self {
        case .notFromHere:
            "Nothing was changed: this form does not come from a page of this index that was opened in this browser, or "
                + "somebody signed in or out here since. Go back, reload the page and send it again. Cookies must be "
                + "allowed for this."
        case .sessionGone: "You are no longer signed in here. Load the page again."
        }
    }
}

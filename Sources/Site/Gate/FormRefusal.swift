import Primitives

/// Why a form was not even looked at.
enum FormRefusal: Refusal, Hashable {
    /// The hidden token is missing or another browser's.
    case notFromHere
    /// The browser says that it comes from another site than this.
    case fromElsewhere(String)
    /// The session ended while a page was open whose script asks on.
    case sessionGone

    /// Always `forbidden`.
    var kind: RefusalKind { .forbidden }

    /// `form.…`
    var code: String {
        switch self {
        case .notFromHere: "form.not-from-here"
        case .fromElsewhere: "form.from-elsewhere"
        case .sessionGone: "form.session-gone"
        }
    }

    var explanation: String {
        switch self {
        case .notFromHere:
            "Nothing was changed: this form does not come from a page of this index that was opened in this browser, or "
                + "somebody signed in or out, or confirmed who they are, here since. Go back, reload the page and send it again. Cookies must be "
                + "allowed for this."
        case .fromElsewhere(let origin):
            "Nothing was changed: this form was not sent from \(origin), where this index is. Open it there."
        case .sessionGone: "You are no longer signed in here. Load the page again."
        }
    }
}

import PackagingFormats
import UTC

extension MandateNotice {
    /// For the account's holder, who was let through: what will be refused, why, from when, and what to do. One line.
    public var guidance: Guidance {
        let when = bindsAt.map { "From \($0.day.readable) on" } ?? "Once a day is set, of which you will be told"
        return
            "Notice: \(when), publishing to '\(project.display)' takes \(what.words), because it is critical "
            + "(\(designation.why)). " + whatToDo
    }

    private var whatToDo: Guidance {
        switch (credential, accountHasIt) {
        case (.token, true):
            "This API token was made with less: sign in with \(what.words), and make a new one at \(Place.tokens)."
        case (.session, true), (.account, true): "Sign in with it."
        case (_, false) where what == .spare: "Add what your account lacks at \(Place.factors)."
        case (.token, false):
            "Your account has none yet: add it at \(Place.factors), and make a new API token at \(Place.tokens)."
        case (.session, false), (.account, false): "Your account has none yet: add it at \(Place.factors)."
        }
    }
}

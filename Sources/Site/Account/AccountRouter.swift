import Acts
import HTTPTypes
import Web

/// Where the pages of accounts are registered: each goes through the gate.
struct AccountRouter {
    let router: IndexRouter
    let gate: AccountGate
    let confirm: ConfirmRoutes

    /// A page to read.
    func page(_ path: String, use handler: @escaping AccountGate.Handler) {
        let gate = gate
        router.on(.get, path, performs: .readIndex, takes: Self.effort(ofPageAt: path)) { request, context in
            try await gate.page(request, context, handler)
        }
    }

    /// Signing in and looking after an account are short forms, and go on whatever else is read. Lists of projects, releases
    /// and entries take longer.
    private static func effort(ofPageAt path: String) -> Effort {
        ["/account/", "/manage/account/"].contains { path.hasPrefix($0) } ? .brief : .page
    }

    /// A form that does something.
    ///
    /// - Parameters:
    ///   - page: the page that the form stands on.
    ///   - limit: the most bytes of it.
    func form(
        _ path: String, performs action: Action, on page: FormPage = .itself, upTo limit: Int = AccountGate.maximumForm,
        use handler: @escaping AccountGate.Handler
    ) {
        let (gate, confirm) = (gate, confirm)
        router.on(.post, path, performs: action) { request, context in
            try await gate.form(request, context, page: page, upTo: limit, confirm: confirm.ask, handler)
        }
    }

    /// What the script asks that asks keys, on a page.
    func ceremony(
        _ path: String, performs action: Action, on page: FormPage = .itself, use handler: @escaping AccountGate.Handler
    ) {
        let gate = gate
        router.on(.post, path, performs: action) { request, context in
            try await gate.ceremony(request, context, page: page, handler)
        }
    }
}

/// The page that a form stands on: where a person comes back to when something has to be done first.
enum FormPage: Sendable {
    /// It has the address that the form is sent to.
    case itself
    /// It has the address above.
    case above
    /// It has another address.
    case at(String)

    /// Its address.
    func path(of visit: Visit) -> String {
        switch self {
        case .itself: visit.here
        case .above: visit.path.split(separator: "/").dropLast().reduce("/") { "\($0)\($1)/" }
        case .at(let path): path
        }
    }
}

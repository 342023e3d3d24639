import Acts
import HTTPTypes
import Hummingbird
import Web

/// Where the pages of accounts are registered: each goes through the gate.
package struct AccountRouter {
    let router: IndexRouter
    let gate: AccountGate
    let confirm: ConfirmRoutes

    package typealias Handler<Visitor> = @Sendable (Visitor) async throws -> Reply

    /// A page to read.
    package func page<Visitor>(
        _ path: String, guard admission: Admission<Visitor>, use handler: @escaping Handler<Visitor>
    ) {
        router.on(
            .get, path, guard: gate.page(for: admission), takes: Self.effort(ofPageAt: path), use: answering(handler))
    }

    /// A page with the form of an act, whose proof is asked before anybody fills that in.
    func page(
        _ path: String, guard admission: Admission<SessionVisit>, prepares act: Act,
        use handler: @escaping Handler<SessionVisit>
    ) {
        router.on(
            .get, path, guard: gate.page(for: admission, preparing: act), prepares: act,
            takes: Self.effort(ofPageAt: path), use: answering(handler))
    }

    /// A document for programs.
    package func document<Visitor>(
        _ path: String, guard admission: Admission<Visitor>, use handler: @escaping Handler<Visitor>
    ) {
        router.on(.get, path, guard: gate.page(for: admission, isDocument: true), use: answering(handler))
    }

    /// Signing in and looking after an account are short forms, and go on whatever else is read. Lists of projects,
    /// releases and entries take longer.
    private static func effort(ofPageAt path: String) -> Effort {
        ["/account/", "/manage/account/"].contains { path.hasPrefix($0) } ? .brief : .page
    }

    /// A form that does something.
    ///
    /// - Parameters:
    ///   - page: the page that the form stands on.
    ///   - limit: the most bytes of it.
    package func form<Visitor>(
        _ path: String, guard admission: Admission<Visitor>, performs action: Act, on page: FormPage = .itself,
        upTo limit: Int = AccountGate.maximumForm, use handler: @escaping Handler<Visitor>
    ) {
        router.on(
            .post, path,
            guard: gate.form(for: admission, performing: action, on: page, upTo: limit, confirm: confirm.ask),
            performs: action, use: answering(handler))
    }

    /// A form that has a link mailed, or follows one.
    func form<Visitor>(
        _ path: String, guard admission: Admission<Visitor>, link: LinkStep, on page: FormPage = .itself,
        use handler: @escaping Handler<Visitor>
    ) {
        router.on(
            .post, path,
            guard: gate.form(
                for: admission, performing: nil, on: page, upTo: AccountGate.maximumForm, confirm: confirm.ask),
            link: link, use: answering(handler))
    }

    /// What the script asks that asks keys, on a page.
    package func ceremony<Visitor>(
        _ path: String, guard admission: Admission<Visitor>, performs action: Act, on page: FormPage = .itself,
        use handler: @escaping Handler<Visitor>
    ) {
        router.on(
            .post, path, guard: gate.ceremony(for: admission, on: page), performs: action, use: answering(handler))
    }

    private func answering<Visitor: GuardedVisit>(
        _ handler: @escaping Handler<Visitor>
    ) -> @Sendable (Request, IndexContext, Visitor) async throws -> Response {
        let gate = gate
        return { _, _, visit in gate.answer(try await handler(visit), to: visit.visit) }
    }
}

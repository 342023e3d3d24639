import Accounts
import Acts
import Hummingbird
import Identity
import Policy
import Primitives
import UTC
import Web

/// One request to the pages of accounts: what was sent, by whose browser, and who is signed in there. The handler of a
/// page for everybody is given it as it is.
package struct Visit: GuardedVisit {
    let request: Request
    let context: IndexContext
    /// The browser; its secret may be as new as this request.
    package let browser: Browser
    /// The secret by which the browser is known for long; it may be as new as this request.
    package let mark: OneTimeSecret
    /// The session of the browser; nil when nobody is signed in, or about to be.
    package let session: Session?
    /// What critical projects ask of anyone who is signed in.
    let obligations: [Obligation]
    /// Whether they lack something and could have a security key that is given away now.
    let offersFreeKey: Bool
    /// Where the person wanted to go when that was refused; nil when nowhere.
    let returnPath: LocalPath?
    /// What a form holds; nothing for a page.
    package let form: FormFields
    /// What a script sent: JSON.
    package let body: [UInt8]
    /// What stands hidden in every form for this browser.
    let token: String
    package let now: Timestamp
    /// Whether the browser brought no secret of its own.
    let isNew: Bool

    /// Where the request comes from, for those who are told of what it does.
    package var origin: RequestOrigin { browser.origin }

    /// The fields of the query.
    package var query: FormFields { FormFields(request.uri.query ?? "") }

    /// The path that was asked for.
    package var path: String { request.uri.path }

    /// Where the person wants to go afterwards; nil when nowhere, or elsewhere.
    var next: LocalPath? { LocalPath(parsing: form["next"] ?? query["next"]) }

    /// What was done just now.
    var flash: FlashMessage? { query["flash"].flatMap(FlashMessage.init) }

    /// The path and query of this very request.
    var here: String { request.uri.path + (request.uri.query.map { "?\($0)" } ?? "") }

    /// Whether it is the page that the way back leads to.
    var isBack: Bool { returnPath.map { $0.text == path || $0.text == here } ?? false }

    package var visit: Visit { self }
}

/// A visit that a guard let through, with what it found of anyone who comes.
@dynamicMemberLookup
package protocol GuardedVisit: Sendable {
    var visit: Visit { get }
}

extension GuardedVisit {
    /// What every visit has.
    package subscript<Value>(dynamicMember path: KeyPath<Visit, Value>) -> Value { visit[keyPath: path] }

    /// A parameter of the path.
    package func parameter(_ name: String) throws -> String { try visit.context.parameters.require(name) }

    /// A parameter of the path that only one of the paths to here has.
    func optionalParameter(_ name: String) -> String? { visit.context.parameters.get(name) }

    /// A code as a person types it: blanks in the middle are how apps show them.
    func typedCode(_ field: String) -> String {
        String((visit.form[field] ?? "").filter { !$0.isWhitespace }.prefix(20))
    }

    /// Does what a form asks for. What is refused is said on the form; what can be mended elsewhere leads there.
    package func attempt(
        _ act: () async throws -> Reply, orShow form: (any Refusal) async throws -> Reply
    ) async throws -> Reply {
        do {
            return try await act()
        } catch let refusal as AccessRefusal
            where refusal.remedyPath(then: "/") != nil || refusal.asksForFactor
        {
            throw refusal
        } catch let refusal as any Refusal {
            return try await form(refusal)
        }
    }
}

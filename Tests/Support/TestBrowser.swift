import Accounts
import Database
import Foundation
import HTTPTypes
import Letters
import Passwords
import Policy
import Ports
import Server
import Stores
import UTC
import Web

/// A browser as the pages of accounts see it: it keeps its cookie, and sends forms with what stands hidden in them.
///
/// Not `Sendable`: one person sits before it.
package final class TestBrowser {
    package let server: TestServer
    /// The value of its cookie; nil before the first answer, and after it was taken back.
    package var secret: String?
    /// The value of the cookie by which it is known for long; nil until somebody signs in.
    package var mark: String?
    /// The value of the cookie that says where the person wanted to go.
    package private(set) var returnPath: String?
    /// The last page's hidden token.
    package private(set) var token: String?
    /// What the browser says of itself with each request.
    package var headers: HTTPFields = [.accept: "text/html", .userAgent: "TestBrowser/1.0"]

    package init(_ server: TestServer) { self.server = server }

    private var cookieName: String {
        guard server.baseURL.hasPrefix("https://") else { return "rind" }
        return server.server.basePath == .root ? "__Host-rind" : "__Secure-rind"
    }

    /// Asks for a page.
    package func get(_ path: String) async throws -> TestServer.Answer { try await send(.get, path, [], "") }

    /// Sends a form, with the last page's token or another one.
    package func post(
        _ path: String, _ fields: KeyValuePairs<String, String> = [:], token other: String?? = nil
    ) async throws -> TestServer.Answer {
        if token == nil, other == nil { _ = try await get("/account/login/") }
        var pairs = fields.map { ($0.key, $0.value) }
        if let token = other ?? token { pairs.append(("csrf", token)) }
        let body = pairs.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        return try await send(
            .post, path, [(.contentType, "application/x-www-form-urlencoded")], body)
    }

    /// Sends a form with a file in it, as browsers do.
    package func post(
        _ path: String, file: String, as field: String, _ fields: KeyValuePairs<String, String> = [:]
    ) async throws -> TestServer.Answer {
        if token == nil { _ = try await get("/account/login/") }
        func part(_ name: String, _ value: String) -> String {
            "--7d1\r\nContent-Disposition: form-data; name=\(name)\r\n\r\n\(value)\r\n"
        }
        let parts =
            fields.map { part("\"\($0.key)\"", $0.value) } + [part("\"\(field)\"; filename=\"x.csv\"", file)]
            + (token.map { [part("\"csrf\"", $0)] } ?? [])
        return try await send(
            .post, path, [(.contentType, "multipart/form-data; boundary=7d1")], parts.joined() + "--7d1--\r\n")
    }

    /// Sends what the script for security keys sends.
    package func ask(_ path: String, _ json: String = "{}", token other: String?? = nil) async throws
        -> TestServer.Answer
    {
        if token == nil, other == nil { _ = try await get("/account/login/") }
        var more: [(HTTPField.Name, String)] = [(.contentType, "application/json"), (.accept, "application/json")]
        if let token = other ?? token, let name = HTTPField.Name("X-CSRF-Token") { more.append((name, token)) }
        return try await send(.post, path, more, json)
    }

    /// Signs in with a password.
    package func signIn(_ name: String, _ password: String = TestServer.password) async throws -> TestServer.Answer {
        _ = try await get("/account/login/")
        return try await post("/account/login/", ["username": name, "password": password])
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ more: [(HTTPField.Name, String)], _ body: String
    ) async throws -> TestServer.Answer {
        var headers = headers
        for (name, value) in more { headers[name] = value }
        let cookies = [
            ("\(cookieName)-known", mark), (cookieName, secret), ("rind-way-back", returnPath),
        ].compactMap { name, value in
            value.map { "\(name)=\($0)" }
        }
        if !cookies.isEmpty { headers[.cookie] = (["theme=dark"] + cookies).joined(separator: "; ") }
        let answer = try await server.send(method, path, headers: headers, body: Array(body.utf8))
        for cookie in answer.headers[values: .setCookie] {
            let name = cookie.prefix { $0 != "=" }
            let value = cookie.dropFirst(name.count + 1).prefix { $0 != ";" }
            if name == "\(cookieName)-known" { mark = String(value) }
            if name == "rind-way-back" { returnPath = value.isEmpty ? nil : String(value) }
            guard name == cookieName else { continue }
            // Another secret, other forms; but one that is on its way keeps its token.
            if secret != String(value), answer.status != 307 { token = nil }
            secret = value.isEmpty ? nil : String(value)
        }
        if let match = answer.text.firstMatch(of: /name="csrf" value="([0-9a-f.]+)"/) { token = String(match.1) }
        return answer
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension TestServer {
    /// The password of everybody in tests.
    package static let password = "four words that rhyme not"

    /// Makes an account with that password and a verified address.
    @discardableResult
    package func addUser(_ name: String, isAdministrator: Bool = false) async throws -> User {
        try await index.stores.accounts.add(
            NewUser(
                name: Username(parsing: name), email: EmailAddress(parsing: "\(name)@example.org"),
                isAdministrator: isAdministrator, passwordHash: try await hasher.hash(Self.password)),
            by: .operatorAtMachine, at: now)
    }

    /// Raises somebody's sessions to two factors, as if a code had been shown: for what is not about that.
    package func raiseSessions(of name: String) async throws {
        try await index.database.byHand(
            """
            UPDATE session SET assurance = 'second-factor'
            WHERE account_id = (SELECT id FROM account WHERE normalized = $1)
            """,
            name)
    }

    /// The path of the newest link in a mail that waits for somebody.
    package func mailedPath(_ prefix: String, to address: String) async throws -> String? {
        // As the server does every second.
        try await server.resets.answer()
        return try await mailedPathSoFar(prefix, to: address)
    }

    private func mailedPathSoFar(_ prefix: String, to address: String) async throws -> String? {
        try await index.stores.mail.due(at: now, limit: 1_000).filter { $0.mail.to.text == address }
            .sorted { $0.id > $1.id }
            .compactMap { $0.mail.letter.link?.path }.first { $0.hasPrefix(prefix) }
    }
}

extension TestServer.Answer {
    /// Where a redirect leads.
    package var location: String { headers[.location] ?? "" }
    /// What was refused on a page; empty where nothing was.
    package var problem: String {
        text.firstMatch(of: /id="error" role="alert">\s*<p>([^<]*)/).map { String($0.1) } ?? ""
    }
}

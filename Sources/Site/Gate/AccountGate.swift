import Accounts
import Acts
import HTTPTypes
import Hummingbird
import Identity
import Letters
import NIOCore
import PackagingFormats
import Policy
import Ports
import UTC
import Web

/// What every request to the pages of accounts goes through: whose browser it is, whether a form comes from here, who
/// is signed in, and where a refusal leads that a person can mend.
struct AccountGate: Sendable {
    let identity: Identity
    /// Where it is read who is let through.
    let stores: AdmittingStores
    let tokens: CSRFTokens
    let interrupted: InterruptedForms
    let proxies: TrustedProxies
    let basePath: BasePath
    let now: @Sendable () -> Timestamp

    private var returnPath: ReturnPath { ReturnPath(isSecure: identity.party.isSecure, below: basePath) }
    private var cookie: BrowserCookie { BrowserCookie(isSecure: identity.party.isSecure, below: basePath) }
    private var nameCookie: BrowserCookie { .name(isSecure: identity.party.isSecure, below: basePath) }
    private var knownCookie: BrowserCookie {
        BrowserCookie.known(isSecure: identity.party.isSecure, below: basePath, for: KnownBrowser.lifetime)
    }

    /// Where a form waits whose session ended before it was sent.
    static let resumePage = "/account/resume/"
    /// The most bytes of a form, and of what a script sends.
    static let maximumForm = 64 * 1_024
    static let maximumCeremony = 256 * 1_024

    /// A page to read.
    ///
    /// - Parameters:
    ///   - isDocument: whether it is for programs: a document has no slash at the end of its address.
    ///   - require: throws where the visitor has to show something before they see it.
    func page<Visitor>(
        for admission: Admission<Visitor>, isDocument: Bool = false,
        requiring require: @escaping @Sendable (Visitor) async throws -> Void = { _ in }
    ) -> Guard<Visitor> {
        Guard(admission.audience) { request, context, handler in
            guard isDocument || request.uri.path.hasSuffix("/") else {
                return .moved(to: "\(request.uri.path)/", from: request)
            }
            if let name = loopbackName(request) { return name }
            let visit = try await visit(request, context)
            do {
                let admitted = try await admission.admit(visit, stores)
                try await require(admitted)
                return try await handler(admitted)
            } catch let refusal as AccessRefusal {
                return try mended(refusal, then: visit.here, visit)
            }
        }
    }

    /// A page with the form of an act, whose proof is asked before anybody fills that in.
    func page(for admission: Admission<SessionVisit>, preparing act: Act) -> Guard<SessionVisit> {
        page(for: admission, requiring: { try await requireProof(for: act, $0) })
    }

    /// A form that was filled in.
    ///
    /// - Parameters:
    ///   - act: what it does; nil for what is no act.
    ///   - page: the page with the form, to come back to.
    ///   - limit: the most bytes of it.
    ///   - confirm: shows the page that asks for a fresh proof and then sends the form once more.
    func form<Visitor>(
        for admission: Admission<Visitor>, performing act: Act?, on page: FormPage, upTo limit: Int,
        confirm: @escaping @Sendable (StepUp, SessionVisit, String) async throws -> Reply
    ) -> Guard<Visitor> {
        Guard(admission.audience) { request, context, handler in
            let body = try await request.body.collect(upTo: limit)
            let fields = try FormFields(body: Array(buffer: body), contentType: request.headers[.contentType])
            let visit = try await visit(request, context, form: fields)
            do {
                try requireFromHere(visit, token: visit.form["csrf"])
            } catch FormRefusal.notFromHere where keepsFormer(visit, act) {
                // Something was confirmed in another window since: the form is its sender's to send once more.
                return answer(.seeOther(Self.resumePage), to: visit)
            }
            let back = page.path(of: visit)
            if visit.session != nil { interrupted.forget(visit.here, for: visit.mark) }
            do {
                return try await handler(try await admission.admit(visit, stores))
            } catch AccessRefusal.freshProofNeeded(let stepUp) where !visit.form.hasPassword {
                let admitted = try await Admission.confirming.admit(visit, stores)
                return answer(try await confirm(stepUp, admitted, back), to: visit)
            } catch AccessRefusal.notSignedIn where keeps(visit, act) {
                // The session ended while the form was filled in: it waits behind the sign-in.
                return try mended(.notSignedIn, then: Self.resumePage, visit)
            } catch let refusal as AccessRefusal {
                return try mended(refusal, then: back, visit)
            }
        }
    }

    /// Keeps a form whose session has ended, and returns whether it could.
    private func keeps(_ visit: Visit, _ act: Act?) -> Bool {
        guard visit.session == nil, let user = tokens.account(of: visit.form["csrf"]) else { return false }
        return keep(visit, act, of: user)
    }

    /// Keeps a form of a page that the session's account saw in this browser when the session had another secret.
    private func keepsFormer(_ visit: Visit, _ act: Act?) -> Bool {
        guard let session = visit.session, session.isLive, !visit.isNew,
            tokens.isFormer(visit.form["csrf"], of: session.user.id, mark: visit.mark)
        else { return false }
        return keep(visit, act, of: session.user.id)
    }

    private func keep(_ visit: Visit, _ act: Act?, of user: UserID) -> Bool {
        guard !visit.form.hasPassword else { return false }
        let fields = visit.form.fields.filter { $0.name != "csrf" && !$0.isCode }.map {
            InterruptedForms.Form.Field($0.name, $0.value)
        }
        return interrupted.keep(
            InterruptedForms.Form(of: user, doing: act, to: visit.here, fields: fields), for: visit.mark, at: visit.now)
    }

    /// What the script sends that asks security keys. Refusals go to it as they are.
    func ceremony<Visitor>(for admission: Admission<Visitor>, on page: FormPage) -> Guard<Visitor> {
        Guard(admission.audience) { request, context, handler in
            let body = try await request.body.collect(upTo: Self.maximumCeremony)
            let visit = try await visit(request, context, body: Array(buffer: body))
            try requireFromHere(visit, token: request.headers[.formToken])
            do {
                return try await handler(try await admission.admit(visit, stores))
            } catch AccessRefusal.notSignedIn {
                // Not 401: the browser would ask for a name and password in a window of its own.
                throw FormRefusal.sessionGone
            } catch let refusal as AccessRefusal {
                guard let path = refusal.remedyPath(then: page.path(of: visit)) else { throw refusal }
                return answer(.next(path), to: visit)
            }
        }
    }

    // MARK: Inside

    private func visit(
        _ request: Request, _ context: IndexContext, form: FormFields = .empty, body: [UInt8] = []
    ) async throws -> Visit {
        let known = cookie.value(in: request.headers).flatMap { OneTimeSecret(hex: $0) }
        let secret = known ?? OneTimeSecret()
        let now = now()
        var session =
            if let known { try await identity.sessions.session(secretHash: known.hash, at: now) } else {
                nil as Session?
            }
        let mark = knownCookie.value(in: request.headers).flatMap { OneTimeSecret(hex: $0) } ?? OneTimeSecret()
        let origin = RequestOrigin(
            address: proxies.client(
                remote: context.remoteAddress ?? "", forwarded: request.headers[values: .forwardedFor]),
            client: request.headers[.userAgent] ?? "", mark: mark)
        session?.standing.origin = origin
        let isLive = session?.isLive ?? false
        let obligations =
            if let session, isLive { try await identity.critical.obligations(of: session.user.id, at: now) } else {
                [Obligation]()
            }
        let offersFreeKey =
            if let session, obligations.contains(where: { $0.judgement != .allowed }) {
                try await identity.critical.offersFreeKey(to: session.user.id, at: now)
            } else {
                false
            }
        return Visit(
            request: request, context: context, browser: Browser(secret: secret, origin: origin), mark: mark,
            session: session, obligations: obligations, offersFreeKey: offersFreeKey,
            returnPath: returnPath.path(in: request.headers), form: form, body: body,
            token: tokens.text(for: secret, of: session?.user.id, mark: mark),
            now: now,
            isNew: known == nil)
    }

    private func requireFromHere(_ visit: Visit, token: String?) throws {
        let isOurs = SameOrigin(identity.party.formOrigins).admits(
            visit.request.headers, authority: identity.party.isAssumed ? visit.request.head.authority : nil)
        guard isOurs else {
            throw FormRefusal.fromElsewhere(identity.party.origin)
        }
        guard !visit.isNew else { throw FormRefusal.notFromHere }
        // A form that took a proof before it is sent once more with its old token, and with a pass in its address.
        let isRight =
            tokens.isRight(token, for: visit.browser.secret)
            || tokens.isGraceCode(
                visit.query["pass"], for: visit.path, token: token, visit.browser.secret, at: visit.now)
        guard isRight else { throw FormRefusal.notFromHere }
    }

    /// Who tries the index out on their own machine by its number is sent to its name: keys are bound to names, and all
    /// that follows has to happen at one address.
    private func loopbackName(_ request: Request) -> Response? {
        guard identity.party.id == "localhost", let authority = request.head.authority,
            authority.hasPrefix("127.0.0.1") || authority.hasPrefix("[::1]")
        else { return nil }
        let query = request.uri.query.map { "?\($0)" } ?? ""
        // Where nobody said which address is right, the port that was asked is: another may lead here from outside.
        let port = authority.hasPrefix("[") ? authority.firstRange(of: "]:") : authority.firstRange(of: ":")
        let origin =
            identity.party.isAssumed
            ? "http://localhost" + (port.map { ":\(authority[$0.upperBound...])" } ?? "") : identity.party.origin
        return Response(
            status: .seeOther,
            headers: [
                .location: origin + basePath.outer(request.uri.path) + query, .cacheControl: "no-store",
                .contentLength: "0",
            ])
    }

    /// Asks for the proof that an act takes, before a person types what would be lost by asking afterwards.
    private func requireProof(for action: Act, _ visit: SessionVisit) async throws {
        let session = visit.session
        if case .account(let act) = action, act.has(.enrolment) {
            return try await identity.enrolment.requireRight(to: act, in: session)
        }
        guard !session.standing.isFreshlyProven(for: action, object: "", at: visit.now) else { return }
        throw AccessRefusal.freshProofNeeded(
            StepUp(action: action, object: "", assurance: session.standing.strongest))
    }

    /// Leads to where what a refusal asks for can be done; throws it where that is nowhere.
    private func mended(_ refusal: AccessRefusal, then next: String, _ visit: Visit) throws -> Response {
        if let reply = enrolment(refusal, then: next, visit) { return answer(reply, to: visit) }
        guard let path = refusal.remedyPath(then: next) else { throw refusal }
        return answer(.seeOther(path), to: visit)
    }

    /// Leads somebody whose account lacks what a critical project asks for to where they can add it, and remembers
    /// where they wanted to go; nil where adding would not help, or there would be nothing there to say why.
    private func enrolment(_ refusal: AccessRefusal, then next: String, _ visit: Visit) -> Reply? {
        guard case .mandate(let mandate) = refusal, refusal.asksForFactor,
            visit.obligations.contains(where: { $0.project.normalized == mandate.project.normalized })
        else { return nil }
        var reply = Reply.seeOther(Place.factors.path)
        reply.headers.append(HTTPField(name: .setCookie, value: returnPath.setting(next)))
        return reply
    }

    /// Adds what all these pages say: they are for this person and this moment.
    func answer(_ reply: Reply, to visit: Visit) -> Response {
        var headers = reply.headers
        var body = reply.body
        if let next = reply.next {
            headers[.contentType] = "application/json"
            body = next.json(below: basePath)
        }
        headers[.refusalCode] = reply.refusalCode
        // The script that asks keys asks the server before.
        headers[.contentSecurityPolicy] = "\(SiteRenderer.contentSecurityPolicy); connect-src 'self'"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "no-store"
        // Some of them have a secret in their path.
        headers[.referrerPolicy] = "same-origin"
        // Anyone who has come back needs no way back.
        if visit.returnPath != nil, visit.isBack {
            headers.append(HTTPField(name: .setCookie, value: returnPath.removing))
        }
        // Where somebody shows who they are, the browser is known from then on.
        if reply.secret != nil || reply.remembersBrowser {
            headers.append(HTTPField(name: .setCookie, value: knownCookie.setting(visit.mark.hex)))
        }
        let session = reply.forgetsBrowser ? nil : reply.session ?? visit.session
        let name = session.flatMap { $0.isLive ? $0.user.name.display : nil }
        if name != nameCookie.value(in: visit.request.headers) {
            headers.append(
                HTTPField(name: .setCookie, value: name.map(nameCookie.setting) ?? nameCookie.removing))
        }
        if reply.forgetsBrowser {
            headers.append(HTTPField(name: .setCookie, value: cookie.removing))
            // Cookies are taken back one by one: the known device's stays, and those of others on this domain are not
            // ours. Storage belongs to the whole host, which the index shares where it stands below a path.
            headers[.clearSiteData] = basePath == .root ? "\"cache\", \"storage\"" : "\"cache\""
        } else if let secret = reply.secret ?? (visit.isNew || reply.remembersBrowser ? visit.browser.secret : nil) {
            headers.append(HTTPField(name: .setCookie, value: cookie.setting(secret.hex)))
        }
        return Response(
            status: reply.status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension FormFields {
    /// Whether a person typed a password into it: that is never sent twice.
    var hasPassword: Bool { fields.contains { $0.name.contains("password") && !$0.value.isEmpty } }
}

extension FormFields.Field {
    /// Whether it holds a code, which is good once and soon.
    fileprivate var isCode: Bool { name.hasSuffix("_value") || name.hasPrefix("proof_") }
}

extension HTTPField.Name {
    /// Source: W3C, Clear Site Data.
    static let clearSiteData = HTTPField.Name("Clear-Site-Data") ?? .cacheControl
    static let formToken = HTTPField.Name("X-CSRF-Token") ?? .authorization
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .referer
}

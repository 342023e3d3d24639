import Accounts
import Acts
import Identity
import Letters
import Policy
import Ports
import Primitives
import Site
import UTC
import Web

/// What administrators do on the web.
struct AdminRoutes: Sendable {
    let site: AccountSite
    let administration: AdministratorPages
    private var identity: Identity { site.identity }

    func add(to router: AccountRouter) {
        router.page("/admin", guard: .administrator, use: show)
        router.form("/admin/invite", guard: .administrator, performs: .index(.invite), on: .at("/admin/"), use: invite)
        router.form(
            "/admin/mail/read", guard: .administrator, performs: .index(.inspectMail), on: .at("/admin/"), use: read)
        router.form(
            "/admin/mail/retry", guard: .administrator, performs: .index(.inspectMail), on: .at("/admin/"), use: retry)
    }

    @Sendable func show(_ visit: AdministratorVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: AdministratorVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let counts = try await administration.mail.counts()
        let decisions = AwaitedDecision.list(
            try await administration.people.waiting(at: visit.now), mail: (counts.givenUp, counts.waiting),
            metadata: try await administration.authenticators.metadata()?.renewalWords(at: visit.now),
            forecast: try await identity.critical.forecast(at: visit.now), at: visit.now)
        let model = AdminPage(
            decisions: DecisionLines(decisions), policy: identity.membership.registration, counts: counts,
            mails: try await administration.mail.recent(limit: 50), canRead: administration.outbox != nil,
            typedAddress: refusal == nil ? "" : visit.form["email"] ?? "")
        return site.page(model, .admin, "Administration", visit, section: .admin, refusal: refusal)
    }

    @Sendable func invite(_ visit: AdministratorVisit) async throws -> Reply {
        try await visit.attempt {
            try await identity.membership.invite(visit.form["email"] ?? "", in: visit.session)
            return .seeOther("/admin/", flash: .invited)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    // MARK: Mail

    private func mail(_ visit: AdministratorVisit) throws -> MailID {
        guard let number = visit.form["mail"].flatMap(Int64.init) else { throw NotFound(what: "such mail") }
        return MailID(number)
    }

    /// A form and no link: that somebody looks is put on record.
    @Sendable func read(_ visit: AdministratorVisit) async throws -> Reply {
        let id = try mail(visit)
        guard let outbox = administration.outbox, let record = try await administration.mail.record(of: id) else {
            throw NotFound(what: "mail that can be read here")
        }
        return try await visit.attempt {
            try await administration.mail.noteReading(id, by: visit.session.actor, at: visit.now)
            guard let text = outbox(id) else { throw NotFound(what: "such mail in the outbox any more") }
            return site.page(
                ReadMailPage(record, text: text), .mail, record.subject, visit, section: .admin)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func retry(_ visit: AdministratorVisit) async throws -> Reply {
        let id = try mail(visit)
        return try await visit.attempt {
            _ = try await administration.mail.retry(id, by: visit.session.actor, at: visit.now)
            return .seeOther("/admin/", flash: .mailRetried)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }
}

/// A mail that waits in a folder for somebody to pass it on.
struct ReadMailPage {
    let mailTo: String
    let subject: String
    let queued: Moment
    let text: String

    init(_ record: MailRecord, text: String) {
        mailTo = record.to.text
        subject = record.subject
        queued = Moment(minuteOf: record.queuedAt)
        self.text = text
    }
}

/// What administrators see.
struct AdminPage {
    struct Mail {
        let mailID: String
        let mailTo: String
        let subject: String
        let state: String
        let isDelivered: Bool
        let canRead: Bool
        let canRetry: Bool
        let queued: Moment
        let due: Moment?
        let attempts: String
        let reply: String?
    }

    let decisions: DecisionLines?
    let registration: String
    let canInvite: Bool
    let typedAddress: String
    let mailCounts: String
    let mails: [Mail]
    /// Whether there is no mail server, so that somebody has to pass the mails on.
    let canRead: Bool

    init(
        decisions: DecisionLines?, policy: RegistrationPolicy, counts: MailCounts, mails: [MailRecord], canRead: Bool,
        typedAddress: String
    ) {
        self.decisions = decisions
        canInvite = policy != .closed
        self.canRead = canRead
        mailCounts = "\(counts.waiting.grouped) on their way, \(counts.givenUp.grouped) given up"
        self.mails = mails.map { mail in
            Mail(
                mailID: mail.id.description,
                mailTo: mail.to.text, subject: mail.subject, state: mail.state.words,
                isDelivered: mail.state == .delivered, canRead: canRead && mail.state == .delivered,
                canRetry: mail.state != .delivered && mail.attempts > 0, queued: Moment(minuteOf: mail.queuedAt),
                due: mail.dueAt.map { Moment(minuteOf: $0) }, attempts: mail.attempts.counted("attempt"),
                reply: mail.reply)
        }
        registration =
            switch policy {
            case .open: "Everybody can register; an invitation spares them the verification of their address."
            case .invitation: "Only those whom you invite can register."
            case .closed: "Accounts are made by the operator; nobody can be invited."
            }
        self.typedAddress = typedAddress
    }
}

extension MailState {
    fileprivate var words: String {
        switch self {
        case .waiting: "On its way"
        case .delivered: "Delivered"
        case .givenUp: "Given up"
        }
    }
}

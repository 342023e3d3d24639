import Identity
import Model
import UTC
import Web

/// What administrators do on the web.
struct AdminRoutes: Sendable {
    let site: AccountSite
    let mail: any MailQueue
    private var identity: Identity { site.identity }

    func add(to router: AccountRouter) {
        router.page("/admin", use: show)
        router.form("/admin/invite", performs: .invite, on: .at("/admin/"), use: invite)
    }

    private func administrator(_ visit: Visit) throws -> Session {
        let session = try visit.signedIn()
        guard session.user.isAdministrator else { throw AccessRefusal.administratorsOnly }
        return session
    }

    @Sendable func show(_ visit: Visit) async throws -> Reply {
        _ = try administrator(visit)
        return try await page(visit)
    }

    private func page(_ visit: Visit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let model = AdminPage(
            policy: identity.membership.registration, counts: try await mail.counts(),
            mails: try await mail.recent(limit: 50), typedAddress: refusal == nil ? "" : visit.form["email"] ?? "")
        return site.page(model, .admin, "Administration", visit, section: .admin, refusal: refusal)
    }

    @Sendable func invite(_ visit: Visit) async throws -> Reply {
        let session = try administrator(visit)
        return try await visit.attempt {
            try await identity.membership.invite(visit.form["email"] ?? "", in: session)
            return .seeOther("/admin/", said: .invited)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }
}

/// What administrators see.
struct AdminPage {
    struct Mail {
        let mailTo: String
        let subject: String
        let state: String
        let isDelivered: Bool
        let queued: Moment
        let due: Moment?
        let attempts: String
        let reply: String?
    }

    let registration: String
    let canInvite: Bool
    let typedAddress: String
    let mailCounts: String
    let mails: [Mail]

    init(policy: RegistrationPolicy, counts: MailCounts, mails: [MailRecord], typedAddress: String) {
        canInvite = policy != .closed
        mailCounts = "\(counts.waiting.grouped) on their way, \(counts.givenUp.grouped) given up"
        self.mails = mails.map { mail in
            Mail(
                mailTo: mail.to.text, subject: mail.subject, state: mail.state.words,
                isDelivered: mail.state == .delivered, queued: Moment(minuteOf: mail.queuedAt),
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

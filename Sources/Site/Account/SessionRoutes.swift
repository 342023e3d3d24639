import Accounts
import Acts
import Identity
import Journal
import Letters
import Policy
import Ports
import Primitives
import UTC
import Web

/// Where one is signed in, and what happened to the account.
struct SessionRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    private static let page = "/manage/account/sessions/"

    func add(to router: AccountRouter) {
        router.page("/manage/account/sessions", guard: .signedIn, use: show)
        router.form(
            "/manage/account/sessions/end", guard: .signedIn, performs: .account(.endSession), on: .at(Self.page),
            use: end)
        router.form(
            "/manage/account/sessions/end-others", guard: .signedIn, performs: .account(.endSession),
            on: .at(Self.page), use: endOthers)
        router.page("/manage/account/events", guard: .signedIn, use: events)
    }

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        let all = try await identity.sessions.sessions(of: session.user.id, at: visit.now)
        return site.page(
            SessionsPage(all, current: session.id), .sessions, "Sessions", visit, section: .sessions)
    }

    @Sendable func end(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        guard let number = visit.form["session"].flatMap(Int64.init) else { throw NotFound(what: "such session") }
        let ended = SessionID(number)
        let all = try await identity.sessions.sessions(of: session.user.id, at: visit.now)
        guard all.contains(where: { $0.id == ended }) else { throw NotFound(what: "such session of yours") }
        try await identity.sessions.end(ended, of: session.user.name, by: session.actor, at: visit.now)
        guard ended != session.id else {
            var reply = Reply.seeOther("/account/login/", flash: .signedOut)
            reply.forgetsBrowser = true
            return reply
        }
        return .seeOther(Self.page, flash: .sessionEnded)
    }

    @Sendable func endOthers(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        try await identity.sessions.endAll(
            of: session.user.name, except: session.id, by: session.actor, at: visit.now)
        return .seeOther(Self.page, flash: .sessionsEnded)
    }

    // MARK: Events

    private static let eventsOnPage = 50

    @Sendable func events(_ visit: SessionVisit) async throws -> Reply {
        let before = visit.query["before"].flatMap(Int64.init).map { EventID($0) }
        let events = try await identity.accounts.events(
            of: visit.session.user.id, before: before, limit: Self.eventsOnPage)
        let oldest = events.count == Self.eventsOnPage ? events.last?.id : nil
        return site.page(
            EventsPage(events, olderThan: oldest, isFirst: before == nil), .events, "Event log", visit,
            section: .events)
    }
}

/// Where one is signed in.
struct SessionsPage {
    struct Row {
        let sessionID: String
        let isCurrent: Bool
        let client: String
        /// What the browser calls itself, where that is more than we say.
        let clientText: String?
        let address: String?
        let means: String
        let began: Moment
        let lastSeen: Moment
    }

    let rows: [Row]
    let hasOthers: Bool
    let idle = SessionLifetime.idle.inLetters

    init(_ sessions: [Session], current: SessionID) {
        rows = sessions.map { session in
            Row(
                sessionID: session.id.description, isCurrent: session.id == current,
                client: session.origin.clientWords, clientText: session.origin.clientDetail,
                address: session.origin.address.isEmpty ? nil : session.origin.address,
                means: session.standing.restriction == .secondFactorDue
                    ? "waiting for the second factor" : "with \(session.assurance.words)",
                began: Moment(minuteOf: session.createdAt), lastSeen: Moment(minuteOf: session.lastSeenAt))
        }
        hasOthers = sessions.contains { $0.id != current }
    }
}

extension RequestOrigin {
    /// What the browser calls itself, where that is not what we call it.
    fileprivate var clientDetail: String? { client.isEmpty || client == clientWords ? nil : client }
}

/// What happened to an account.
struct EventsPage {
    struct Row {
        let sentence: String
        let at: Moment
        let eventFrom: String?
        let eventWith: String?
        let clientText: String?
    }

    let rows: [Row]
    let olderPath: String?
    let isFirst: Bool

    init(_ events: [RecordedEvent], olderThan: EventID?, isFirst: Bool) {
        rows = events.map { recorded in
            Row(
                sentence: recorded.event.sentence, at: Moment(minuteOf: recorded.at),
                eventFrom: recorded.origin.address.isEmpty ? nil : recorded.origin.address,
                eventWith: recorded.origin.client.isEmpty ? nil : recorded.origin.clientWords,
                clientText: recorded.origin.clientDetail)
        }
        olderPath = olderThan.map { "/manage/account/events/?before=\($0)" }
        self.isFirst = isFirst
    }
}

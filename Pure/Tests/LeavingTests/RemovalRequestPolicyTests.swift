import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC

@Suite("What may be done about a request for a removal") struct RemovalRequestPolicyTests {
    static let asked = Timestamp(seconds: 1_000 * 86_400)
    static let due = asked + .days(30)

    static func request(
        confirmer: DepartureTerms.Confirmer = .owner, confirmed: Bool = false
    ) throws -> RemovalRequest {
        RemovalRequest(
            id: RemovalRequestID(1), project: try ProjectName(parsing: "demo"), departure: .project,
            reason: "nobody needs it", askedBy: try Username(parsing: "ada"), askedAt: asked, dueAt: due,
            confirmer: confirmer, confirmation: confirmed ? .init(by: "user bob", at: asked) : nil)
    }

    static func actor(_ name: String, isAdministrator: Bool = false) throws -> Actor {
        Actor(
            .user(UserID(1), try Username(parsing: name), isAdministrator: isAdministrator), assurance: .password)
    }

    // The columns are the point.
    // swift-format-ignore
    static let confirmations: [(who: String, admin: Bool, ownerDays: Int?, DepartureTerms.Confirmer, later: Int, confirmed: Bool, code: String?)] = [
        ("bob", false, 900,  .owner,         0,  false, nil),
        ("bob", false, 14,   .owner,         0,  false, nil),
        ("bob", false, 13,   .owner,         0,  false, "removal.owner-for-too-short"),
        ("bob", false, -1,   .owner,         2,  false, "removal.owner-for-too-short"),
        ("bob", false, nil,  .owner,         0,  false, "removal.owner-for-too-short"),
        ("bob", false, 900,  .administrator, 0,  false, "removal.administrators-confirm"),
        ("Ada", false, 900,  .owner,         0,  false, "removal.own-request"),
        ("ada", true,  900,  .owner,         0,  false, "removal.own-request"),
        ("eve", true,  nil,  .owner,         0,  false, nil),
        ("eve", true,  nil,  .administrator, 29, false, nil),
        ("bob", false, 900,  .owner,         30, false, "removal.day-has-come"),
        ("eve", true,  nil,  .owner,         30, false, "removal.day-has-come"),
        ("bob", false, 900,  .owner,         1,  true,  "removal.already-confirmed"),
    ]

    @Test("Another person confirms it, who was an owner long before, or an administrator", arguments: confirmations)
    func confirmation(
        who: String, admin: Bool, ownerDays: Int?, confirmer: DepartureTerms.Confirmer, later: Int, confirmed: Bool,
        code: String?
    ) throws {
        let request = try Self.request(confirmer: confirmer, confirmed: confirmed)
        let actor = try Self.actor(who, isAdministrator: admin)
        var found: RemovalRefusal?
        do throws(RemovalRefusal) {
            try RemovalRequestPolicy.decideConfirmation(
                of: request, by: actor, ownerSince: ownerDays.map { Self.asked - .days($0) },
                at: Self.asked + .days(later))
        } catch { found = error }
        #expect(found?.code == code)
    }

    @Test("Objections and take-overs come before the day, and who asked takes nothing over")
    func stopping() throws {
        let request = try Self.request(confirmed: true)
        let (ada, bob) = (try Self.actor("ada"), try Self.actor("bob"))
        let before = Self.due - .microseconds(1)
        try RemovalRequestPolicy.decideObjection(to: request, at: before)
        try RemovalRequestPolicy.decideTakeOver(insteadOf: request, by: bob, at: before)
        let late = RemovalRefusal.dayHasCome(request.project, Self.due.day)
        #expect(throws: late) { try RemovalRequestPolicy.decideObjection(to: request, at: Self.due) }
        #expect(throws: late) {
            try RemovalRequestPolicy.decideTakeOver(insteadOf: request, by: bob, at: Self.due)
        }
        #expect(throws: RemovalRefusal.ownRequest(request.project)) {
            try RemovalRequestPolicy.decideTakeOver(insteadOf: request, by: ada, at: before)
        }
    }

    @Test("Of what became critical meanwhile, a request waits as long as one that is made now, and never shorter")
    func critical() throws {
        let rule = RemovalRule(
            recentHours: 72, fewDownloads: 100, waitDays: 14, criticalWaitDays: 45, retentionDays: 180)
        let request = try Self.request(confirmed: true)
        let waiting = request.waitingAsCritical(under: rule)
        #expect(waiting.dueAt == Self.asked + .days(45))
        #expect(waiting.confirmation == request.confirmation && waiting.askedAt == request.askedAt)
        #expect(request.waitingAsCritical(under: .usual).dueAt == Self.due)
        #expect(waiting.waitingAsCritical(under: .usual).dueAt == Self.asked + .days(45))
    }

    @Test("Everybody is told what will be done, when and why")
    func notice() throws {
        #expect(
            try Self.request().notice == "This project will be removed on \(Self.due.day): nobody needs it")
    }
}

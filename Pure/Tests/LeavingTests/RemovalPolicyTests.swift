import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import Testing
import UTC

@Suite("What can be removed, and who can use a name again") struct RemovalPolicyTests {
    static func actor(isAdministrator: Bool = false) throws -> Actor {
        Actor(
            .user(UserID(1), try Username(parsing: "ada"), isAdministrator: isAdministrator), assurance: .password)
    }

    // The columns are the point.
    // swift-format-ignore
    static let statuses: [(ProjectStatus, canGo: Bool)] = [
        (.active, true), (.archived, true), (.deprecated, true), (.quarantined, false),
    ]

    @Test("Nothing of a quarantined project is removed, by nobody", arguments: statuses)
    func quarantine(status: ProjectStatus, canGo: Bool) throws {
        let demo = try ProjectName(parsing: "demo")
        #expect(((try? RemovalPolicy.decide(demo, status: status)) != nil) == canGo)
    }

    /// What came of wanting a name.
    enum Outcome { case withItsRoles, asNewProject, held, reserved }

    // The columns are the point.
    // swift-format-ignore
    static let names: [(Role?, freed: Bool, reserved: Bool, person: Outcome, operatorAtMachine: Outcome)] = [
        (.owner,      false, false, .withItsRoles, .withItsRoles),
        (.maintainer, false, false, .held,         .withItsRoles),
        (nil,         false, false, .held,         .withItsRoles),
        (.owner,      true,  false, .asNewProject,         .asNewProject),
        (.maintainer, true,  false, .asNewProject,         .asNewProject),
        (nil,         true,  false, .asNewProject,         .asNewProject),
        (.owner,      false, true,  .reserved,     .withItsRoles),
        (nil,         true,  true,  .reserved,     .asNewProject),
    ]

    @Test("The name of a removed project waits for its owners, unless it was freed or is kept", arguments: names)
    func reuse(role: Role?, freed: Bool, reserved: Bool, person: Outcome, operatorAtMachine: Outcome) throws {
        let demo = try ProjectName(parsing: "demo")
        let facts = FormerProjectFacts(role: role, isFreed: freed, isReserved: reserved)
        func outcome(_ actor: Actor) throws -> Outcome {
            do throws(RemovalRefusal) {
                switch try RemovalPolicy.decideReuse(of: demo, by: actor, knowing: facts) {
                case .withItsRoles: return .withItsRoles
                case .asNewProject: return .asNewProject
                }
            } catch {
                return error == .reserved(demo) ? .reserved : .held
            }
        }
        #expect(try outcome(Self.actor()) == person)
        #expect(try outcome(Self.actor(isAdministrator: true)) == person, "being an administrator is no role")
        #expect(try outcome(.operatorAtMachine) == operatorAtMachine)
    }

    // The columns are the point.
    // swift-format-ignore
    static let undone: [(by: String, daysAgo: Int, ProjectStatus, code: String?)] = [
        ("user ada", 0,   .active,      nil),
        ("user ada", 179, .active,      nil),
        ("user ada", 180, .active,      "removal.undone-too-late"),
        ("user ada", 0,   .archived,    nil),
        ("user ada", 0,   .quarantined, "removal.quarantined"),
        ("user bob", 0,   .active,      nil),
        ("index",    0,   .active,      nil),
        ("operator", 0,   .active,      "removal.anothers"),
    ]

    @Test(
        "An owner brings back what an owner removed, or the index at an owner's request, for the time of retention",
        arguments: undone)
    func undo(by person: String, daysAgo: Int, status: ProjectStatus, code: String?) throws {
        let now = Timestamp(seconds: 1_000 * 86_400)
        let removal = Removal(at: now - .days(daysAgo), by: person)
        let demo = try ProjectName(parsing: "demo")
        var found: RemovalRefusal?
        do throws(RemovalRefusal) {
            try RemovalPolicy.decideUndo(of: removal, on: demo, status: status, under: .usual, at: now)
        } catch { found = error }
        #expect(found?.code == code)
        let canUndo = RemovalPolicy.canUndo(removal, under: .usual, at: now)
        #expect(canUndo == (code == nil || code == "removal.quarantined"))
    }

    @Test("Anyone who is refused hears who can use the name")
    func words() throws {
        let text = RemovalRefusal.nameHeld(try ProjectName(parsing: "demo")).explanation
        #expect(text.contains("only its former owners") && text.contains("choose another name"))
    }
}

@Suite("How the settings of a project can be changed") struct SettingsPolicyTests {
    static func actor(_ assurance: Assurance, isAdministrator: Bool = false) throws -> Actor {
        Actor(
            .user(UserID(1), try Username(parsing: "ada"), isAdministrator: isAdministrator), assurance: assurance,
            session: SessionStanding(strongest: assurance))
    }

    // The columns are the point.
    // swift-format-ignore
    static let statuses: [(from: ProjectStatus, to: ProjectStatus, owner: Bool)] = [
        (.active,      .archived,    true),
        (.archived,    .active,      true),
        (.active,      .deprecated,  true),
        (.active,      .quarantined, false),
        (.quarantined, .active,      false),
        (.quarantined, .archived,    false),
    ]

    @Test("An owner archives and brings back, and has nothing to do with a quarantine", arguments: statuses)
    func status(from: ProjectStatus, to: ProjectStatus, owner: Bool) throws {
        let demo = try ProjectName(parsing: "demo")
        let ada = try Self.actor(.password)
        let root = try Self.actor(.password, isAdministrator: true)
        #expect(
            ((try? SettingsPolicy.decide(to, because: "harm", insteadOf: from, on: demo, by: ada)) != nil) == owner)
        for actor in [Actor.operatorAtMachine, root] {
            try SettingsPolicy.decide(to, because: "harm", insteadOf: from, on: demo, by: actor)
        }
        // Everybody who finds a quarantine reads why; nobody begins one without a reason.
        for actor in [Actor.operatorAtMachine, .index, root] {
            var found: SettingsRefusal?
            do throws(SettingsRefusal) {
                try SettingsPolicy.decide(to, because: nil, insteadOf: from, on: demo, by: actor)
            } catch { found = error }
            #expect(found == (to == .quarantined ? .reasonNeeded(demo) : nil))
        }
        #expect(SettingsRefusal.reasonNeeded(demo).kind == .invalid)
    }

    // The columns are the point.
    // swift-format-ignore
    static let requirements: [(from: Assurance, to: Assurance, shown: Assurance, may: Bool)] = [
        (.password,          .secondFactor,      .secondFactor,      true),
        (.password,          .phishingResistant, .attestedHardware,  true),
        (.password,          .secondFactor,      .password,          false),
        (.secondFactor,      .phishingResistant, .secondFactor,      false),
        (.secondFactor,      .secondFactor,      .secondFactor,      true),
        (.secondFactor,      .password,          .attestedHardware,  false),
        (.attestedHardware,  .phishingResistant, .attestedHardware,  false),
    ]

    @Test("An owner asks for more, never for less, and for no more than they show", arguments: requirements)
    func requirement(from: Assurance, to: Assurance, shown: Assurance, may: Bool) throws {
        let demo = try ProjectName(parsing: "demo")
        let ada = try Self.actor(shown)
        let alone = OwnerStanding(since: Self.now - .days(1))
        #expect(
            ((try? SettingsPolicy.decide(to, insteadOf: from, on: demo, by: ada, knowing: alone, at: Self.now)) != nil)
                == may)
        try SettingsPolicy.decide(
            to, insteadOf: from, on: demo, by: .operatorAtMachine, knowing: OwnerStanding(since: nil), at: Self.now)
    }

    static let now = Timestamp(seconds: 1_000 * 86_400)

    // The columns are the point.
    // swift-format-ignore
    static let newOwners: [(since: Duration?, others: [Duration], from: Assurance, to: Assurance, refused: Bool)] = [
        (.minutes(8),                     [.days(900)],              .password,     .phishingResistant, true),
        (.minutes(8),                     [.days(900)],              .password,     .secondFactor,      true),
        (.minutes(8),                     [.days(900)],              .secondFactor, .attestedHardware,  true),
        (.days(14) - .microseconds(1),    [.days(900)],              .password,     .secondFactor,      true),
        (.days(14),                       [.days(900)],              .password,     .secondFactor,      false),
        (.days(900),                      [.minutes(8)],             .password,     .secondFactor,      false),
        (.minutes(8),                     [.minutes(8)],             .password,     .secondFactor,      false),
        (.minutes(8),                     [.minutes(9)],             .password,     .secondFactor,      true),
        (.minutes(8),                     [.minutes(7), .minutes(9)], .password,    .secondFactor,      true),
        (.minutes(8),                     [],                        .password,     .secondFactor,      false),
        (.minutes(8),                     [.days(900)],              .secondFactor, .secondFactor,      false),
        (nil,                             [.days(900)],              .password,     .secondFactor,      false),
    ]

    @Test("A new owner does not ask for more while there are older ones, whom it could keep out", arguments: newOwners)
    func newOwner(since: Duration?, others: [Duration], from: Assurance, to: Assurance, refused: Bool) throws {
        let demo = try ProjectName(parsing: "demo")
        let bob = try Username(parsing: "bob")
        let standing = OwnerStanding(
            since: since.map { Self.now - $0 }, others: others.map { .init(bob, since: Self.now - $0) })
        func refusal(_ actor: Actor) -> SettingsRefusal? {
            do throws(SettingsRefusal) {
                try SettingsPolicy.decide(to, insteadOf: from, on: demo, by: actor, knowing: standing, at: Self.now)
            } catch { return error }
            return nil
        }
        let found = refusal(try Self.actor(.attestedHardware))
        #expect(found?.code == (refused ? "settings.owner-for-too-short" : nil))
        if let since, let found {
            #expect(found == .ownerForTooShort(demo, older: [bob], until: Self.now - since + .days(14)))
            #expect(found.explanation.contains((Self.now - since + .days(14)).readableMinute), "until when")
            #expect(found.explanation.contains("Ask bob to do it"), "and who can")
        }
        #expect(refusal(.operatorAtMachine) == nil)
        #expect(refusal(try Self.actor(.attestedHardware, isAdministrator: true)) == nil)
    }

    @Test(
        "The usual numbers are those that docs/operating.md says, and what is critical never waits less than the rest")
    func numbers() {
        let usual = RemovalRule(
            recentHours: 72, fewDownloads: 100, waitDays: 14, criticalWaitDays: 30, retentionDays: 180)
        #expect(RemovalRule.usual == usual)
        let odd = RemovalRule(recentHours: 1, fewDownloads: 1, waitDays: 20, criticalWaitDays: 10, retentionDays: 1)
        #expect(odd.wait(isCritical: true) == .days(20) && odd.wait(isCritical: false) == .days(20))
        #expect(usual.wait(isCritical: true) == .days(30) && usual.wait(isCritical: false) == .days(14))
    }
}

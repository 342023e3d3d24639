import Accounts
import Acts
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
        ("user ada",  0,  .active,      nil),
        ("user ada",  29, .active,      nil),
        ("user ada",  30, .active,      "removal.undone-too-late"),
        ("user ada",  0,  .archived,    nil),
        ("user ada",  0,  .quarantined, "removal.quarantined"),
        ("user bob",  0,  .active,      "removal.anothers"),
        ("operator",  0,  .active,      "removal.anothers"),
        ("user ada2", 0,  .active,      "removal.anothers"),
    ]

    @Test("An owner brings back what they removed themselves, for 30 days", arguments: undone)
    func undo(by person: String, daysAgo: Int, status: ProjectStatus, code: String?) throws {
        let now = Timestamp(seconds: 100 * 86_400)
        let removal = Removal(at: now - .days(daysAgo), by: person)
        func refusal(_ actor: Actor) throws -> RemovalRefusal? {
            let demo = try ProjectName(parsing: "demo")
            do throws(RemovalRefusal) {
                try RemovalPolicy.decideUndo(of: removal, on: demo, status: status, by: actor, at: now)
                return nil
            } catch { return error }
        }
        #expect(try refusal(Self.actor())?.code == code)
        #expect(try refusal(Self.actor(isAdministrator: true))?.code == code, "being an administrator is no role")
        let canUndo = RemovalPolicy.canUndo(removal, by: try Username(parsing: "ada"), at: now)
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
        #expect(((try? SettingsPolicy.decide(to, insteadOf: from, on: demo, by: ada)) != nil) == owner)
        try SettingsPolicy.decide(to, insteadOf: from, on: demo, by: .operatorAtMachine)
        try SettingsPolicy.decide(to, insteadOf: from, on: demo, by: Self.actor(.password, isAdministrator: true))
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
        #expect(((try? SettingsPolicy.decide(to, insteadOf: from, on: demo, by: ada)) != nil) == may)
        try SettingsPolicy.decide(to, insteadOf: from, on: demo, by: .operatorAtMachine)
    }
}

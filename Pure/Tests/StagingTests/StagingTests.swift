import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Projects
import Staging
import Testing
import UTC
import VectorSupport

/// What the tables are made of.
enum Waiting {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let digest = String(repeating: "0f", count: 32)

    static func setting(_ approvals: Int = 1, _ approvers: StagingSetting.Approvers = .owners) throws -> StagingSetting
    {
        try StagingSetting(isOn: true, approvals: approvals, approvers: approvers)
    }

    static func file(_ name: String, _ sha256: String = digest, isHeld: Bool = false) -> StagedFile {
        StagedFile(
            id: FileID(1), filename: name, sha256: sha256, size: 10,
            sender: StageSender(name: "user ada", tokenLabel: "CI", assurance: .password), uploadedAt: now,
            isHeld: isHeld)
    }

    static func stage(
        _ number: Int64 = 7, _ project: String = "demo", _ version: String = "1.0", terms: StagingSetting? = nil,
        files: [StagedFile] = [file("demo-1.0.tar.gz"), file("demo-1.0-py3-none-any.whl")],
        approvals: [StageApproval] = [], end: Stage.End? = nil
    ) throws -> Stage {
        try Stage(
            id: StageID(number), project: ProjectName(parsing: project), version: Version(parsing: version),
            terms: terms ?? setting(), openedAt: now, dueAt: now + StagePolicy.lifetime, files: files,
            approvals: approvals, end: end)
    }

    static func user(_ name: String, _ number: Int64 = 1) throws -> Actor {
        Actor(.user(UserID(number), try Username(parsing: name), isAdministrator: false), assurance: .phishingResistant)
    }

    static func approval(by name: String, of stage: Stage, isStanding: Bool = true) throws -> StageApproval {
        StageApproval(
            user: try Username(parsing: name), assurance: .phishingResistant, at: now,
            digest: ApprovalStatement(stage).digest, isStanding: isStanding)
    }
}

@Suite("Where an upload goes") struct UploadDestinationTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(waits: Bool, joins: Bool, isHeld: Bool, isImport: Bool, state: FileState)] = [
        (false, false, false, false, .published),
        (true,  false, false, false, .staged),
        (true,  true,  false, false, .staged),
        // All of a release is published together, whatever was set since.
        (false, true,  false, false, .staged),
        (false, true,  false, true,  .staged),
        // What was published elsewhere waits for nobody.
        (true,  false, false, true,  .published),
        (false, false, false, true,  .published),
        // A touch says who sent it, and not that it does no harm.
        (false, false, true,  false, .held),
        (true,  true,  true,  false, .held),
        (true,  false, true,  true,  .held),
    ]

    @Test("is decided by the project, by what was found, and by who brings it", arguments: table)
    func decide(waits: Bool, joins: Bool, isHeld: Bool, isImport: Bool, state: FileState) {
        let facts = UploadDestination.Facts(waits: waits, joins: joins, isHeld: isHeld, isImport: isImport)
        #expect(UploadDestination.decide(facts) == state)
    }

    @Test("is, of what is held no longer, where it would have gone", arguments: [true, false])
    func afterHold(waits: Bool) {
        #expect(
            UploadDestination.afterHold(UploadDestination.Facts(waits: waits, isHeld: true))
                == (waits ? .staged : .published))
    }
}

@Suite("Whether releases wait") struct StagingSettingTests {
    @Test("is asked of one person or of two")
    func range() throws {
        for number in [1, 2] { _ = try StagingSetting(isOn: true, approvals: number) }
        for number in [0, 3, -1] {
            #expect(throws: StageRefusal.approvalsOutOfRange(number)) {
                try StagingSetting(isOn: true, approvals: number)
            }
        }
        #expect(try StagingSetting(isOn: false, approvals: 2, approvers: .owners) == .off)
    }

    @Test("is, of two settings together, the most that either asks for, in whichever order")
    func strictest() throws {
        let all =
            [StagingSetting.off]
            + (try [1, 2].flatMap { number in
                try StagingSetting.Approvers.allCases.map { try Waiting.setting(number, $0) }
            })
        for one in all {
            for other in all {
                let both = one.strictest(with: other)
                #expect(both == other.strictest(with: one))
                #expect(!both.isWeaker(than: one) && !both.isWeaker(than: other))
                #expect(both == one || both == other || (both.approvals == 2 && both.approvers == .owners))
            }
            #expect(one.strictest(with: one) == one && !one.isWeaker(than: one))
        }
        #expect(StagingSetting.off.isWeaker(than: try Waiting.setting()))
        #expect(try Waiting.setting(1).isWeaker(than: Waiting.setting(2)))
        #expect(try Waiting.setting(1, .ownersAndMaintainers).isWeaker(than: Waiting.setting(1, .owners)))
        #expect(try !Waiting.setting(2, .owners).isWeaker(than: Waiting.setting(1, .ownersAndMaintainers)))
    }

    @Test("binds at once where more is asked, and 72 hours later where less is")
    func notice() throws {
        let (now, two) = (Waiting.now, try Waiting.setting(2))
        let on = StagingStanding.off.after(two, bindsAtOnce: false, at: now)
        #expect(on.binding(at: now) == two && on.former == nil)
        let off = on.after(.off, bindsAtOnce: false, at: now)
        let end = now + .hours(72)
        #expect(off.setting == .off && off.formerUntil == end)
        #expect(off.binding(at: end - .microseconds(1)) == two)
        #expect(off.binding(at: end) == .off)
        // Setting it once more shortens nothing, and begins nothing anew.
        #expect(off.after(.off, bindsAtOnce: false, at: now + .hours(1)) == off)
        // Something else that asks for less than what binds begins anew, and what binds stays.
        let one = off.after(try Waiting.setting(1), bindsAtOnce: false, at: now + .hours(1))
        #expect(one.binding(at: now + .hours(72)) == two && one.formerUntil == now + .hours(73))
        // Those who run the index need not wait; anyone who asks for more never does.
        #expect(on.after(.off, bindsAtOnce: true, at: now) == StagingStanding(.off))
        #expect(off.after(two, bindsAtOnce: false, at: now) == StagingStanding(two))
    }

    @Test("is not for owners to set who could let nothing out, or ask for more people than there are")
    func decide() throws {
        let demo = try ProjectName(parsing: "demo")
        func decide(_ setting: StagingSetting, _ assurance: Assurance, owners: Int, isAdministrator: Bool = false)
            throws
        {
            let actor = Actor(
                .user(UserID(1), try Username(parsing: "ada"), isAdministrator: isAdministrator), assurance: assurance)
            try StagingSettingPolicy.decide(setting, on: demo, by: actor, ownersThere: owners)
        }
        try decide(Waiting.setting(), .secondFactor, owners: 1)
        try decide(Waiting.setting(2), .secondFactor, owners: 2)
        try decide(.off, .password, owners: 0)
        #expect(throws: StageRefusal.wouldLockOut(demo, .secondFactor)) {
            try decide(Waiting.setting(), .password, owners: 1)
        }
        #expect(throws: StageRefusal.tooFewPeople(demo, needed: 2, there: 1)) {
            try decide(Waiting.setting(2), .secondFactor, owners: 1)
        }
        try decide(Waiting.setting(2), .password, owners: 1, isAdministrator: true)
        try StagingSettingPolicy.decide(Waiting.setting(2), on: demo, by: .operatorAtMachine, ownersThere: 0)
    }

    @Test("is asked of critical projects from the day that the mandate's notice gives, and not before it is enforced")
    func rule() throws {
        let start = Timestamp(seconds: 1_799_971_200)
        let designated = Designation(
            name: try ProjectName(parsing: "demo"), reason: .named, asOf: start.day, windowDays: 183,
            designatedAt: start)
        func asks(_ rule: StagingRule, enforced: Day?, designation: Designation? = designated, at now: Timestamp) throws
            -> Bool
        {
            let mandate = try MandateRule(announcedFrom: start.day, enforcedFrom: enforced, noticeDays: 30)
            return rule.asks(MandateFacts(designation: designation, rule: mandate), at: now).isOn
        }
        let rule = StagingRule(askedAt: start)
        let day = (start.day + 30).start
        #expect(try !asks(rule, enforced: start.day, at: day - .microseconds(1)))
        #expect(try asks(rule, enforced: start.day, at: day))
        // Not without a day from which it is enforced, nor before that.
        #expect(try !asks(rule, enforced: nil, at: day + .days(365)))
        #expect(try !asks(rule, enforced: start.day + 60, at: day))
        #expect(try asks(rule, enforced: start.day + 60, at: (start.day + 60).start))
        // Nor of what is not critical, nor where nothing is asked, nor sooner after the question.
        #expect(try !asks(rule, enforced: start.day, designation: nil, at: day))
        #expect(try !asks(.usual, enforced: start.day, at: day))
        #expect(try !asks(StagingRule(askedAt: start + .days(10)), enforced: start.day, at: day))
        #expect(try asks(StagingRule(askedAt: start + .days(10)), enforced: start.day, at: day + .days(10)))
    }
}

@Suite("What a person signs who lets releases out") struct ApprovalStatementTests {
    @Test("is every file of every release by its digest, in one order")
    func golden() throws {
        let stages = [
            try Waiting.stage(8, "Other.Name", "2.0.0", files: [Waiting.file("other_name-2.0.0.tar.gz")]),
            try Waiting.stage(),
        ]
        let statement = ApprovalStatement(stages)
        try Golden.expect("\(statement.text)\nSHA-256 \(statement.digest)\n", "approval-statement.txt")
        #expect(ApprovalStatement(stages.reversed()) == statement)
        // A release that is chosen twice is one.
        #expect(ApprovalStatement(stages + stages) == statement)
    }

    @Test("is another for each change of a file, a name, a version, a project, or of what is chosen")
    func different() throws {
        let other = String(repeating: "f0", count: 32)
        let stages: [[Stage]] = try [
            [Waiting.stage()], [Waiting.stage(files: [Waiting.file("demo-1.0.tar.gz")])],
            [Waiting.stage(files: [Waiting.file("demo-1.0.tar.gz", other)])],
            [Waiting.stage(files: [Waiting.file("demo-1.0.zip")])], [Waiting.stage(7, "demo", "1.1")],
            [Waiting.stage(7, "demo2", "1.0")], [Waiting.stage(), Waiting.stage(8, "demo", "1.1")], [],
        ]
        #expect(Set(stages.map { ApprovalStatement($0).digest }).count == stages.count)
        // Whose number it is, and when it ends, is nothing that anybody agrees to.
        #expect(try ApprovalStatement(Waiting.stage(9)).digest == ApprovalStatement(Waiting.stage()).digest)
    }

    @Test("travels in a form with the number of the stage, and nothing else is read as one")
    func seen() throws {
        let seen = SeenStage(try Waiting.stage())
        #expect(SeenStage(seen.description) == seen)
        let digest = Waiting.digest
        for text in ["", "7", "7-", "-\(digest)", "7-\(digest)0", "7-\(digest.uppercased())", "x-\(digest)"] {
            #expect(SeenStage(text) == nil, "\(text)")
        }
    }
}

@Suite("Releases that wait") struct StagePolicyTests {
    private static func outcome(
        _ stage: Stage, by actor: Actor, _ role: Role?, having digest: String? = nil, at now: Timestamp = Waiting.now
    ) -> String {
        do {
            let progress = try StagePolicy.approve(
                stage, by: actor, role: role, having: digest ?? ApprovalStatement(stage).digest, at: now)
            return progress == .published ? "published" : "waits for another"
        } catch { return error.code }
    }

    @Test("are approved as the golden table says: by whom, how many are asked for, and who has approved")
    func golden() throws {
        var text = ""
        let ada = try Waiting.user("ada")
        for number in [1, 2] {
            for approvers in StagingSetting.Approvers.allCases {
                let terms = try Waiting.setting(number, approvers)
                text += "Releases \(terms.words)\n"
                for (who, role) in [("an owner", Role?.some(.owner)), ("a maintainer", .maintainer), ("nobody", nil)] {
                    let fresh = try Waiting.stage(terms: terms)
                    let approved = { (name: String, isStanding: Bool) throws -> Stage in
                        try Waiting.stage(
                            terms: terms, approvals: [Waiting.approval(by: name, of: fresh, isStanding: isStanding)])
                    }
                    text += "  \(who): \(Self.outcome(fresh, by: ada, role))"
                    text += "; after another one: \(Self.outcome(try approved("bob", true), by: ada, role))"
                    text += "; after one who may no longer: \(Self.outcome(try approved("bob", false), by: ada, role))"
                    text += "; a second time: \(Self.outcome(try approved("ada", true), by: ada, role))\n"
                }
                let operators = Self.outcome(try Waiting.stage(terms: terms), by: .operatorAtMachine, nil)
                text += "  the operator: \(operators)\n"
            }
        }
        text += "\nRefusals\n"
        let (demo, version) = (try ProjectName(parsing: "demo"), try Version(parsing: "1.0"))
        let refusals: [StageRefusal] =
            [
                .noSuchStage, .changed(demo, version), .held(demo, version, "demo-1.0.tar.gz"),
                .notForYou(demo, .owners), .anotherHasTo(demo, version), .nothingChosen, .tooMany(50),
                .approvalsOutOfRange(3), .wouldLockOut(demo, .secondFactor), .tooFewPeople(demo, needed: 2, there: 1),
                .addressGone,
            ] + StageOutcome.allCases.map { .over(demo, version, $0, Waiting.now.day) }
        for refusal in refusals { text += "  \(refusal.code) (\(refusal.kind)): \(refusal.explanation)\n" }
        try Golden.expect(text, "stages.txt")
    }

    @Test("are published with the files that were agreed to, while none is held, and before they are over")
    func changed() throws {
        let ada = try Waiting.user("ada")
        let stage = try Waiting.stage()
        let more = try Waiting.stage(files: stage.files + [Waiting.file("demo-1.0-cp314-cp314-win_amd64.whl")])
        #expect(Self.outcome(more, by: ada, .owner, having: ApprovalStatement(stage).digest) == "stage.changed")
        let held = try Waiting.stage(files: [Waiting.file("demo-1.0.tar.gz", isHeld: true)])
        #expect(Self.outcome(held, by: ada, .owner) == "stage.held")
        #expect(Self.outcome(held, by: .operatorAtMachine, nil) == "stage.held")
        #expect(Self.outcome(stage, by: ada, .owner, at: stage.dueAt - .microseconds(1)) == "published")
        #expect(Self.outcome(stage, by: ada, .owner, at: stage.dueAt) == "stage.over")
        for outcome in StageOutcome.allCases {
            let over = try Waiting.stage(end: Stage.End(outcome, at: Waiting.now, by: "user bob"))
            #expect(Self.outcome(over, by: ada, .owner) == "stage.over")
            #expect(throws: StageRefusal.self) { try StagePolicy.reject(over, at: Waiting.now) }
        }
        try StagePolicy.reject(stage, at: Waiting.now)
    }

    @Test("lose an approval when a file joins, and keep the most that was ever asked for")
    func joined() throws {
        let terms = try Waiting.setting(2)
        let stage = try Waiting.stage(terms: terms)
        let approval = try Waiting.approval(by: "bob", of: stage)
        let one = try Waiting.stage(terms: terms, approvals: [approval])
        #expect(one.state(at: Waiting.now) == .approvedByOne)
        let more = try Waiting.stage(
            terms: terms, files: stage.files + [Waiting.file("demo-1.0-cp314-cp314-win_amd64.whl")],
            approvals: [approval])
        #expect(more.state(at: Waiting.now) == .open && more.standingApprovals.isEmpty)
        #expect(StagePolicy.terms(joining: terms, with: .off) == terms)
        #expect(try StagePolicy.terms(joining: nil, with: Waiting.setting(1)) == Waiting.setting(1))
        #expect(try StagePolicy.terms(joining: Waiting.setting(1), with: terms) == terms)
    }

    @Test("stand where their end and their day say")
    func states() throws {
        for outcome in StageOutcome.allCases {
            let over = try Waiting.stage(end: Stage.End(outcome, at: Waiting.now, by: "user bob"))
            #expect(over.state(at: Waiting.now).rawValue == outcome.rawValue)
        }
        let stage = try Waiting.stage()
        #expect(stage.state(at: stage.dueAt - .microseconds(1)) == .open)
        #expect(stage.state(at: stage.dueAt) == .expired)
    }
}

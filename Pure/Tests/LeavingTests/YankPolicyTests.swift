import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Primitives
import Testing

@Suite("What can be yanked") struct YankPolicyTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(nothingLeft: Bool, ofSeveral: Bool, critical: Bool, needed: Bool, refused: Bool)] = [
        (false, true,  false, false, false),
        (false, true,  true,  false, false),
        (false, true,  false, true,  false),
        (false, true,  true,  true,  false),
        (true,  true,  false, false, false),
        (true,  true,  true,  false, true),
        (true,  true,  false, true,  true),
        (true,  true,  true,  true,  true),
        (true,  false, true,  false, false),
        (true,  false, false, true,  false),
        (true,  false, true,  true,  false),
    ]

    @Test("Nobody yanks the last of several that installers could choose of what others build on", arguments: table)
    func decide(nothingLeft: Bool, ofSeveral: Bool, critical: Bool, needed: Bool, refused: Bool) throws {
        let demo = try ProjectName(parsing: "demo")
        let facts = YankFacts(
            leavesNothingToChoose: nothingLeft, isLastOfSeveral: ofSeveral, isCritical: critical, isNeeded: needed)
        for isAdministrator in [false, true] {
            let ada = Actor(
                .user(UserID(1), try Username(parsing: "ada"), isAdministrator: isAdministrator), assurance: .password)
            var found: RemovalRefusal?
            do throws(RemovalRefusal) { try YankPolicy.decide(demo, by: ada, knowing: facts) } catch { found = error }
            #expect(found == (refused ? .nothingLeftToChoose(demo) : nil))
        }
        try YankPolicy.decide(demo, by: .operatorAtMachine, knowing: facts)
    }

    @Test("Nobody leaves another project here with no version that it can use, and who would be is named")
    func leavesNothingFor() throws {
        let demo = try ProjectName(parsing: "demo")
        let others = try ["flask", "django", "celery", "kombu", "vine"].map { try ProjectName(parsing: $0) }
        let ada = Actor(.user(UserID(1), try Username(parsing: "ada"), isAdministrator: false), assurance: .password)
        for isCritical in [false, true] {
            var facts = YankFacts(
                leavesNothingToChoose: false, isLastOfSeveral: true, isCritical: isCritical, isNeeded: true,
                leavesNothingFor: others)
            #expect(throws: RemovalRefusal.nothingLeftFor(demo, others)) {
                try YankPolicy.decide(demo, by: ada, knowing: facts)
            }
            try YankPolicy.decide(demo, by: .operatorAtMachine, knowing: facts)
            facts.leavesNothingFor = []
            try YankPolicy.decide(demo, by: ada, knowing: facts)
        }
        let words = RemovalRefusal.nothingLeftFor(demo, others)
        #expect(words.explanation.contains("flask, django, celery and 2 more") && words.kind == .conflict)
    }
}

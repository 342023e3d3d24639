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

    // The columns are the point: y for yanked, - for what is to go.
    // swift-format-ignore
    static let projects: [(files: String, needed: [String], nothing: Bool, several: Bool, atLoss: [String])] = [
        ("3.0- 2.0 1.0",    [">=2"],         false, true,  []),
        ("3.0- 2.0y 1.0",   [">=2"],         false, true,  ["p0"]),
        ("3.0 2.0- 1.0",    [">=2"],         false, true,  []),
        ("3.0y 2.0- 1.0",   [">=2", "<2"],   false, true,  ["p0"]),
        ("3.0 2.0 1.0-",    ["<2"],          false, true,  []),
        ("3.0 1.1y 1.0-",   ["<2", ">=1"],   false, true,  ["p0"]),
        ("2.0- 1.0y",       [">=1", ""],     true,  true,  ["p0"]),
        ("2.0-",            [">=1"],         true,  false, []),
        ("2.0y- 1.0y",      [">=1"],         false, true,  []),
        ("2.0- 2.0 1.0",    [">=2"],         false, true,  []),
        ("3.0rc1 2.0- 1.0", [">=2"],         false, true,  []),
        ("3.0- 2.0y 1.0",   ["<1", "==9"],   false, true,  []),
    ]

    @Test("What a yank leaves follows from what is there, what goes and what others need", arguments: projects)
    func facts(files: String, needed: [String], nothing: Bool, several: Bool, atLoss: [String]) throws {
        let choices = try files.split(separator: " ").map { text in
            YankFacts.Choice(
                version: try Version(parsing: String(text.prefix { $0 != "y" && $0 != "-" })),
                goes: text.hasSuffix("-"), canBeChosen: !text.contains("y"))
        }
        let dependents = try needed.enumerated().map { number, text in
            YankFacts.Dependent(
                try ProjectName(parsing: "p\(number)"), text.isEmpty ? [] : [try SpecifierSet(parsing: text)])
        }
        let found = YankFacts(choices, isCritical: true, neededBy: dependents)
        #expect(found.leavesNothingToChoose == nothing && found.isLastOfSeveral == several)
        #expect(found.leavesNothingFor.map(\.normalized) == atLoss)
        #expect(found.isCritical && found.isNeeded)
        #expect(!YankFacts(choices, isCritical: false, neededBy: []).isNeeded)
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

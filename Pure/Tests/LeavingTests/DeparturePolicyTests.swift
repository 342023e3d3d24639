import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC
import VectorSupport

@Suite("What becomes of it that somebody wants to take something away") struct DeparturePolicyTests {
    static let hour = Duration.hours(1)

    /// A case of the table: what is so, in words, and the facts.
    struct Case {
        let words: String
        let departures: [DepartureKind]
        let facts: DepartureFacts
        var actor: Actor
    }

    static func facts(_ change: (inout DepartureFacts) -> Void = { _ in }) -> DepartureFacts {
        let fresh = DepartureFacts.Use(age: hour * 3, downloads: 4)
        var facts = DepartureFacts(use: fresh, projectUse: fresh, hasAnotherOwner: true)
        change(&facts)
        return facts
    }

    static func cases() throws -> [Case] {
        let owner = Actor(.user(UserID(1), try Username(parsing: "ada"), isAdministrator: false), assurance: .password)
        let administrator = Actor(
            .user(UserID(2), try Username(parsing: "root"), isAdministrator: true), assurance: .password)
        let needing = try ["flask", "django"].map { try ProjectName(parsing: $0) }
        let all = DepartureKind.allCases
        let removals: [DepartureKind] = [.file, .release, .project]
        func row(
            _ words: String, _ kinds: [DepartureKind], by actor: Actor? = nil,
            _ change: (inout DepartureFacts) -> Void = { _ in }
        ) -> Case {
            Case(words: words, departures: kinds, facts: facts(change), actor: actor ?? owner)
        }
        return [
            row("new and hardly used", all),
            row("exactly 72 hours old", removals) {
                $0.use.age = hour * 72
                $0.projectUse.age = hour * 72
            },
            row("a second older than 72 hours", removals) {
                $0.use.age = hour * 72 + .seconds(1)
                $0.projectUse.age = hour * 72 + .seconds(1)
            },
            row("downloaded 100 times", removals) {
                $0.use.downloads = 100
                $0.projectUse.downloads = 100
            },
            row("downloaded 101 times", removals) {
                $0.use.downloads = 101
                $0.projectUse.downloads = 101
            },
            row("new, of an old project with much else", removals) {
                $0.projectUse = .init(age: .days(900), downloads: 5_000)
            },
            row("new, the last of an old project", removals) {
                $0.projectUse = .init(age: .days(900), downloads: 5_000)
                $0.leavesNothing = true
            },
            row("one newest release needs it", all) { $0.dependents = [needing[0]] },
            row("two newest releases need it", all) { $0.dependents = needing },
            row("critical", all) { $0.isCritical = true },
            row("critical, needed, old and used", all) {
                $0.isCritical = true
                $0.dependents = needing
                $0.use = .init(age: .days(30), downloads: 9_999)
                $0.projectUse = $0.use
            },
            row("old, with one owner", removals) {
                $0.use.age = .days(30)
                $0.projectUse.age = .days(30)
                $0.hasAnotherOwner = false
            },
            row("critical, wanted by an owner who is an administrator", all, by: administrator) {
                $0.isCritical = true
                $0.hasAnotherOwner = false
            },
            row(
                "critical, done by the operator at the machine", [.file, .release, .project, .archiving],
                by: .operatorAtMachine
            ) { $0.isCritical = true },
            row("critical, done by the index when the day has come", all, by: .index) { $0.isCritical = true },
            row("archived", removals) { $0.status = .archived },
            row("deprecated", removals) { $0.status = .deprecated },
            row("quarantined", all) { $0.status = .quarantined },
            row("quarantined, done by the operator at the machine", removals, by: .operatorAtMachine) {
                $0.status = .quarantined
            },
            row("asked for already", all) { $0.askedUntil = Day(number: 20_800) },
        ]
    }

    static func departure(_ kind: DepartureKind) throws -> Departure {
        let version = try Version(parsing: "1.0")
        return switch kind {
        case .file: .file("demo-1.0.tar.gz")
        case .release: .release(version)
        case .project: .project
        case .archiving: .archiving
        case .hiding: .hiding
        case .lastRole: .lastRole
        }
    }

    static func decision(
        _ kind: DepartureKind, _ facts: DepartureFacts, by actor: Actor, under rule: RemovalRule = .usual
    ) throws -> DepartureDecision {
        try DeparturePolicy.decide(
            departure(kind), of: ProjectName(parsing: "demo"), by: actor, knowing: facts, under: rule)
    }

    @Test("is what the golden table says, with a sentence for each row")
    func golden() throws {
        var text = ""
        for row in try Self.cases() {
            text += "\(row.words)\n"
            for kind in row.departures {
                let sentence: String
                do {
                    sentence = try Self.decision(kind, row.facts, by: row.actor).sentence
                } catch let refusal as RemovalRefusal {
                    sentence = "Refused (\(refusal.code)): \(refusal.explanation)"
                }
                text += "  \(kind.rawValue): \(sentence)\n"
            }
        }
        try Golden.expect(text, "departures.txt")
    }

    @Test("is never that an owner takes at once what is critical, or what another project needs")
    func neverAtOnce() throws {
        for kind in DepartureKind.allCases {
            for row in try Self.cases()
            where kind != .hiding && (row.facts.isCritical || !row.facts.dependents.isEmpty) {
                guard case .user = row.actor.identity, row.facts.status != .quarantined else { continue }
                guard case .request(let terms) = try Self.decision(kind, row.facts, by: row.actor) else {
                    Issue.record("\(kind) of what is \(row.words) goes at once")
                    continue
                }
                #expect(!terms.reasons.isEmpty)
                #expect(terms.wait == .days(row.facts.isCritical ? 30 : 14))
            }
        }
    }

    @Test("concerns those who run the index where others build on it, or where nobody else is left to agree")
    func concernsAdministrators() throws {
        let owner = try #require(try Self.cases().first).actor
        func concerns(
            _ kind: DepartureKind = .project, _ change: (inout DepartureFacts) -> Void
        ) throws -> Bool? {
            guard case .request(let terms) = try Self.decision(kind, Self.facts(change), by: owner) else { return nil }
            return terms.concernsAdministrators
        }
        let needing = try ProjectName(parsing: "flask")
        #expect(try concerns { $0.projectUse.age = .days(30) } == false, "another owner agrees to what is only old")
        #expect(try concerns { $0.projectUse.downloads = 9_999 } == false, "or only used")
        #expect(try concerns { $0.isCritical = true } == true)
        #expect(try concerns { $0.dependents = [needing] } == true)
        #expect(
            try concerns {
                $0.projectUse.age = .days(30)
                $0.hasAnotherOwner = false
            } == true, "an administrator is the one who agrees")
        #expect(try concerns(.lastRole) { _ in } == true)
    }

    @Test("is nothing that is not done on its day: nobody can ask for a project to be private")
    func hiding() throws {
        let demo = try ProjectName(parsing: "demo")
        for row in try Self.cases() where row.facts.status != .quarantined {
            #expect(throws: RemovalRefusal.noPrivateProjects) {
                try DeparturePolicy.decide(.hiding, of: demo, by: row.actor, knowing: row.facts, under: .usual)
            }
        }
    }

    @Test("is told as it is: what builds on it is nothing only where somebody asks who is held to that")
    func words() throws {
        let owner = try #require(try Self.cases().first).actor
        #expect(try Self.decision(.project, Self.facts(), by: owner).sentence.contains("nothing here builds on it"))
        let critical = Self.facts { $0.isCritical = true }
        for actor in [Actor.operatorAtMachine, .index] {
            #expect(try Self.decision(.project, critical, by: actor) == .asDecided)
            #expect(try !Self.decision(.project, critical, by: actor).sentence.contains("nothing here builds on it"))
        }
        let sentence = try Self.decision(.project, critical, by: owner).sentence
        #expect(sentence.contains("where nobody has confirmed it by then, nothing comes of it"))
        #expect(sentence.contains("everybody but who asked can take the project over"))
    }

    @Test("follows the numbers of the rule, and what is critical never waits less")
    func numbers() throws {
        let rule = RemovalRule(
            recentHours: 1, fewDownloads: 0, waitDays: 40, criticalWaitDays: 3, retentionDays: 10)
        #expect(rule.criticalWaitDays == 40)
        let owner = try #require(try Self.cases().first).actor
        let facts = Self.facts {
            $0.use = .init(age: Self.hour * 2, downloads: 1)
            $0.isCritical = true
        }
        let decision = try Self.decision(.release, facts, by: owner, under: rule)
        guard case .request(let terms) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(terms.wait == .days(40))
        #expect(terms.reasons == [.old(Self.hour * 2), .used(downloads: 1), .critical])
        let few = Self.facts { $0.use = .init(age: Self.hour, downloads: 0) }
        #expect(try Self.decision(.release, few, by: owner, under: rule) == .atOnce)
    }

    @Test("is stored by its kind, release and file, and what does not fit together is not read")
    func stored() throws {
        for kind in DepartureKind.allCases {
            let departure = try Self.departure(kind)
            #expect(departure.kind == kind)
            #expect(Departure(kind, version: departure.version, filename: departure.filename) == departure)
            #expect(Departure(kind, version: departure.version, filename: "demo-2.0.tar.gz") != departure)
        }
        #expect(Departure(.file, version: nil, filename: nil) == nil)
        #expect(Departure(.release, version: nil, filename: nil) == nil)
        #expect(Departure(.project, version: try Version(parsing: "1.0"), filename: nil) == nil)
    }
}

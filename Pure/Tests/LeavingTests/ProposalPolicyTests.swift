import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC
import VectorSupport

@Suite("What is proposed about a project") struct ProposalPolicyTests {
    static let due = Timestamp(seconds: 1_800_000_000)
    static let digest = String(repeating: "0f", count: 32)

    static func demo() throws -> ProjectName { try ProjectName(parsing: "demo") }

    static func proposal(_ kind: ProposalKind, end: Proposal.End? = nil) throws -> Proposal {
        let matter: Proposal.Matter =
            switch kind {
            case .restoration:
                .restoration(
                    of: .project,
                    files: [ReturningFile(filename: "demo-1.0.tar.gz", sha256: digest, isGiven: false)])
            case .erasure: .erasure(of: .release(try Version(parsing: "1.0")), .courtOrder)
            case .nameRelease: .nameRelease
            }
        return Proposal(
            id: ProposalID(7), project: try demo(), matter: matter, reason: "because", proposedBy: "user root",
            proposedAt: due - .days(30), dueAt: due, end: end)
    }

    /// Who answers, in words.
    static func actors() throws -> [(String, Actor)] {
        func user(_ number: Int64, _ name: String) throws -> Actor {
            Actor(
                .user(UserID(number), try Username(parsing: name), isAdministrator: name != "ada"),
                assurance: .secondFactor)
        }
        return [
            ("who proposed it", try user(1, "root")), ("another person", try user(2, "ada")),
            ("the operator at the machine", .operatorAtMachine),
        ]
    }

    static func decide(
        _ answer: ProposalAnswer, _ proposal: Proposal, by actor: Actor, isCritical: Bool, at now: Timestamp
    ) -> ProposalRefusal? {
        do {
            try ProposalPolicy.decide(answer, to: proposal, by: actor, isCritical: isCritical, at: now)
            return nil
        } catch { return error }
    }

    @Test("is answered as the golden table says: every answer, before and on the day, critical or not, by everybody")
    func golden() throws {
        var text = ""
        for kind in ProposalKind.allCases {
            for isCritical in [false, true] {
                let wait = ProposalPolicy.wait(for: kind, isCritical: isCritical, under: .usual)
                text +=
                    "\(kind.rawValue), \(isCritical ? "critical" : "not critical"): others are asked \(wait.inDays); on its "
                text += "day it \(ProposalPolicy.day(of: kind, isCritical: isCritical).rawValue)\n"
                for answer in ProposalAnswer.allCases where answer.kind ?? kind == kind {
                    for (name, actor) in try Self.actors() {
                        let answers = try [Self.due - .microseconds(1), Self.due].map {
                            Self.decide(answer, try Self.proposal(kind), by: actor, isCritical: isCritical, at: $0)?
                                .code ?? "yes"
                        }
                        text += "  \(answer.rawValue) by \(name): before the day \(answers[0]), on it \(answers[1])\n"
                    }
                }
            }
        }
        text += "\nRefusals\n"
        let version = try Version(parsing: "1.0")
        let day = Self.due.day
        let refusals: [ProposalRefusal] =
            try [
                .noSuchProposal(Self.demo()), .alreadyProposed(Self.demo(), until: day), .reasonNeeded,
                .changedSince(Self.demo()), .ownProposal(Self.demo()), .dayHasCome(Self.demo(), day),
                .waitsUntil(Self.demo(), day), .notCritical(Self.demo()), .ownersAnswer(Self.demo()),
                .nothingToReturn(Self.demo()), .tooManyFiles(Self.demo()), .nothingToErase(Self.demo()),
                .nameIsNotAtRest(Self.demo()), .askOwners(Self.demo()), .neverPublished(Self.demo(), "demo-1.0.tar.gz"),
                .erasedByLaw("demo-1.0.tar.gz", .courtOrder), .notLocked("demo-1.0.tar.gz"),
                .otherDigest("demo-1.0.tar.gz", in: .lockFiles), .otherDigest("demo-1.0.tar.gz", in: .log),
                .hasBytes("demo-1.0.tar.gz"),
            ] + ProposalOutcome.allCases.map { .over(try Self.demo(), $0, day) }
        for refusal in refusals { text += "  \(refusal.code) (\(refusal.kind)): \(refusal.explanation)\n" }
        text += "\nTombstones\n"
        for category in ErasureCategory.allCases {
            let stone = Tombstone(filename: "demo-1.0.tar.gz", version: version, category: category, at: Self.due)
            text += "  \(stone.sentence)\n"
        }
        try Golden.expect(text, "proposals.txt")
    }

    /// What is said to an answer, one microsecond before the day and on it; nil where it may be given.
    struct Row {
        let answer: ProposalAnswer
        let kind: ProposalKind
        let isCritical: Bool
        /// Its place among `actors`.
        let actor: Int
        let before: ProposalRefusal?
        let onDay: ProposalRefusal?
    }

    static func rows() throws -> [Row] {
        let dayHasCome = ProposalRefusal.dayHasCome(try demo(), due.day)
        let waits = ProposalRefusal.waitsUntil(try demo(), due.day)
        let ownersAnswer = ProposalRefusal.ownersAnswer(try demo())
        let own = ProposalRefusal.ownProposal(try demo())
        let notCritical = ProposalRefusal.notCritical(try demo())
        let (proposer, another, operatorAtMachine) = (0, 1, 2)
        var rows: [Row] = []
        func add(
            _ answer: ProposalAnswer, _ kind: ProposalKind, _ isCritical: Bool, by actors: [Int],
            _ before: ProposalRefusal?, _ onDay: ProposalRefusal?
        ) {
            rows += actors.map {
                Row(answer: answer, kind: kind, isCritical: isCritical, actor: $0, before: before, onDay: onDay)
            }
        }
        let all = [proposer, another, operatorAtMachine]
        for answer in [ProposalAnswer.approve, .decline] {
            add(answer, .restoration, false, by: [proposer, another], nil, dayHasCome)
            add(answer, .restoration, false, by: [operatorAtMachine], ownersAnswer, dayHasCome)
            add(answer, .restoration, true, by: [proposer, another], nil, nil)
            add(answer, .restoration, true, by: [operatorAtMachine], ownersAnswer, ownersAnswer)
        }
        add(.decide, .restoration, false, by: all, notCritical, dayHasCome)
        add(.decide, .restoration, true, by: all, waits, nil)
        for isCritical in [false, true] {
            add(.confirm, .erasure, isCritical, by: [proposer], own, dayHasCome)
            add(.confirm, .erasure, isCritical, by: [another, operatorAtMachine], nil, dayHasCome)
            add(.withdraw, .erasure, isCritical, by: all, nil, dayHasCome)
            add(.object, .nameRelease, isCritical, by: [proposer, another], nil, dayHasCome)
            add(
                .object, .nameRelease, isCritical, by: [operatorAtMachine], ownersAnswer,
                isCritical ? ownersAnswer : dayHasCome)
            add(.withdraw, .restoration, isCritical, by: all, nil, isCritical ? nil : dayHasCome)
            add(.withdraw, .nameRelease, isCritical, by: all, nil, isCritical ? nil : dayHasCome)
        }
        add(.release, .nameRelease, false, by: all, waits, dayHasCome)
        add(.release, .nameRelease, true, by: [proposer], waits, own)
        add(.release, .nameRelease, true, by: [another, operatorAtMachine], waits, nil)
        return rows
    }

    @Test("is answered until its day, by who is asked, and afterwards only where it waits for those who run the index")
    func answers() throws {
        let actors = try Self.actors()
        let rows = try Self.rows()
        for row in rows {
            let (name, actor) = actors[row.actor]
            for (now, said) in [(Self.due - .microseconds(1), row.before), (Self.due, row.onDay)] {
                #expect(
                    Self.decide(
                        row.answer, try Self.proposal(row.kind), by: actor, isCritical: row.isCritical, at: now)
                        == said,
                    "\(row.answer) of \(row.kind), critical: \(row.isCritical), by \(name), at \(now)")
            }
        }
        let each = ProposalKind.allCases.flatMap { kind in
            ProposalAnswer.allCases.filter { $0.kind ?? kind == kind }
        }
        #expect(rows.count == each.count * 2 * actors.count, "each answer to each kind, critical or not, by each")
    }

    @Test("waits 14 days for another administrator where it erases, and brings back 2,000 files at most")
    func limits() throws {
        for isCritical in [false, true] {
            #expect(ProposalPolicy.wait(for: .erasure, isCritical: isCritical, under: .usual) == .days(14))
        }
        #expect(ProposalPolicy.mostFiles == 2_000)
        let refusal = ProposalRefusal.tooManyFiles(try Self.demo())
        #expect(refusal.explanation.hasPrefix("At most 2000 files of 'demo'"))
    }

    @Test("is not answered twice, whatever became of it", arguments: ProposalKind.allCases, ProposalOutcome.allCases)
    func once(kind: ProposalKind, outcome: ProposalOutcome) throws {
        let over = try Self.proposal(kind, end: .init(outcome, at: Self.due - .days(1)))
        for answer in ProposalAnswer.allCases where answer.kind ?? kind == kind {
            for (_, actor) in try Self.actors() {
                #expect(
                    Self.decide(answer, over, by: actor, isCritical: true, at: Self.due)
                        == .over(try Self.demo(), outcome, (Self.due - .days(1)).day))
            }
        }
    }

    @Test("is not answered with what answers something else")
    func otherKind() throws {
        for kind in ProposalKind.allCases {
            for answer in ProposalAnswer.allCases where answer.kind != nil && answer.kind != kind {
                #expect(
                    Self.decide(
                        answer, try Self.proposal(kind), by: .operatorAtMachine, isCritical: true, at: Self.due)
                        == .noSuchProposal(try Self.demo()))
            }
        }
    }

    @Test("never erases, or lets go a name that was critical, by the one person who proposed it")
    func twoPeople() throws {
        let (_, root) = try #require(try Self.actors().first)
        for moment in [Self.due - .days(1), Self.due, Self.due + .days(1)] {
            #expect(
                Self.decide(.confirm, try Self.proposal(.erasure), by: root, isCritical: false, at: moment) != nil)
            #expect(
                Self.decide(.release, try Self.proposal(.nameRelease), by: root, isCritical: true, at: moment) != nil)
        }
        for kind in ProposalKind.allCases {
            #expect(ProposalPolicy.day(of: kind, isCritical: true) != .takesEffect)
        }
    }

    /// A case of bytes that somebody gives: what is so, and what is said to it.
    static let given: [(String, GivenFileFacts, ProposalRefusal?)] = {
        let other = String(repeating: "f0", count: 32)
        let file = "demo-1.0.tar.gz"
        return [
            ("what the log has", GivenFileFacts(sha256: digest, logged: [digest]), nil),
            (
                "what log and locks have", GivenFileFacts(sha256: digest, locked: [digest], logged: [digest]), nil
            ),
            ("other bytes", GivenFileFacts(sha256: other, logged: [digest]), .otherDigest(file, in: .log)),
            (
                "what the log has in two ways", GivenFileFacts(sha256: digest, logged: [digest, other]),
                .otherDigest(file, in: .log)
            ),
            (
                "what a lock names otherwise",
                GivenFileFacts(sha256: digest, locked: [other], logged: [digest]), .otherDigest(file, in: .lockFiles)
            ),
            (
                "what two locks name in two ways",
                GivenFileFacts(sha256: digest, locked: [digest, other], logged: [digest]),
                .otherDigest(file, in: .lockFiles)
            ),
            (
                "what no lock names", GivenFileFacts(sha256: digest, locked: [], logged: [digest]), .notLocked(file)
            ),
            (
                "what was erased by law", GivenFileFacts(sha256: digest, logged: [digest], erasedFor: .secret),
                .erasedByLaw(file, .secret)
            ),
            ("what is here", GivenFileFacts(sha256: digest, logged: [digest], hasBytes: true), .hasBytes(file)),
        ]
    }()

    @Test(
        "takes bytes that somebody gives for what was published only where every digest says so",
        arguments: given.indices)
    func givenFile(index: Int) throws {
        let (words, facts, refusal) = Self.given[index]
        do {
            try GivenFilePolicy.decide("demo-1.0.tar.gz", of: Self.demo(), knowing: facts)
            #expect(refusal == nil, "\(words)")
        } catch { #expect(error as? ProposalRefusal == refusal, "\(words)") }
        #expect(throws: ProposalRefusal.neverPublished(try Self.demo(), "demo-1.0.tar.gz")) {
            try GivenFilePolicy.decide(
                "demo-1.0.tar.gz", of: Self.demo(), knowing: GivenFileFacts(sha256: Self.digest, logged: []))
        }
    }
}

import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC

@Suite("What administrators do") struct AdministrationTests {
    static let now = Timestamp(seconds: 1_000_000)

    /// Judges an act on another's project or account, or on the index.
    static func permit(
        _ act: Act, to actor: Actor, _ facts: AccountFacts = AccountFacts(hasSecondFactor: true),
        at now: Timestamp = now
    ) throws {
        switch act {
        case .project(let act):
            let facts = ProjectFacts(exists: true, role: nil)
            _ = try AccessPolicy.permit(act, on: ProjectName(parsing: "demo"), to: actor, knowing: facts, at: now)
        case .account(let act):
            _ = try AccessPolicy.permit(act, on: Username(parsing: "bob"), to: actor, knowing: facts, at: now)
        case .index(let act): _ = try AccessPolicy.permit(act, to: actor, at: now)
        }
    }

    static func person(
        _ assurance: Assurance, isAdministrator: Bool = true, isFresh: Bool = true, probationUntil: Timestamp? = nil
    ) throws -> Actor {
        Actor(
            .user(UserID(1), try Username(parsing: "root"), isAdministrator: isAdministrator), assurance: assurance,
            session: SessionStanding(
                // Of an act that takes a proof for what it is about, signing in is not one.
                proofs: isFresh
                    ? [Proof(assurance, at: now)]
                        + Act.allCases.filter { $0.has(.boundProof) }.map {
                            Proof(assurance, at: now, scope: .act($0, object: ""))
                        } : [], strongest: assurance,
                probationUntil: probationUntil, factorProbationUntil: probationUntil))
    }

    static func may(_ action: Act, _ actor: Actor) -> Bool { (try? permit(action, to: actor)) != nil }

    @Test(
        "is what they can do and others cannot, and of each it is decided what it gives away",
        arguments: Act.allCases)
    func acts(action: Act) throws {
        let (root, other) = (
            try Self.person(.attestedHardware), try Self.person(.attestedHardware, isAdministrator: false)
        )
        let isTheirs =
            Self.may(action, root) && !Self.may(action, other) && !Self.may(action, .anonymous)
        #expect((action.gain != nil) == isTheirs)
    }

    @Test("takes at least what the strongest thing is worth that it gives away", arguments: Act.allCases)
    func worth(action: Act) throws {
        guard let gain = action.gain else { return }
        for assurance in Assurance.allCases where assurance < gain.leastAssurance {
            #expect(!Self.may(action, try Self.person(assurance)), "\(assurance)")
        }
        if gain != .nothing { #expect(action.needsFreshProof) }
    }

    @Test("is worth as much as all that follows from it: who makes an administrator has the most of all")
    func administration() throws {
        #expect(Gain.allCases.map(\.leastAssurance).max() == Gain.administration.leastAssurance)
        let facts = AccountFacts(gain: .administration)
        #expect(throws: AccessRefusal.tooWeak(needs: .attestedHardware)) {
            try Self.permit(.account(.addUser), to: Self.person(.phishingResistant), facts)
        }
        try Self.permit(.account(.addUser), to: Self.person(.attestedHardware), facts)
        try Self.permit(.account(.addUser), to: Self.person(.secondFactor), AccountFacts(gain: .newAccount))
    }
}

import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC

@Suite("Who may do what to an account") struct AccountPolicyTests {
    static let now = Timestamp(seconds: 1_000_000)

    static func actor(
        _ name: String = "ada", _ assurance: Assurance = .password, isAdministrator: Bool = false,
        session: SessionStanding?
    ) throws -> Actor {
        Actor(
            .user(UserID(1), try Username(parsing: name), isAdministrator: isAdministrator), assurance: assurance,
            session: session)
    }

    /// Signed in just now, with the strongest that the account has.
    static func fresh(_ assurance: Assurance = .password) -> SessionStanding {
        SessionStanding(proofs: [Proof(assurance, at: now)], strongest: assurance)
    }

    static let accountActions: [AccountAct] = [
        .setPassword, .addAddress, .removeAddress, .setPrimaryAddress, .verifyAddress, .issueToken, .revokeToken,
        .endSession, .stepUp, .addSecurityKey, .renameSecurityKey, .removeSecurityKey, .addAuthenticatorApp,
        .removeAuthenticatorApp, .makeRecoveryCodes, .requestRecovery, .cancelRecovery, .askDeletion, .stopDeletion,
    ]

    @Test("People do all of it to their own account, and nothing to another's", arguments: accountActions)
    func own(action: AccountAct) throws {
        let actor = try Self.actor("ada", .phishingResistant, session: Self.fresh(.phishingResistant))
        let facts = AccountFacts(hasSecondFactor: true)
        let permit = try AccessPolicy.permit(
            action, on: Username(parsing: "ada"), to: actor, knowing: facts, at: Self.now)
        #expect(permit.action == .account(action) && permit.actor == actor && permit.at == Self.now)
        #expect(throws: AccessRefusal.self) {
            try AccessPolicy.permit(action, on: Username(parsing: "bob"), to: actor, knowing: facts, at: Self.now)
        }
    }

    @Test(
        "An administrator ends what must end, and never sets another's password or factors", arguments: accountActions)
    func administrator(action: AccountAct) throws {
        let root = try Self.actor(
            "root", .attestedHardware, isAdministrator: true, session: Self.fresh(.attestedHardware))
        let permit = try? AccessPolicy.permit(
            action, on: Username(parsing: "ada"), to: root, knowing: AccountFacts(hasSecondFactor: true), at: Self.now)
        let may: Set<AccountAct> = [.revokeToken, .endSession, .cancelRecovery, .stopDeletion]
        #expect((permit != nil) == may.contains(action))
    }

    @Test("A fresh proof is at most five minutes old, as strong as the account can be, and for this act and object")
    func freshProof() throws {
        // The columns are the point.
        // swift-format-ignore
        let cases: [(Assurance, secondsAgo: Int, Proof.Scope, suffices: Bool)] = [
            (.phishingResistant, 0,    .everything,                         true),
            (.phishingResistant, 300,  .everything,                         true),
            (.phishingResistant, 301,  .everything,                         false),
            (.phishingResistant, -1,   .everything,                         false),
            (.secondFactor,      0,    .everything,                         false),
            (.password,          0,    .everything,                         false),
            (.attestedHardware,  0,    .everything,                         true),
            (.phishingResistant, 10,   .act(.account(.removeSecurityKey), object: "7"), true),
            (.phishingResistant, 10,   .act(.account(.removeSecurityKey), object: "8"), false),
            (.phishingResistant, 10,   .act(.account(.issueToken), object: "7"),        false),
            (.phishingResistant, 301,  .act(.account(.removeSecurityKey), object: "7"), false),
        ]
        for (assurance, ago, scope, suffices) in cases {
            let proof = Proof(assurance, at: Self.now - .seconds(ago), scope: scope)
            let session = SessionStanding(proofs: [proof], strongest: .phishingResistant)
            let actor = try Self.actor("ada", .phishingResistant, session: session)
            let permit = try? AccessPolicy.permit(
                .removeSecurityKey, on: Username(parsing: "ada"), object: "7", to: actor,
                knowing: AccountFacts(hasSecondFactor: true), at: Self.now)
            #expect((permit != nil) == suffices, "\(assurance) \(ago) \(scope)")
        }
    }

    // Every act on one's own account. The columns are the point.
    // swift-format-ignore
    static let ownActs: [(AccountAct, asksAfresh: Bool)] = [
        (.setPassword,            true),
        (.addAddress,             true),
        (.removeAddress,          true),
        (.setPrimaryAddress,      true),
        (.addSecurityKey,         true),
        (.renameSecurityKey,      true),
        (.removeSecurityKey,      true),
        (.addAuthenticatorApp,    true),
        (.removeAuthenticatorApp, true),
        (.makeRecoveryCodes,      true),
        (.issueToken,             true),
        (.askDeletion,            true),
        // The link's secret, or the code, is the proof.
        (.verifyAddress,          false),
        (.useRecoveryCode,        false),
        (.completeRecovery,       false),
        // Nobody should be kept from stopping something, or from asking for help.
        (.revokeToken,            false),
        (.endSession,             false),
        (.cancelRecovery,         false),
        (.requestRecovery,        false),
        (.stopDeletion,           false),
        // These are how somebody shows who they are.
        (.signIn,                 false),
        (.stepUp,                 false),
        // The mailed link is what is shown.
        (.disownFactors,          false),
        // Its holder is told by mail, and most of those it is for have but a password.
        (.issueGiveawayCode,      false),
    ]

    @Test(
        "Anyone who changes a password, an address or a factor has shown who they are within five minutes",
        arguments: ownActs)
    func afresh(action: AccountAct, asksAfresh: Bool) throws {
        for assurance in [Assurance.password, .secondFactor, .attestedHardware] {
            var session = SessionStanding(
                proofs: [Proof(assurance, at: Self.now - .seconds(301))], strongest: assurance)
            // The first factor of an account is no exception.
            session.firstEnrolmentUntil = Self.now + .seconds(60)
            func judge() throws {
                _ = try AccessPolicy.permit(
                    action, on: Username(parsing: "ada"), to: Self.actor("ada", assurance, session: session),
                    knowing: AccountFacts(hasSecondFactor: assurance > .password), at: Self.now)
            }
            if asksAfresh {
                let stepUp = StepUp(action: .account(action), object: "", assurance: assurance)
                #expect(throws: AccessRefusal.freshProofNeeded(stepUp)) { try judge() }
                session.proofs.append(Proof(assurance, at: Self.now - .seconds(300)))
            }
            try judge()
        }
    }

    @Test("The table of acts on one's own account has all of them")
    func allOwnActs() throws {
        let listed = Set(Self.ownActs.map(\.0))
        let actor = try Self.actor("ada", .attestedHardware, session: Self.fresh(.attestedHardware))
        for action in AccountAct.allCases {
            let permit = try? AccessPolicy.permit(
                action, on: Username(parsing: "ada"), to: actor, knowing: AccountFacts(hasSecondFactor: true),
                at: Self.now)
            #expect((permit != nil) == listed.contains(action), "\(action)")
        }
    }

    @Test("A token does nothing that asks for a fresh proof")
    func token() throws {
        let actor = try Self.actor("ada", .attestedHardware, session: nil)
        for action in AccountAct.allCases where action.has(.freshProof) && Self.accountActions.contains(action) {
            #expect(throws: AccessRefusal.sessionNeeded) {
                try AccessPolicy.permit(
                    action, on: Username(parsing: "ada"), to: actor, knowing: AccountFacts(hasSecondFactor: true),
                    at: Self.now)
            }
        }
    }

    @Test("The first factor takes the mailed link; the password alone, however fresh, is not enough")
    func firstEnrolment() throws {
        let ada = try Username(parsing: "ada")
        for action in [AccountAct.addSecurityKey, .addAuthenticatorApp] {
            var session = Self.fresh()
            #expect(throws: AccessRefusal.enrolmentLinkNeeded) {
                try AccessPolicy.permit(
                    action, on: ada, to: Self.actor(session: session), knowing: AccountFacts(), at: Self.now)
            }
            session.firstEnrolmentUntil = Self.now
            #expect(throws: AccessRefusal.enrolmentLinkNeeded) {
                try AccessPolicy.permit(
                    action, on: ada, to: Self.actor(session: session), knowing: AccountFacts(), at: Self.now)
            }
            session.firstEnrolmentUntil = Self.now + .seconds(1)
            _ = try AccessPolicy.permit(
                action, on: ada, to: Self.actor(session: session), knowing: AccountFacts(), at: Self.now)
            // Nor is the link enough without the password, shown just now.
            let proofs = session.proofs
            session.proofs = [Proof(.password, at: Self.now - .seconds(301))]
            #expect(
                throws: AccessRefusal.freshProofNeeded(
                    StepUp(action: .account(action), object: "", assurance: .password))
            ) {
                try AccessPolicy.permit(
                    action, on: ada, to: Self.actor(session: session), knowing: AccountFacts(), at: Self.now)
            }
            session.proofs = proofs
            // The link is for the first factor; the second one takes the first.
            session.strongest = .phishingResistant
            #expect(throws: AccessRefusal.self) {
                try AccessPolicy.permit(
                    action, on: ada, to: Self.actor(session: session), knowing: AccountFacts(hasSecondFactor: true),
                    at: Self.now)
            }
        }
    }

    @Test("A session that is held to something can do that and sign out, and nothing else", arguments: Act.allCases)
    func restricted(action: Act) throws {
        let always: Set<Act> = [.account(.endSession)]
        let allowed: [SessionRestriction: [AccountAct]] = [
            .secondFactorDue: [.useRecoveryCode, .requestRecovery, .completeRecovery],
            .enrolmentOnly: [.addSecurityKey, .addAuthenticatorApp],
            .passwordChangeOnly: [.setPassword, .stepUp],
        ]
        for restriction in SessionRestriction.allCases {
            let may = always.union(allowed[restriction, default: []].map(Act.account))
            #expect(restriction.allows(action) == may.contains(action), "\(restriction) \(action)")
        }
        guard action != .account(.register) else { return }
        let session = SessionStanding(
            restriction: .secondFactorDue, proofs: [Proof(.attestedHardware, at: Self.now)], strongest: .password)
        guard !SessionRestriction.secondFactorDue.allows(action) else { return }
        let actor = try Self.actor("ada", .attestedHardware, isAdministrator: true, session: session)
        #expect(throws: AccessRefusal.restricted(.secondFactorDue)) {
            try AdministrationTests.permit(action, to: actor, AccountFacts(actorCanVouch: true))
        }
    }

    @Test(
        "Vouching takes a co-owner or an administrator, a second factor, for a recovery a key, and is for others only")
    func vouching() throws {
        let bob = try Username(parsing: "bob")
        // The columns are the point.
        // swift-format-ignore
        let cases: [(AccountAct, Assurance, coOwner: Bool, administrator: Bool, may: Bool)] = [
            (.endProbation,    .password,          true,  false, false),
            (.endProbation,    .secondFactor,      true,  false, true),
            (.endProbation,    .secondFactor,      false, false, false),
            (.endProbation,    .secondFactor,      false, true,  true),
            (.approveRecovery, .secondFactor,      true,  false, false),
            (.approveRecovery, .phishingResistant, true,  false, true),
            (.approveRecovery, .phishingResistant, false, false, false),
            (.approveRecovery, .phishingResistant, false, true,  true),
        ]
        for (action, assurance, isCoOwner, isAdministrator, may) in cases {
            let actor = try Self.actor(
                "ada", assurance, isAdministrator: isAdministrator, session: Self.fresh(assurance))
            let facts = AccountFacts(hasSecondFactor: true, actorCanVouch: isCoOwner)
            let permit = try? AccessPolicy.permit(action, on: bob, to: actor, knowing: facts, at: Self.now)
            #expect((permit != nil) == may, "\(action) \(assurance) \(isCoOwner) \(isAdministrator)")
            #expect(throws: AccessRefusal.self) {
                try AccessPolicy.permit(action, on: Username(parsing: "ada"), to: actor, knowing: facts, at: Self.now)
            }
        }
    }

    @Test("A project that requires more refuses publishing and changing to what is weaker, and yanking to nobody")
    func projectRequirement() throws {
        let demo = try ProjectName(parsing: "demo")
        for required in Assurance.allCases where required >= .password {
            for shown in Assurance.allCases where shown >= .password {
                let actor = try Self.actor("ada", shown, session: Self.fresh(shown))
                let facts = ProjectFacts(
                    exists: true, role: .owner, mandate: MandateFacts(requiredByOwners: required))
                for action in [ProjectAct.uploadFile, .createRelease, .addRole, .removeRole, .changeProjectStatus] {
                    let permit = try? AccessPolicy.permit(action, on: demo, to: actor, knowing: facts, at: Self.now)
                    #expect((permit != nil) == (shown >= required), "\(action) \(shown) of \(required)")
                }
                _ = try AccessPolicy.permit(.yankRelease, on: demo, to: actor, knowing: facts, at: Self.now)
            }
        }
    }

    @Test("An account on probation has no right on projects that require two factors, and every right on others")
    func probation() throws {
        let demo = try ProjectName(parsing: "demo")
        let actor = try Self.actor("ada", .attestedHardware, session: Self.fresh(.attestedHardware))
        var facts = ProjectFacts(
            exists: true, role: .owner,
            mandate: MandateFacts(requiredByOwners: .secondFactor, probationUntil: Self.now + .seconds(1)))
        let refusal = #expect(throws: AccessRefusal.self) {
            try AccessPolicy.permit(.uploadFile, on: demo, to: actor, knowing: facts, at: Self.now)
        }
        #expect(refusal?.code == "access.on-probation")
        _ = try AccessPolicy.permit(.yankRelease, on: demo, to: actor, knowing: facts, at: Self.now)
        _ = try AccessPolicy.permit(.uploadFile, on: demo, to: actor, knowing: facts, at: Self.now + .seconds(1))
        facts.mandate.requiredByOwners = .password
        _ = try AccessPolicy.permit(.uploadFile, on: demo, to: actor, knowing: facts, at: Self.now)
    }
}

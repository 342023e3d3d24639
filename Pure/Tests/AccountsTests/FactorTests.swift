import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC

@Suite("The factors of an account") struct AccountFactorsTests {
    static let now = Timestamp(seconds: 1_000_000)

    static func key(
        _ id: Int64, isAttested: Bool = false, isBackupEligible: Bool = false, verifiesUser: Bool = true,
        isFrozen: Bool = false
    ) -> SecurityKey {
        SecurityKey(
            id: FactorID(id), label: "Key \(id)", credentialID: [UInt8(id)], publicKey: [], signCount: 0,
            isBackupEligible: isBackupEligible, isBackedUp: false, verifiesUser: verifiesUser, isDiscoverable: false,
            transports: [], attestationFormat: "packed", isAttested: isAttested, aaguid: nil, attestationKeyID: nil,
            modelName: nil, addedAt: Timestamp(seconds: 0), frozenAt: isFrozen ? Timestamp(seconds: 1) : nil)
    }
    static let app = AuthenticatorApp(
        id: FactorID(9), sealedSecret: [], lastCounter: nil, addedAt: Timestamp(seconds: 0),
        lastUsedAt: nil)

    @Test("prove as much as the strongest that is taken")
    func strongest() {
        #expect(AccountFactors().strongest == .password)
        #expect(AccountFactors(recoveryCodesLeft: 10).strongest == .password)
        #expect(AccountFactors(authenticatorApps: [Self.app]).strongest == .secondFactor)
        #expect(
            AccountFactors(securityKeys: [Self.key(1)], authenticatorApps: [Self.app]).strongest == .phishingResistant)
        #expect(AccountFactors(securityKeys: [Self.key(1, isAttested: true)]).strongest == .attestedHardware)
        #expect(
            AccountFactors(securityKeys: [Self.key(1, isAttested: true, isBackupEligible: true)]).strongest
                == .phishingResistant)
        #expect(
            AccountFactors(securityKeys: [Self.key(1, isAttested: true, verifiesUser: false)]).strongest
                == .phishingResistant)
    }

    @Test("still ask for a second factor when the only key is frozen")
    func frozen() {
        let factors = AccountFactors(securityKeys: [Self.key(1, isFrozen: true)])
        #expect(factors.hasSecondFactor && factors.strongest == .secondFactor && factors.usableKeys.isEmpty)
    }

    @Test("A use proves hardware only with a trusted model, a key that cannot be copied, and a holder who was verified")
    func assurance() {
        for isAttested in [false, true] {
            for isEligible in [false, true] {
                for verified in [false, true] {
                    let key = Self.key(1, isAttested: isAttested, isBackupEligible: isEligible)
                    let expected: Assurance =
                        isAttested && !isEligible && verified ? .attestedHardware : .phishingResistant
                    #expect(key.assurance(userWasVerified: verified) == expected)
                }
            }
        }
    }

    @Test("The last factor stays while its holder has a role on a project that requires two")
    func removal() throws {
        let one = AccountFactors(securityKeys: [Self.key(1)], recoveryCodesLeft: 10)
        #expect(throws: FactorRefusal.lastFactor(projects: ["demo"])) {
            try FactorPolicy.decideRemoval(
                of: FactorID(1), from: one, bindingProjects: ["demo"], actorOnProbation: nil, at: Self.now)
        }
        try FactorPolicy.decideRemoval(
            of: FactorID(1), from: one, bindingProjects: [], actorOnProbation: nil, at: Self.now)
        let two = AccountFactors(securityKeys: [Self.key(1)], authenticatorApps: [Self.app])
        try FactorPolicy.decideRemoval(
            of: FactorID(1), from: two, bindingProjects: ["demo"], actorOnProbation: nil, at: Self.now)
        try FactorPolicy.decideRemoval(
            of: FactorID(9), from: two, bindingProjects: ["demo"], actorOnProbation: nil, at: Self.now)
        #expect(throws: FactorRefusal.noSuchFactor) {
            try FactorPolicy.decideRemoval(
                of: FactorID(2), from: two, bindingProjects: [], actorOnProbation: nil, at: Self.now)
        }
    }
}

@Suite("A factor on probation") struct FactorProbationTests {
    private static let until = AccountFactorsTests.now + .seconds(60)

    @Test("does nothing that takes a way back from the account's holder, until its probation is over")
    func acts() throws {
        let ada = try Username(parsing: "ada")
        for (moment, refused) in [
            (
                AccountFactorsTests.now,
                [AccountAct.removeAddress, .setPrimaryAddress, .makeRecoveryCodes, .cancelRecovery]
            ),
            (Self.until, []),
        ] {
            let session = SessionStanding(
                proofs: [Proof(.phishingResistant, at: moment)], strongest: .phishingResistant, factor: FactorID(1),
                factorProbationUntil: Self.until)
            let actor = Actor(
                .user(UserID(1), ada, isAdministrator: true), assurance: .phishingResistant, session: session)
            let found = AccountAct.allCases.filter { action in
                do throws(AccessRefusal) {
                    _ = try AccessPolicy.permit(
                        action, on: ada, to: actor, knowing: AccountFacts(hasSecondFactor: true), at: moment)
                    return false
                } catch {
                    return error == .factorOnProbation(until: Self.until)
                }
            }
            #expect(Set(found) == Set(refused))
        }
    }

    @Test("removes one that is on probation, and none that was there before")
    func removal() throws {
        var new = AccountFactorsTests.key(2)
        new.probationUntil = Self.until
        let factors = AccountFactors(
            securityKeys: [AccountFactorsTests.key(1), new], authenticatorApps: [AccountFactorsTests.app])
        func remove(_ id: Int64, _ probation: Timestamp?, at moment: Timestamp) throws(FactorRefusal) {
            try FactorPolicy.decideRemoval(
                of: FactorID(id), from: factors, bindingProjects: [], actorOnProbation: probation, at: moment)
        }
        let now = AccountFactorsTests.now
        for id in [1, 9] as [Int64] {
            #expect(throws: FactorRefusal.earlierFactorStays(until: Self.until)) { try remove(id, Self.until, at: now) }
            try remove(id, nil, at: now)
            try remove(id, Self.until, at: Self.until)
        }
        try remove(2, Self.until, at: now)
    }

    @Test("The strongest is asked of those that are not lost, and a lost one still asks for a second factor")
    func lost() {
        var lost = AccountFactorsTests.key(1, isAttested: true)
        lost.isLost = true
        #expect(AccountFactors(securityKeys: [lost]).strongest == .secondFactor)
        #expect(AccountFactors(securityKeys: [lost, AccountFactorsTests.key(2)]).strongest == .phishingResistant)
    }
}

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

    @Test("An account has twenty security keys at most")
    func room() throws {
        let keys = (1...20).map { Self.key($0) }
        try FactorPolicy.requireRoomForKey(among: AccountFactors(securityKeys: Array(keys.dropLast())))
        #expect(throws: FactorRefusal.tooManyKeys) {
            try FactorPolicy.requireRoomForKey(among: AccountFactors(securityKeys: keys))
        }
    }

    @Test("Only keys that can prove it are asked for attested hardware, and none that is frozen")
    func proving() {
        let factors = AccountFactors(
            securityKeys: [
                Self.key(1), Self.key(2, isAttested: true), Self.key(3, isAttested: true, isFrozen: true),
            ])
        #expect(factors.keys(proving: .attestedHardware).map(\.id.number) == [2])
        #expect(factors.keys(proving: .phishingResistant).map(\.id.number) == [1, 2])
        #expect(factors.hasSecondFactor && AccountFactors(authenticatorApps: [Self.app]).hasSecondFactor)
        #expect(!AccountFactors(recoveryCodesLeft: 10).hasSecondFactor)
    }

    @Test("Each factor is on probation by itself, a key or an app, and until a moment")
    func probation() {
        var (key, app) = (Self.key(2), Self.app)
        (key.probationUntil, app.probationUntil) = (Self.now + .hours(1), Self.now + .hours(2))
        var other = app
        (other.id, other.probationUntil) = (FactorID(10), nil)
        let factors = AccountFactors(securityKeys: [Self.key(1), key], authenticatorApps: [other, app])
        let expected: [Int64: Timestamp?] = [
            1: nil, 2: Self.now + .hours(1), 9: Self.now + .hours(2), 10: nil, 11: nil,
        ]
        for (id, until) in expected { #expect(factors.probation(of: FactorID(id), at: Self.now) == until, "\(id)") }
        #expect(factors.probation(of: FactorID(2), at: Self.now + .hours(1)) == nil)
    }

    @Test("A factor that was said to be a stranger's proves nothing, and can be removed by anyone who is signed in")
    func disowned() throws {
        let factors = AccountFactors(
            disowned: [
                DisownedFactor(id: FactorID(3), label: "Blue", isApp: false, addedAt: Self.now, disownedAt: Self.now)
            ])
        #expect(!factors.hasSecondFactor && factors.count == 0 && factors.all.isEmpty)
        #expect(factors.strongest == .password)
        try FactorPolicy.decideRemoval(
            of: FactorID(3), from: factors, bindingProjects: ["demo"], actorOnProbation: Self.now + .days(1),
            at: Self.now)
        #expect(throws: FactorRefusal.noSuchFactor) {
            try FactorPolicy.decideRemoval(
                of: FactorID(4), from: factors, bindingProjects: [], actorOnProbation: nil, at: Self.now)
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

@Suite("The probation of an account") struct AccountProbationTests {
    static let now = Timestamp(seconds: 1_700_000_000)
    static func hours(_ hours: Int) -> Timestamp { now + .hours(hours) }

    private func voucher() throws -> Username { try Username(parsing: "grace") }

    @Test("is over on the projects of a co-owner who vouched, and holds on all others")
    func reach() throws {
        let plain = Probation(.firstFactor, until: Self.hours(72))
        let vouched = Probation(.firstFactor, until: Self.hours(72), voucher: try voucher())
        #expect(vouched.onProject(voucherOwns: true) == nil)
        #expect(vouched.onProject(voucherOwns: false) == vouched)
        for owns in [true, false] { #expect(plain.onProject(voucherOwns: owns) == plain) }
    }

    // The columns are the point.
    // swift-format-ignore
    static let table: [(earlier: Probation?, new: Probation, holds: Probation)] = [
        (nil, .init(.firstFactor, until: hours(72), because: [.browser]), .init(.firstFactor, until: hours(72), because: [.browser])),
        // Over by now.
        (.init(.recovery, until: hours(0)),      .init(.firstFactor, until: hours(72)),  .init(.firstFactor, until: hours(72))),
        // While one lasts: the later end, and the reason that nobody can end.
        (.init(.firstFactor, until: hours(10)),  .init(.recoveryCode, until: hours(72)), .init(.recoveryCode, until: hours(72))),
        (.init(.recoveryCode, until: hours(10)), .init(.firstFactor, until: hours(72), because: [.browser]), .init(.recoveryCode, until: hours(72))),
        // Begun by a clock that was fast: it ends no sooner.
        (.init(.firstFactor, until: hours(99)),  .init(.recovery, until: hours(72)),     .init(.recovery, until: hours(99))),
        (.init(.recovery, until: hours(99)),     .init(.recoveryCode, until: hours(72)), .init(.recovery, until: hours(99))),
    ]

    @Test("is joined by another one that begins while it lasts", arguments: table)
    func joined(earlier: Probation?, new: Probation, holds: Probation) throws {
        #expect(new.after(earlier, at: Self.now) == holds)
        // Anyone who vouched before has not vouched for what is new.
        var vouched = earlier
        vouched?.voucher = try voucher()
        #expect(new.after(vouched, at: Self.now) == holds)
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
                [
                    AccountAct.askDeletion, .setPassword, .removeAddress, .setPrimaryAddress, .makeRecoveryCodes,
                    .cancelRecovery,
                ]
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

    @Test("changes a password that thieves know, in the session that is held to that")
    func breached() throws {
        let ada = try Username(parsing: "ada")
        let session = SessionStanding(
            restriction: .passwordChangeOnly, proofs: [Proof(.phishingResistant, at: AccountFactorsTests.now)],
            strongest: .phishingResistant, factor: FactorID(1), factorProbationUntil: Self.until)
        let actor = Actor(
            .user(UserID(1), ada, isAdministrator: false), assurance: .phishingResistant, session: session)
        #expect(throws: Never.self) {
            try AccessPolicy.permit(
                .setPassword, on: ada, to: actor, knowing: AccountFacts(hasSecondFactor: true),
                at: AccountFactorsTests.now)
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

    @Test("Somebody else can end the probation of a first factor, and no other")
    func ending() {
        #expect(Probation.Reason.firstFactor.canBeEnded)
        #expect(!Probation.Reason.recoveryCode.canBeEnded && !Probation.Reason.recovery.canBeEnded)
    }

    @Test("The strongest is asked of those that are not lost, and a lost one still asks for a second factor")
    func lost() {
        var lost = AccountFactorsTests.key(1, isAttested: true)
        lost.isLost = true
        #expect(AccountFactors(securityKeys: [lost]).strongest == .secondFactor)
        #expect(AccountFactors(securityKeys: [lost, AccountFactorsTests.key(2)]).strongest == .phishingResistant)
    }
}

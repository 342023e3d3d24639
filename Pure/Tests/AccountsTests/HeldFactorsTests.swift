import Accounts
import Acts
import Primitives
import Testing
import UTC

@Suite("What an account can be proven with") struct HeldFactorsTests {
    static let attested = KeyStrength(isAttested: true, isBackupEligible: false, verifiesUser: true)

    @Test("A key proves attested hardware if its model is attested, it cannot be copied, and it verifies its holder")
    func hardware() {
        for isAttested in [true, false] {
            for isBackupEligible in [true, false] {
                for verifiesUser in [true, false] {
                    let key = KeyStrength(
                        isAttested: isAttested, isBackupEligible: isBackupEligible, verifiesUser: verifiesUser)
                    let isHardware = (isAttested, isBackupEligible, verifiesUser) == (true, false, true)
                    #expect(key.assurance == (isHardware ? .attestedHardware : .phishingResistant))
                }
            }
        }
    }

    @Test("The strongest factor decides; a frozen key is a second factor and no more, a lost one is not asked for")
    func strongest() {
        var (frozen, lost, plain) = (Self.attested, Self.attested, Self.attested)
        frozen.isFrozen = true
        lost.isLost = true
        plain.isAttested = false
        let table: [(HeldFactors, has: Assurance, asked: Assurance)] = [
            (HeldFactors(), .password, .password),
            (HeldFactors(hasApp: true), .secondFactor, .secondFactor),
            (HeldFactors(keys: [frozen]), .secondFactor, .secondFactor),
            (HeldFactors(keys: [plain], hasApp: true), .phishingResistant, .phishingResistant),
            (HeldFactors(keys: [frozen, plain]), .phishingResistant, .phishingResistant),
            (HeldFactors(keys: [plain, Self.attested]), .attestedHardware, .attestedHardware),
            (HeldFactors(keys: [lost, plain]), .attestedHardware, .phishingResistant),
            (HeldFactors(keys: [lost]), .attestedHardware, .secondFactor),
        ]
        for (held, has, asked) in table {
            #expect(held.strongest == has, "\(held)")
            #expect(held.strongestToAskFor == asked, "\(held)")
        }
    }

    @Test("An account has one authenticator app, and more only after recoveries")
    func apps() throws {
        func factors(_ apps: Int) -> AccountFactors {
            AccountFactors(
                authenticatorApps: (0..<apps).map {
                    AuthenticatorApp(
                        id: FactorID(Int64($0)), sealedSecret: [], lastCounter: nil, addedAt: .init(seconds: 0),
                        lastUsedAt: nil)
                })
        }
        try FactorPolicy.requireRoomForApp(among: factors(0), isRecovered: false)
        try FactorPolicy.requireRoomForApp(among: factors(1), isRecovered: true)
        #expect(throws: FactorRefusal.appExists) {
            try FactorPolicy.requireRoomForApp(among: factors(1), isRecovered: false)
        }
        try FactorPolicy.requireRoomForApp(among: factors(19), isRecovered: true)
        #expect(throws: FactorRefusal.appExists) {
            try FactorPolicy.requireRoomForApp(among: factors(20), isRecovered: true)
        }
    }
}

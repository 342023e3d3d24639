import Model
import Stores
import Testing
import UTC

@Suite("Makes of security keys") struct AuthenticatorStoreTests {
    @Test("that are found broken are attested no longer, and neither is what their keys vouched for")
    func broken() async throws {
        let people = try await People()
        let (stores, now) = (people.stores, people.now)
        let (ada, key, _) = try await people.withKey("ada")
        let session = try await people.signIn(ada, key, count: 6)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "t", rootKey: [1], owner: ada.name, label: "t", projects: nil, expiresAt: nil),
            by: session.actor, from: people.origin, at: now)
        func replace(_ number: Int, breach: String?) async throws {
            try await stores.authenticators.replace(
                [AuthenticatorModel(aaguid: "aa", keyIDs: ["01"], name: "Model", breach: breach, entry: [1])],
                number: number, nextUpdate: now.day, by: .operatorAtMachine, at: now)
        }
        try await replace(1, breach: nil)
        #expect(try await stores.factors.factors(of: ada.id).strongest == .attestedHardware)
        try await replace(2, breach: "REVOKED")
        #expect(try await stores.factors.factors(of: ada.id).strongest == .phishingResistant)
        #expect(try await stores.tokens.token("t")?.assurance == .phishingResistant)
        let lowered = try await people.refreshed(session)
        #expect(lowered.assurance == .phishingResistant)
        #expect(lowered.standing.isFreshlyProven(for: .issueToken, object: "", at: now))
        await #expect(throws: AuthenticatorRefusal.notNewer(2)) { try await replace(2, breach: nil) }
        #expect(try await stores.authenticators.model(aaguid: nil, keyIDs: ["01"])?.name == "Model")
    }
}

import Crypto
import Testing
import WebAuthn

@Suite("A ceremony") struct CeremonyTests {
    /// What is bent, and the step that has to notice at registration and at authentication; nil where it passes.
    struct Bend: Sendable, CustomStringConvertible {
        let description: String
        let registration: String?
        let authentication: String?
        let bend: @Sendable (inout SoftAuthenticator) -> Void

        init(
            _ description: String, _ registration: String?, _ authentication: String?,
            _ bend: @escaping @Sendable (inout SoftAuthenticator) -> Void
        ) {
            self.description = description
            self.registration = registration
            self.authentication = authentication
            self.bend = bend
        }
    }

    // The columns are the point.
    // swift-format-ignore
    static let bends: [Bend] = [
        Bend("nothing", nil, nil) { _ in },
        Bend("the second origin", nil, nil) { $0.origin = "https://www.example.org" },
        Bend("the wrong type", "7.1/7 type", "7.2/10 type") { $0.type = "payment.get" },
        Bend("another challenge", "7.1/8 challenge", "7.2/11 challenge") { $0.challenge[31] ^= 1 },
        Bend("a longer challenge", "7.1/8 challenge", "7.2/11 challenge") { $0.challenge.append(0) },
        Bend("no challenge", "7.1/8 challenge", "7.2/11 challenge") { $0.challenge = [] },
        Bend("another origin", "7.1/9 origin", "7.2/12 origin") { $0.origin = "https://evil.example" },
        Bend("an origin with a port", "7.1/9 origin", "7.2/12 origin") { $0.origin = "https://example.org:443" },
        Bend("an origin with a slash", "7.1/9 origin", "7.2/12 origin") { $0.origin = "https://example.org/" },
        Bend("an origin in capitals", "7.1/9 origin", "7.2/12 origin") { $0.origin = "https://EXAMPLE.org" },
        Bend("an origin below ours", "7.1/9 origin", "7.2/12 origin") { $0.origin = "https://a.example.org" },
        Bend("not in a frame", nil, nil) { $0.more = #","crossOrigin":false"# },
        Bend("in a frame", "7.1/10 crossOrigin", "7.2/13 crossOrigin") { $0.more = #","crossOrigin":true"# },
        Bend("a frame as text", "7.1/6 clientData", "7.2/9 clientData") { $0.more = #","crossOrigin":"false""# },
        Bend("a page around it", "7.1/11 topOrigin", "7.2/14 topOrigin") { $0.more = #","topOrigin":"https://example.org""# },
        Bend("an unknown member", nil, nil) { $0.more = #","later":[1,{"a":null}]"# },
        Bend("a second challenge", "7.1/6 clientData", "7.2/9 clientData") { $0.more = #","challenge":"AA""# },
        Bend("two JSON texts", "7.1/6 clientData", "7.2/9 clientData") { $0.more = "}{" },
        Bend("another relying party", "7.1/14 relyingParty", "7.2/15 relyingParty") { $0.relyingPartyID = "example.com" },
        Bend("nobody present", "7.1/15 userPresence", "7.2/16 userPresence") { $0.flags = [.userVerified] },
        Bend("nobody verified", "7.1/16 userVerification", "7.2/17 userVerification") { $0.flags = [.userPresent] },
        Bend("backed up, not eligible", "7.1/17 backupState", "7.2/18 backupState") { $0.flags.insert(.backedUp) },
        Bend("eligible", nil, "7.2/19 backupEligibility") { $0.flags.insert(.backupEligible) },
        Bend("bytes left over", "7.1/13 authenticatorData", "7.2/7 authenticatorData") { $0.trailing = [0] },
        Bend("extensions announced", "7.1/13 authenticatorData", "7.2/7 authenticatorData") { $0.flags.insert(.extensionData) },
        Bend("extensions", nil, nil) { $0.flags.insert(.extensionData); $0.trailing = CBOR.map([.text("credProtect"): .integer(2)]).encoded },
        Bend("extensions in a list", "7.1/13 authenticatorData", "7.2/7 authenticatorData") { $0.flags.insert(.extensionData); $0.trailing = [0x80] },
        Bend("numbered extensions", "7.1/13 authenticatorData", "7.2/7 authenticatorData") { $0.flags.insert(.extensionData); $0.trailing = [0xa1, 0, 0] },
        Bend("extensions not announced", "7.1/13 authenticatorData", "7.2/7 authenticatorData") { $0.trailing = [0xa0] },
        Bend("a credential in an assertion", nil, "7.2/7 authenticatorData") { $0.flags.insert(.attestedCredentialData) },
        Bend("the counter as stored", nil, "7.2/22 counter") { $0.signCount = 6 },
        Bend("a counter below", nil, "7.2/22 counter") { $0.signCount = 5 },
        Bend("no counter any more", nil, "7.2/22 counter") { $0.signCount = 0 },
        Bend("the highest counter", nil, nil) { $0.signCount = .max },
        Bend("no credential id", "7.1/25 credentialID", "7.2/6 credentialID") { $0.credentialID = [] },
        Bend("1023 bytes of id", nil, "7.2/6 credentialID") { $0.credentialID = Array(repeating: 1, count: 1023) },
        Bend("1024 bytes of id", "7.1/25 credentialID", "7.2/6 credentialID") { $0.credentialID = Array(repeating: 1, count: 1024) },
    ]

    @Test("fails at the step that a bent response offends", arguments: bends)
    func bent(_ bend: Bend) throws {
        var authenticator = SoftAuthenticator()
        let stored = try authenticator.stored()
        bend.bend(&authenticator)
        var expectations = authenticator.expectations
        #expect(
            code { try RegisteredCredential(verifying: authenticator.register(), against: expectations) }
                == bend.registration)
        expectations.userHandle = [1]
        #expect(
            code { try VerifiedAssertion(verifying: authenticator.authenticate(), by: stored, against: expectations) }
                == bend.authentication)
    }

    @Test("of registration yields what the authenticator said")
    func registered() throws {
        let authenticator = SoftAuthenticator()
        let credential = try RegisteredCredential(
            verifying: authenticator.register(), against: authenticator.expectations)
        #expect(credential.id == authenticator.credentialID)
        #expect(credential.publicKey.encoded == authenticator.publicKey.encoded)
        #expect(credential.signCount == 7)
        #expect(credential.flags == [.userPresent, .userVerified, .attestedCredentialData])
        #expect(credential.aaguid.description == "64656667-6869-6a6b-6c6d-6e6f70717273")
        #expect(credential.attestation.format == .none && credential.attestation.kind == .none)
    }

    @Test("of registration takes only an algorithm that was offered, and only the id that the response bears")
    func offered() throws {
        let authenticator = SoftAuthenticator()
        var expectations = authenticator.expectations
        expectations.algorithms = [.edDSA, .rs256]
        #expect(
            code { try RegisteredCredential(verifying: authenticator.register(), against: expectations) }
                == "7.1/20 algorithm")
        var response = try authenticator.register()
        response.credentialID[0] ^= 1
        #expect(
            code { try RegisteredCredential(verifying: response, against: authenticator.expectations) }
                == "7.1/25 credentialID")
    }

    @Test("needs no user verification where none was demanded, and never an empty challenge")
    func demands() throws {
        var authenticator = SoftAuthenticator()
        authenticator.flags = [.userPresent]
        var expectations = authenticator.expectations
        expectations.requiresUserVerification = false
        #expect(code { try RegisteredCredential(verifying: authenticator.register(), against: expectations) } == nil)
        authenticator.challenge = []
        expectations.challenge = []
        #expect(
            code { try RegisteredCredential(verifying: authenticator.register(), against: expectations) }
                == "7.1/8 challenge")
    }

    @Test("may run in a frame where that is allowed, below the origins that are named")
    func framed() throws {
        var authenticator = SoftAuthenticator()
        var expectations = authenticator.expectations
        expectations.framing = .allowed(topOrigins: ["https://shop.example"])
        func verdict(_ more: String) -> String? {
            authenticator.more = more
            return code { try RegisteredCredential(verifying: authenticator.register(), against: expectations) }
        }
        #expect(verdict(#","crossOrigin":true"#) == nil)
        #expect(verdict(#","crossOrigin":true,"topOrigin":"https://shop.example""#) == nil)
        #expect(verdict(#","crossOrigin":true,"topOrigin":"https://evil.example""#) == "7.1/11 topOrigin")
        #expect(verdict(#","crossOrigin":false,"topOrigin":"https://shop.example""#) == "7.1/11 topOrigin")
    }
}

@Suite("An authentication") struct AuthenticationTests {
    let authenticator = SoftAuthenticator()

    // The columns are the point.
    // swift-format-ignore
    static let owners: [(account: [UInt8]?, response: [UInt8]?, stored: [UInt8], refusal: String?)] = [
        ([1], [1], [1], nil),
        ([1], nil, [1], nil),
        ([1], [2], [1], "7.2/6 owner"),
        ([2], [2], [1], "7.2/6 owner"),
        ([2], nil, [1], "7.2/6 owner"),
        (nil, [1], [1], nil),
        (nil, [2], [1], "7.2/6 owner"),
        (nil, nil, [1], "7.2/6 owner"),
    ]

    @Test("is the account's own: the one that asked, or else the one that the passkey names", arguments: owners)
    func owner(account: [UInt8]?, response handle: [UInt8]?, stored owner: [UInt8], refusal: String?) throws {
        var expectations = authenticator.expectations
        expectations.userHandle = account
        var response = try authenticator.authenticate()
        response.userHandle = handle
        var stored = try authenticator.stored()
        stored.userHandle = owner
        #expect(code { try VerifiedAssertion(verifying: response, by: stored, against: expectations) } == refusal)
    }

    @Test("is by a credential that was asked for, with its own key and over these very bytes")
    func credential() throws {
        var expectations = authenticator.expectations
        let response = try authenticator.authenticate()
        var stored = try authenticator.stored()
        expectations.allowedCredentials = [[9], authenticator.credentialID]
        #expect(code { try VerifiedAssertion(verifying: response, by: stored, against: expectations) } == nil)
        expectations.allowedCredentials = [[9]]
        #expect(
            code { try VerifiedAssertion(verifying: response, by: stored, against: expectations) }
                == "7.2/5 allowedCredential")
        expectations.allowedCredentials = []
        stored.publicKey = try SoftAuthenticator().stored().publicKey
        #expect(
            code { try VerifiedAssertion(verifying: response, by: stored, against: expectations) } == "7.2/21 signature"
        )
        for signature in [[], [0x30], Array(repeating: 0, count: 72), Array(response.signature.dropLast())] {
            var bent = response
            bent.signature = signature
            #expect(
                code { try VerifiedAssertion(verifying: bent, by: try authenticator.stored(), against: expectations) }
                    == "7.2/21 signature")
        }
    }

    @Test("carries no credential but its own, as the first platform authenticators did")
    func noOtherCredential() throws {
        func verdict(_ bend: (inout SoftAuthenticator) -> Void) throws -> CeremonyRefusal? {
            var authenticator = SoftAuthenticator()
            let stored = try authenticator.stored()
            let key = authenticator.key
            bend(&authenticator)
            var response = try authenticator.authenticate()
            response.credentialID = stored.id
            response.authenticatorData = authenticator.authenticatorData(withCredential: true)
            let hash = Array(SHA256.hash(data: response.clientDataJSON))
            response.signature = Array(try key.signature(for: response.authenticatorData + hash).derRepresentation)
            do {
                _ = try VerifiedAssertion(verifying: response, by: stored, against: authenticator.expectations)
                return nil
            } catch { return error }
        }
        #expect(try verdict { _ in } == nil)
        for bend in [{ $0.credentialID.append(0) }, { $0.key = .init() }] as [(inout SoftAuthenticator) -> Void] {
            let refusal = try verdict(bend)
            #expect(refusal?.cause == .authenticatorData(.unexpectedCredential))
            #expect(refusal?.code == "7.2/7 authenticatorData")
        }
    }

    @Test("needs no counter of an authenticator that has none")
    func noCounter() throws {
        var authenticator = SoftAuthenticator()
        authenticator.signCount = 0
        var stored = try authenticator.stored()
        stored.signCount = 0
        let response = try authenticator.authenticate()
        let expectations = authenticator.expectations
        #expect(try VerifiedAssertion(verifying: response, by: stored, against: expectations).signCount == 0)
        stored.signCount = 1
        #expect(throws: CeremonyRefusal.self) {
            try VerifiedAssertion(verifying: response, by: stored, against: expectations)
        }
    }

    @Test("by a key from before WebAuthn is bound to the AppID, where the server set one and the browser used it")
    func appID() throws {
        var authenticator = SoftAuthenticator()
        let stored = try authenticator.stored()
        var expectations = authenticator.expectations
        authenticator.relyingPartyID = "https://example.org/app-id.json"
        var response = try authenticator.authenticate()
        let refusal = "7.2/15 relyingParty"
        #expect(code { try VerifiedAssertion(verifying: response, by: stored, against: expectations) } == refusal)
        response.usedAppID = true
        #expect(code { try VerifiedAssertion(verifying: response, by: stored, against: expectations) } == refusal)
        expectations.appID = authenticator.relyingPartyID
        #expect(code { try VerifiedAssertion(verifying: response, by: stored, against: expectations) } == nil)
        response.usedAppID = false
        #expect(code { try VerifiedAssertion(verifying: response, by: stored, against: expectations) } == refusal)
    }
}

@Suite("Why a response is not accepted") struct CeremonyRefusalTests {
    @Test(
        "is a code and a cause, in words of this project and no names of its types",
        arguments: [
            (.notAsExpected, "7.1/6 clientData"),
            (.clientData(.tooLong), "7.1/6 clientData: clientData(tooLong)"),
            (.clientData(.member("origin")), #"7.1/6 clientData: clientData(member("origin"))"#),
            (.counter(stored: 3, received: 2), "7.1/6 clientData: counter(stored: 3, received: 2)"),
        ] as [(CeremonyRefusal.Cause, String)])
    func words(cause: CeremonyRefusal.Cause, words: String) {
        #expect(CeremonyRefusal(ceremony: .registration, step: .clientData, cause: cause).description == words)
    }
}

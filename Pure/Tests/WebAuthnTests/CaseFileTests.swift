import Crypto
import Foundation
import Testing
import VectorSupport
import WebAuthn
import WebAuthnCheck

@Suite("webauthn-check") struct CaseFileTests {
    private struct Expected: Decodable {
        let name: String
        let expected: String
    }

    private struct File: Decodable {
        let cases: [Expected]
    }

    @Test(
        "judges the public ceremonies as they are marked, but for Ed448, which is not supported",
        .enabled(if: Vectors.arePresent, "no ../shared/vectors"), arguments: VectorCase.files)
    func vectors(path: String) async throws {
        let data = try Vectors.data(path)
        let expected = try JSONDecoder().decode(File.self, from: data).cases
        let verdicts = await CaseVerdict.judge(file: data, name: path)
        #expect(verdicts.map(\.name) == expected.map(\.name))
        for (verdict, expected) in zip(verdicts, expected) {
            let marked = expected.name.contains("ed448") ? "reject" : expected.expected
            #expect(verdict.verdict == marked, "\(verdict.name): \(verdict.reason)")
        }
    }

    /// A registration and an authentication by a soft authenticator, as members of a case.
    private static func cases() throws -> (registration: [String: Any], authentication: [String: Any]) {
        let authenticator = SoftAuthenticator()
        let registered = try authenticator.register()
        let used = try authenticator.authenticate()
        let common: [String: Any] = [
            "rp_id": "example.org", "origin": "https://example.org",
            "challenge": base64URLText(authenticator.challenge), "require_uv": true,
        ]
        let registration: [String: Any] = [
            "name": "r", "kind": "registration", "clientDataJSON": base64URLText(registered.clientDataJSON),
            "attestationObject": base64URLText(registered.attestationObject),
        ]
        let authentication: [String: Any] = [
            "name": "a", "kind": "authentication", "clientDataJSON": base64URLText(used.clientDataJSON),
            "authenticatorData": base64URLText(used.authenticatorData), "signature": base64URLText(used.signature),
            "credential_id": base64URLText(authenticator.credentialID), "stored_sign_count": 6,
            "credential_public_key": base64URLText(authenticator.publicKey.encoded),
        ]
        return (registration.merging(common) { $1 }, authentication.merging(common) { $1 })
    }

    private static func judge(_ case: [String: Any]) async throws -> String {
        let file = try JSONSerialization.data(withJSONObject: ["cases": [`case`]])
        let verdict = try #require(await CaseVerdict.judge(file: file, name: "file").first)
        return verdict.verdict == "accept" ? "accept" : verdict.reason
    }

    @Test("honours every member of a registration")
    func registration() async throws {
        let id = base64URLText(SoftAuthenticator().credentialID)
        let model = "64656667-6869-6a6b-6c6d-6e6f70717273"
        // The columns are the point.
        // swift-format-ignore
        let table: [(changes: [String: Any], verdict: String)] = [
            ([:],                                                  "accept"),
            (["origin": "https://example.com"],                    "7.1/9 origin"),
            (["origins": ["https://a", "https://example.org"]],    "accept"),
            (["origins": ["https://a"]],                           "7.1/9 origin"),
            (["rp_id": "example.com"],                             "7.1/14 relyingParty"),
            (["pubKeyCredParams": [-257]],                         "7.1/20 algorithm"),
            (["pubKeyCredParams": [["type": "public-key", "alg": -7]]], "accept"),
            (["credential_id_in_response": "AAAA"],                "7.1/25 credentialID"),
            (["credential_id_in_response": id],                    "accept"),
            (["already_registered": [id]],                         "7.1/26 newCredential"),
            (["already_registered": ["AAAA"]],                     "accept"),
            (["already_registered": true],                         "7.1/26 newCredential"),
            (["pubKeyCredParams": [["type": "other", "alg": -7]]], "7.1/20 algorithm"),
            (["pubKeyCredParams": [["type": "other", "alg": -7], ["type": "public-key", "alg": -7]]], "accept"),
            (["pubKeyCredParams": [Int]()],                        "accept"),
            (["pubKeyCredParams": [["type": "public-key"]]],       "unreadable case: pubKeyCredParams"),
            (["policy": ["allowedAAGUIDs": [model]]],              "accept"),
            (["policy": ["allowedAAGUIDs": [model.uppercased()]]], "accept"),
            (["policy": ["allowedAAGUIDs": [model.replacing("-", with: "")]]], "accept"),
            (["policy": ["allowedAAGUIDs": [String(repeating: "0", count: 32)]]], "7.1/24 attestationTrust"),
            (["policy": ["allowedAAGUIDs": [String(repeating: "x", count: 32)]]], "unreadable case: policy.allowedAAGUIDs"),
            (["policy": ["allowedAAGUIDs": ["00000000-0000-0000-0000-000000000000"]]], "7.1/24 attestationTrust"),
            (["policy": ["attestation": "optional"]],              "accept"),
            (["policy": ["attestation": "trusted roots only"]],    "7.1/24 attestationTrust: trust(notCertified)"),
            (["trust_roots_pem": [String: [String]]()],            "accept"),
            (["kind": "other"],                                    "unreadable case: kind"),
            (["challenge": "a"],                                   "unreadable case: challenge"),
            (["challenge": 1],                                     "unreadable case: challenge"),
            (["require_uv": "yes"],                                "unreadable case: require_uv"),
            (["attestationObject": NSNull()],                      "unreadable case: attestationObject"),
            (["attestationObject": ""],                            "7.1/13 attestationObject: cbor(truncated)"),
            (["policy": []],                                       "unreadable case: policy"),
            (["verification_time": "soon"],                        "unreadable case: verification_time"),
        ]
        let good = try Self.cases().registration
        for (changes, verdict) in table {
            #expect(try await Self.judge(good.merging(changes) { $1 }) == verdict, "\(changes)")
        }
    }

    @Test("honours every member of an authentication")
    func authentication() async throws {
        let id = base64URLText(SoftAuthenticator().credentialID)
        // The columns are the point.
        // swift-format-ignore
        let table: [(changes: [String: Any], verdict: String)] = [
            ([:],                                                          "accept"),
            (["stored_sign_count": 7],                                     "7.2/22 counter: counter(stored: 7, received: 7)"),
            (["stored_sign_count": -1],                                    "unreadable case: stored_sign_count"),
            (["registered_backup_eligible": true],                         "7.2/19 backupEligibility"),
            (["registered_backup_eligible": false],                        "accept"),
            (["allowCredentials": ["AAAA"]],                               "7.2/5 allowedCredential"),
            (["allowCredentials": [["type": "public-key", "id": id]]],     "accept"),
            (["credential_id_in_response": "AAAA"],                        "7.2/6 credentialID"),
            (["account": "ada", "credential_owner": "ada"],                "accept"),
            (["account": "ada", "credential_owner": "eve"],                "7.2/6 owner"),
            (["account_user_handle": "AQ", "response_user_handle": "AQ"],  "accept"),
            (["account_user_handle": "AQ", "response_user_handle": "Ag"],  "7.2/6 owner"),
            (["account_user_handle": "AQ"],                                "accept"),
            (["discoverable": true],                                       "7.2/6 owner"),
            (["discoverable": true, "response_user_handle": "AQ", "account_user_handle": "AQ"], "accept"),
            (["discoverable": true, "response_user_handle": "AQ", "account_user_handle": "Ag"], "7.2/6 owner"),
            (["appid": "https://example.org"],                             "accept"),
            (["appid": "https://example.org", "clientExtensionResults": ["appid": true]], "7.2/15 relyingParty"),
            (["appid": "https://example.org", "clientExtensionResults": ["appid": false]], "accept"),
            (["credential_public_key": ""],                                "7.2/21 signature: key(cbor(truncated))"),
        ]
        let good = try Self.cases().authentication
        for (changes, verdict) in table {
            #expect(try await Self.judge(good.merging(changes) { $1 }) == verdict, "\(changes)")
        }
    }

    @Test("takes the words for a policy as they are meant, and stricter where it does not know them")
    func policies() async throws {
        let authenticator = SoftAuthenticator()
        let manufacturer = TestManufacturer().sealed()
        let itself = try authenticator.register(format: "packed") { data, hash in
            .map([
                .text("alg"): .integer(-7),
                .text("sig"): .bytes(Array(try authenticator.key.signature(for: data + hash).derRepresentation)),
            ])
        }
        // What is taken: without a statement, signed by itself, certified without anchors, and with the right ones.
        // The columns are the point.
        // swift-format-ignore
        let table: [(policy: String?, none: Bool, itself: Bool, certified: Bool, anchored: Bool)] = [
            (nil,                         true,  true,  true,  true),
            ("optional",                  true,  true,  true,  true),
            ("Not required",              true,  true,  true,  true),
            ("none",                      true,  true,  true,  true),
            ("direct",                    true,  true,  true,  true),
            ("none allowed",              true,  true,  true,  true),
            ("self allowed",              true,  true,  true,  true),
            ("none not allowed",          false, true,  true,  true),
            ("no none",                   false, true,  true,  true),
            ("no self attestation",       true,  false, true,  true),
            ("self-attestation refused",  true,  false, true,  true),
            ("self allowed, none refused", false, true, true,  true),
            ("self allowed but no none",  false, true,  true,  true),
            ("no self or none",           false, false, true,  true),
            ("basic",                     false, false, true,  true),
            ("certified only",            false, false, true,  true),
            ("trusted roots only",        false, false, false, true),
            ("required",                  false, false, false, true),
            ("not optional",              false, false, false, true),
            ("trusted roots only, self allowed", false, false, false, true),
            ("untrusted refused",         false, false, false, true),
            ("whatever this means",       false, false, false, true),
            ("",                          false, false, false, true),
        ]
        let root = Data(manufacturer.issued?.last ?? []).base64EncodedString()
        for (policy, none, certifiedByItself, certified, anchored) in table {
            func verdict(_ response: RegistrationResponse, _ anchors: [String: Any] = [:]) async throws -> Bool {
                var members = try Self.cases().registration.merging(anchors) { $1 }
                members["clientDataJSON"] = base64URLText(response.clientDataJSON)
                members["attestationObject"] = base64URLText(response.attestationObject)
                members["verification_time"] = "2030-01-01"
                if let policy { members["policy"] = ["attestation": policy] }
                return try await Self.judge(members) == "accept"
            }
            #expect(try await verdict(authenticator.register()) == none, "\(policy ?? "nothing"): none")
            #expect(try await verdict(itself) == certifiedByItself, "\(policy ?? "nothing"): itself")
            #expect(try await verdict(manufacturer.packed()) == certified, "\(policy ?? "nothing"): certified")
            let anchors = ["trust_roots_pem": ["packed": [root]]]
            #expect(try await verdict(manufacturer.packed(), anchors) == anchored, "\(policy ?? "nothing"): anchored")
        }
    }

    @Test("demands a chain where a case has anchors, at the case's moment")
    func anchors() async throws {
        let manufacturer = TestManufacturer().sealed()
        let response = try manufacturer.packed()
        func pem(_ certificate: [UInt8]?, lines: Bool) -> String {
            let text = Data(certificate ?? []).base64EncodedString(options: lines ? [.lineLength64Characters] : [])
            return "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
        }
        var good = try Self.cases().registration
        good["clientDataJSON"] = base64URLText(response.clientDataJSON)
        good["attestationObject"] = base64URLText(response.attestationObject)
        good["verification_time"] = "2030-01-01T00:00:00Z"
        let root = pem(manufacturer.issued?.last, lines: true)
        let other = pem(TestManufacturer().sealed().issued?.last, lines: true)
        let untrusted = "7.1/24 attestationTrust: trust("
        // The columns are the point.
        // swift-format-ignore
        let table: [(changes: [String: Any], verdict: String)] = [
            ([:],                                                       "accept"),
            (["trust_roots_pem": ["packed": [root]]],                   "accept"),
            (["trust_roots_pem": ["packed": [pem(manufacturer.issued?.last, lines: false)]]], "accept"),
            (["trust_roots_pem": ["packed": [other + root]]],           "accept"),
            (["trust_roots_pem": ["packed": ["garbage", root]]],        "accept"),
            (["trust_roots_pem": ["packed": [pem(manufacturer.chain[1], lines: true)]]], "accept"),
            (["trust_roots_pem": ["packed": [pem(manufacturer.chain[0], lines: true)]]], "accept"),
            (["trust_roots_pem": ["packed": [root]], "policy": ["attestation": "trusted roots only"]], "accept"),
            (["trust_roots_pem": ["packed": [other]]],                  untrusted),
            (["trust_roots_pem": ["packed": []]],                       untrusted),
            (["trust_roots_pem": ["tpm": [root]]],                      untrusted),
            (["policy": ["attestation": "trusted roots only"]],         untrusted),
            (["trust_roots_pem": ["packed": [other]], "policy": ["attestation": "optional"]], "accept"),
            (["trust_roots_pem": ["packed": [root]], "verification_time": "2046-01-01T00:00:00Z"], untrusted),
            (["verification_time": "2046-01-01T00:00:00Z"],             untrusted),
            (["verification_time": "2024-01-01T00:00:00Z"],             untrusted),
            (["verification_time": "2025-01-01T00:00:00"],              "accept"),
            (["verification_time": "2025-01-01 00:00:00"],              "accept"),
            (["verification_time": "2025-01-01T02:00:00+02:00"],        "accept"),
            (["verification_time": "2025-01-01T01:59:59+02:00"],        untrusted),
            (["verification_time": "2024-12-31 22:00:00.5-0200"],       "accept"),
            (["verification_time": "2024-12-31T21:59:59-02:00"],        untrusted),
            (["verification_time": "2025-01-01"],                       "accept"),
            (["verification_time": 1_735_689_600],                      "accept"),
            (["verification_time": 1_735_689_599.5],                    untrusted),
            (["verification_time": "2025-01-01T00:00:00 CET"],          "unreadable case: verification_time"),
            (["trust_roots_pem": ["packed": [root]], "verification_time": NSNull()], "accept"),
        ]
        for (changes, verdict) in table {
            #expect(try await Self.judge(good.merging(changes) { $1 }).hasPrefix(verdict), "\(changes)")
        }
    }

    @Test("has one verdict for each case, however strange, and one for a file that is not JSON")
    func strange() async throws {
        let good = try Self.cases().registration
        let odd: [Any] = [1, "case", NSNull(), [], [String: Any](), ["name": "unnamed"], good]
        let file = try JSONSerialization.data(withJSONObject: ["cases": odd])
        let verdicts = await CaseVerdict.judge(file: file, name: "file")
        #expect(verdicts.map(\.verdict) == Array(repeating: "reject", count: 6) + ["accept"])
        #expect(verdicts.map(\.name) == ["file#0", "file#1", "file#2", "file#3", "file#4", "unnamed", "r"])
        let numbers =
            #"{"cases":[{"name":"huge","kind":1e999},{"name":"half","kind":"\ud800"},{"kind":"x","name":"kind"}]}"#
        let unreadable = await CaseVerdict.judge(file: Data(numbers.utf8), name: "file")
        #expect(unreadable.map(\.name) == ["huge", "half", "kind"])
        #expect(unreadable.map(\.reason) == Array(repeating: "unreadable case: kind", count: 3))
        for text in ["", "{", "{}", #"{"cases":{}}"#, "\u{0}", #"{"cases":[],}x"#] {
            let verdicts = await CaseVerdict.judge(file: Data(text.utf8), name: "file")
            #expect(verdicts.map(\.reason) == ["unreadable file"], "\(text)")
        }
    }
}

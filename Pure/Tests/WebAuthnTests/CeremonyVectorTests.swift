import Testing
import VectorSupport
import WebAuthn

@Suite("The ceremonies of the W3C and of Chromium", .enabled(if: Vectors.arePresent, "no ../shared/vectors"))
struct CeremonyVectorTests {
    /// What is refused, and why, by the name of the case: formats that are not supported, and Ed448.
    static let refusals: [String: String] = [
        "w3c/packed-ed448/register": "7.1/20 algorithm"
    ]

    @Test("are accepted at registration, and yield what another implementation read")
    func registrations() throws {
        var (accepted, refused) = (0, 0)
        for one in try VectorCase.all() where one.kind == "registration" {
            do {
                let credential = try RegisteredCredential(verifying: one.registration, against: one.expectations)
                #expect(Self.refusals[one.name] == nil, "\(one.name)")
                #expect(credential.attestation.format.rawValue == one.format, "\(one.name)")
                #expect(credential.signCount == one.summary.signCount, "\(one.name)")
                // U2F signs no AAGUID, so that one is not believed.
                #expect(
                    credential.aaguid.isZero
                        ? one.format == "fido-u2f" || one.summary.aaguid == credential.aaguid.description
                        : one.summary.aaguid == credential.aaguid.description, "\(one.name)")
                #expect(credential.publicKey.encoded == fromBase64URL(one.summary.publicKey ?? ""), "\(one.name)")
                #expect(credential.publicKey.algorithm.rawValue == one.summary.alg, "\(one.name)")
                accepted += 1
            } catch {
                #expect(error.code == Self.refusals[one.name], "\(one.name): \(error)")
                refused += 1
            }
        }
        print("WebAuthn registrations: \(accepted) accepted, \(refused) refused as unsupported")
        #expect(refused == Self.refusals.count && accepted == 28)
    }

    @Test("are accepted at authentication; Ed448 is refused with its key")
    func authentications() throws {
        var (accepted, refused) = (0, 0)
        for one in try VectorCase.all() where one.kind == "authentication" {
            let stored: StoredCredential
            do { stored = try one.stored() } catch {
                #expect(one.name == "w3c/packed-ed448/assert" && error == .unsupportedAlgorithm(-53), "\(error)")
                refused += 1
                continue
            }
            let assertion = try VerifiedAssertion(
                verifying: one.authentication, by: stored, against: one.expectations)
            #expect(assertion.signCount == one.summary.signCount)
            accepted += 1
        }
        print("WebAuthn authentications: \(accepted) accepted, \(refused) refused as unsupported")
        #expect(refused == 1 && accepted == 35)
    }

    @Test("are refused with a signature, a challenge, an origin or client data that differ in one bit")
    func bent() throws {
        var count = 0
        for one in try VectorCase.all() where one.kind == "authentication" {
            guard let stored = try? one.stored() else { continue }
            for position in [0, one.authentication.signature.count / 2, one.authentication.signature.count - 1] {
                var response = one.authentication
                response.signature[position] ^= 1
                #expect(throws: CeremonyRefusal.self, "\(one.name)") {
                    try VerifiedAssertion(verifying: response, by: stored, against: one.expectations)
                }
                count += 1
            }
            var response = one.authentication
            response.authenticatorData[36] ^= 1
            #expect(throws: CeremonyRefusal.self, "\(one.name)") {
                try VerifiedAssertion(verifying: response, by: stored, against: one.expectations)
            }
            var expectations = one.expectations
            expectations.challenge[0] ^= 1
            #expect(
                code { try VerifiedAssertion(verifying: one.authentication, by: stored, against: expectations) }
                    == "7.2/11 challenge")
            expectations = one.expectations
            expectations.origins = [one.origin + "."]
            #expect(
                code { try VerifiedAssertion(verifying: one.authentication, by: stored, against: expectations) }
                    == "7.2/12 origin")
        }
        #expect(count == 35 * 3)
    }
}

/// The code of the refusal; nil where there is none.
func code<Value>(_ body: () throws -> Value) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? CeremonyRefusal)?.code ?? "\(error)"
    }
}

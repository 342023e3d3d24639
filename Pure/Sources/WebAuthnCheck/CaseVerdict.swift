import Foundation
import UTC
import WebAuthn

/// What is said of one case.
public struct CaseVerdict: Encodable, Sendable {
    /// The case's name; its place in the file where it has none.
    public let name: String
    /// `accept` or `reject`.
    public let verdict: String
    /// For `reject` the step that failed, as `7.1/10 crossOrigin`, and what was wrong there; for `accept` what was
    /// accepted.
    public let reason: String

    /// The verdicts on the cases of a file, in their order. A file that cannot be read has one verdict, which rejects.
    public static func judge(file contents: Data, name: String) async -> [CaseVerdict] {
        guard let root = try? JSONDecoder().decode(CaseValue.self, from: contents), let cases = root.cases else {
            return [CaseVerdict(name: name, verdict: "reject", reason: "unreadable file")]
        }
        var verdicts: [CaseVerdict] = []
        for (index, value) in cases.enumerated() {
            verdicts.append(await judge(value, name: value.name ?? "\(name)#\(index)"))
        }
        return verdicts
    }

    private static func judge(_ value: CaseValue, name: String) async -> CaseVerdict {
        do {
            let accepted =
                switch try CeremonyCase(value).kind {
                case .registration(let registration): try await registration.verify()
                case .authentication(let authentication): try authentication.verify()
                }
            return CaseVerdict(name: name, verdict: "accept", reason: accepted)
        } catch let refusal as CeremonyRefusal {
            return CaseVerdict(name: name, verdict: "reject", reason: refusal.description)
        } catch let unreadable as UnreadableCase {
            return CaseVerdict(name: name, verdict: "reject", reason: "unreadable case: \(unreadable.member)")
        } catch {
            return CaseVerdict(name: name, verdict: "reject", reason: "\(error)")
        }
    }
}

extension CaseValue {
    /// The cases of a file: an array, or an object with one.
    fileprivate var cases: [CaseValue]? {
        switch self {
        case .array(let cases): cases
        case .object(let members): if case .array(let cases)? = members["cases"] { cases } else { nil }
        case .string, .integer, .number, .boolean, .null, .unreadable: nil
        }
    }

    fileprivate var name: String? {
        guard case .object(let members) = self, case .string(let name)? = members["name"] else { return nil }
        return name
    }
}

extension RegistrationCase {
    /// Says what was accepted.
    fileprivate func verify() async throws(CeremonyRefusal) -> String {
        let credential = try RegisteredCredential(verifying: response, against: expectations)
        let standing = try await assess(credential)
        guard !isTaken, !takenIDs.contains(credential.id) else {
            throw CeremonyRefusal(ceremony: .registration, step: .newCredential)
        }
        return "\(credential.attestation.format.rawValue), \(standing)"
    }

    /// Steps 23 and 24.
    private func assess(_ credential: RegisteredCredential) async throws(CeremonyRefusal) -> String {
        func refusal(_ cause: CeremonyRefusal.Cause) -> CeremonyRefusal {
            CeremonyRefusal(ceremony: .registration, step: .attestationTrust, cause: cause)
        }
        if let allowedModels, !allowedModels.contains(credential.aaguid) { throw refusal(.notAsExpected) }
        let uncertified = credential.attestation.uncertified
        guard policy.refused.isDisjoint(with: uncertified) else { throw refusal(.trust(.notCertified)) }
        if policy.chain != .demanded, !uncertified.isEmpty, uncertified.isSubset(of: policy.allowed) {
            return "not attested"
        }
        do throws(TrustRefusal) {
            if anchors == nil, policy.chain != .demanded {
                if let moment { try credential.attestation.requireValidity(at: moment) }
                return "verified"
            }
            _ = try await TrustedAttestation(
                verifying: credential.attestation, against: anchors ?? TrustAnchors(),
                at: moment ?? credential.attestation.lastIssued ?? Timestamp(seconds: 0))
            return "attested"
        } catch {
            guard policy.chain == .ignored else { throw refusal(.trust(error)) }
            return "not attested"
        }
    }
}

extension AuthenticationCase {
    fileprivate func verify() throws(CeremonyRefusal) -> String {
        guard isOwn else { throw CeremonyRefusal(ceremony: .authentication, step: .owner) }
        let key: CredentialPublicKey
        do { key = try CredentialPublicKey(decoding: publicKey) } catch {
            throw CeremonyRefusal(ceremony: .authentication, step: .signature, cause: .key(error))
        }
        let stored = StoredCredential(
            id: credentialID, publicKey: key, signCount: signCount, backupEligible: backupEligible,
            userHandle: userHandle)
        let assertion = try VerifiedAssertion(verifying: response, by: stored, against: expectations)
        return "counter \(assertion.signCount)"
    }
}

import Crypto
import Foundation
import VectorSupport
import WebAuthn

/// One case of a file of ceremonies; the folder's README says what each member means.
struct VectorCase: Decodable {
    let name: String
    let kind: String
    let rpID: String
    let origin: String
    let challenge: String
    let requiresUV: Bool
    let clientData: String
    let attestationObject: String?
    let authenticatorData: String?
    let signature: String?
    let credentialID: String?
    let publicKey: String?
    let storedSignCount: UInt32?
    let format: String?
    let policy: Policy?
    let summary: Summary

    struct Policy: Decodable {
        let allowCrossOrigin: Bool
        let topOrigins: [String]
    }

    /// What the authenticator data say, read by another implementation.
    struct Summary: Decodable {
        let signCount: UInt32
        let aaguid: String?
        let credentialID: String?
        let publicKey: String?
        let alg: Int?

        enum CodingKeys: String, CodingKey {
            case signCount, aaguid, alg
            case credentialID = "credential_id"
            case publicKey = "public_key_cose"
        }
    }

    struct File: Decodable {
        let cases: [VectorCase]
    }

    enum CodingKeys: String, CodingKey {
        case name, kind, origin, challenge, attestationObject, authenticatorData, signature, policy
        case rpID = "rp_id"
        case requiresUV = "require_uv"
        case clientData = "clientDataJSON"
        case credentialID = "credential_id"
        case publicKey = "credential_public_key"
        case storedSignCount = "stored_sign_count"
        case format = "fmt"
        case summary = "authData"
    }

    static let files = ["webauthn/cases_w3c_level3.json", "webauthn/cases_chromium_virtual.json"]

    static func all() throws -> [VectorCase] {
        try files.flatMap { try Vectors.decode(File.self, from: $0).cases }
    }

    var expectations: Expectations {
        var expectations = Expectations(
            challenge: fromBase64URL(challenge), origins: [origin], relyingPartyID: rpID,
            requiresUserVerification: requiresUV)
        expectations.userHandle = [1]
        if let policy, policy.allowCrossOrigin { expectations.framing = .allowed(topOrigins: policy.topOrigins) }
        return expectations
    }

    var registration: RegistrationResponse {
        RegistrationResponse(
            credentialID: fromBase64URL(summary.credentialID ?? ""), clientDataJSON: fromBase64URL(clientData),
            attestationObject: fromBase64URL(attestationObject ?? ""))
    }

    var authentication: AuthenticationResponse {
        AuthenticationResponse(
            credentialID: fromBase64URL(credentialID ?? ""), clientDataJSON: fromBase64URL(clientData),
            authenticatorData: fromBase64URL(authenticatorData ?? ""), signature: fromBase64URL(signature ?? ""))
    }

    func stored() throws(KeyRefusal) -> StoredCredential {
        StoredCredential(
            id: fromBase64URL(credentialID ?? ""),
            publicKey: try CredentialPublicKey(decoding: fromBase64URL(publicKey ?? "")),
            signCount: storedSignCount ?? 0, backupEligible: nil, userHandle: [1])
    }
}

import Accounts
import Bytes
import Crypto
import Foundation
import Policy
import Ports
import Primitives
import UTC
import WebAuthn

/// What is known of authenticator models, over the models that the operator imported.
public struct KnownAuthenticators: AuthenticatorModels {
    private let store: any AuthenticatorStore

    /// Over the models of a store.
    public init(store: any AuthenticatorStore) { self.store = store }

    /// A key is attested when its certificates lead to an anchor of its own model, or to a root that the operator
    /// added, and do not say themselves that software keeps it. It is refused when its model, or a certificate of its
    /// chain, is known to be broken.
    public func judge(_ credential: RegisteredCredential, at now: Timestamp) async throws -> ModelJudgement {
        let aaguid = Self.known(credential.aaguid.description)
        let keyIDs = credential.attestation.keyIdentifiers.map(\.hexadecimal)
        let model = try await store.model(aaguid: aaguid, keyIDs: keyIDs)
        var judgement = ModelJudgement(name: model?.name, keyID: keyIDs.first)
        if model?.breach != nil { judgement.isRefused = true }
        if let entry = try model?.entry.map({ try JSONDecoder().decode(MetadataEntry.self, from: Data($0)) }) {
            do {
                let trusted = try await entry.trust(credential.attestation, at: now)
                if !credential.attestation.isOfSoftware { judgement.vouch(trusted, keyIDs) }
            } catch TrustRefusal.revoked {
                judgement.isRefused = true
            } catch {
                // Not trusted is not refused: the key is as good as one that says nothing of its model.
            }
        }
        if !judgement.isAttested, !judgement.isRefused, !credential.attestation.isOfSoftware {
            let roots = try await store.roots()
            if let trusted = try await trusted(credential.attestation, under: roots, at: now) {
                judgement.vouch(trusted, keyIDs)
                let anchors = Set(trusted.chains.compactMap(\.last))
                for root in roots where anchors.contains(root.certificate) {
                    judgement.attestationSources.insert(.root(root.label, certificate: root.certificate))
                }
            }
        }
        return judgement
    }

    private func trusted(
        _ attestation: Attestation, under roots: [(label: String, certificate: [UInt8])], at now: Timestamp
    ) async throws -> TrustedAttestation? {
        guard !roots.isEmpty else { return nil }
        let anchors = try TrustAnchors(roots.map(\.certificate))
        return try? await TrustedAttestation(verifying: attestation, against: anchors, at: now)
    }

    /// The AAGUID of zeros is that of everybody who has none.
    static func known(_ aaguid: String) -> String? {
        aaguid.allSatisfy { $0 == "0" || $0 == "-" } ? nil : aaguid
    }
}

extension ModelJudgement {
    /// Notes that the attestation leads to an anchor, and by what: each of it may turn out to be broken.
    fileprivate mutating func vouch(_ trusted: TrustedAttestation, _ keyIDs: [String]) {
        isAttested = true
        attestationSources = Set(trusted.chains.joined().map { .certificate(SHA256.hash(data: $0).hexadecimal) })
        attestationSources.formUnion(keyIDs.map { .keyID($0) })
    }
}

/// Takes in what the operator imports about authenticators.
public enum AuthenticatorImport {
    /// Takes in a file of the FIDO Metadata Service, signed under one of `roots` (DER).
    ///
    /// Under GlobalSign's root, which certifies half the web, the signer has to be the FIDO Alliance; anyone who names
    /// a root of their own vouches for all that it certified.
    ///
    /// Throws `MetadataRefusal`, or `AuthenticatorRefusal` when another import was faster.
    public static func metadata(
        _ file: [UInt8], signedUnder roots: [[UInt8]], allowingOutdated: Bool, into store: any AuthenticatorStore,
        by actor: Actor, at now: Timestamp
    ) async throws -> AuthenticatorMetadata {
        let last = try await store.metadata()?.number
        let isPublic = roots.contains { SHA256.hash(data: $0).hexadecimal == publicRoot }
        let blob = try await MetadataBlob(
            verifying: file, against: TrustAnchors(roots), signer: isPublic ? MetadataBlob.signer : nil, after: last,
            at: now, allowingOutdated: allowingOutdated)
        let models = try blob.entries.map { entry in
            AuthenticatorModel(
                aaguid: entry.aaguid?.description, keyIDs: entry.keyIdentifiers.map(\.hexadecimal), name: entry.name,
                breach: entry.breach,
                revokedCertificates: entry.revokedCertificates.map { SHA256.hash(data: $0).hexadecimal },
                entry: Array(try JSONEncoder().encode(entry)))
        }
        try await store.replace(
            models, number: blob.number, nextUpdate: blob.nextUpdate, by: actor, at: now)
        return AuthenticatorMetadata(
            number: blob.number, nextUpdate: blob.nextUpdate, importedAt: now, models: models.count,
            unreadableAnchors: blob.entries.reduce(0) { $0 + $1.unreadableAnchors })
    }

    /// The SHA-256 of GlobalSign Root R3.
    private static let publicRoot = "cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b"

    /// Takes in a table of model names by AAGUID, and returns how many there are.
    public static func names(
        _ table: [UInt8], into store: any AuthenticatorStore, by actor: Actor, at now: Timestamp
    ) async throws -> Int {
        let names = try ModelNames(parsing: table).byModel
        try await store.setNames(
            Dictionary(uniqueKeysWithValues: names.map { ($0.key.description, $0.value) }), by: actor, at: now)
        return names.count
    }
}

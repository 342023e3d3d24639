import Crypto
import FoundationEssentials
import SwiftASN1
import UTC
@_spi(FixedExpiryValidationTime) import X509

/// An attestation whose certificates chain to a trust anchor: the credential is kept by an authenticator of a model
/// that the anchor stands for. There is no other way to come by one.
///
/// Whether that model is still to be trusted is another question; `MetadataBlob` knows.
/// Source: WebAuthn Level 3, section 7.1, steps 23 and 24; RFC 5280, section 6.
public struct TrustedAttestation: Sendable {
    /// The certificates in DER as they came, from the attestation key's to the anchor; one list for each statement that
    /// is certified.
    public let chains: [[[UInt8]]]

    /// Verifies the chains of `attestation` as they stand at `moment`.
    ///
    /// Every certified statement has to chain to an anchor for its format, and there has to be one. Only the
    /// certificates that came are used, in the order in which they came. Nothing is fetched, so revocation is not
    /// looked at but for the status reports of the metadata.
    public init(
        verifying attestation: Attestation, against anchors: TrustAnchors, at moment: Timestamp
    ) async throws(TrustRefusal) {
        let statements = attestation.certifiedStatements
        guard !statements.isEmpty else { throw .notCertified }
        var chains: [[[UInt8]]] = []
        for statement in statements {
            let path = CertificatePath(encoded: statement.certificates)
            let trusted = anchors.anchors(for: [statement.format, attestation.format])
            let critical = statement.format == .tpm ? AttestationChainPolicy.namesAndUses : []
            chains.append(try await path.chain(to: trusted, handling: critical, at: moment))
        }
        self.chains = chains
    }
}

/// Why an attestation is not trusted.
public enum TrustRefusal: Error, Hashable, Sendable {
    /// No certificate vouches for the credential.
    case notCertified
    /// A certificate cannot be read.
    case encoding
    /// A certificate was not issued by the one that came behind it.
    case order
    /// No anchor is known for the format.
    case noAnchor
    /// A certificate is not valid at that moment.
    case validity
    /// The metadata know that the model, or this key of it, is broken: the status that says so.
    case revoked(String)
    /// No chain from the attestation certificate to an anchor holds, and why: of those that were tried, in the words of
    /// swift-certificates.
    case chain(String)
}

extension Attestation {
    /// The statements that come with certificates, those within a compound one among them.
    var certifiedStatements: [(format: Format, certificates: [[UInt8]])] {
        switch kind {
        case .none, .itself: []
        case .certified(let certificates): [(format, certificates)]
        case .several(let attestations): attestations.flatMap(\.certifiedStatements)
        }
    }

    /// When the youngest of the certificates that came began to be valid; nil without any.
    public var lastIssued: Timestamp? { certificates.compactMap { $0.validFrom }.max() }

    /// SHA-1 of the keys of the certificates that came, the attestation key's first: what
    /// `MetadataEntry.keyIdentifiers` has.
    ///
    /// Source: RFC 5280, section 4.2.1.2, method 1.
    public var keyIdentifiers: [[UInt8]] {
        certificates.compactMap { certificate in
            (try? certificate.publicKeyBits()).map { Array(Insecure.SHA1.hash(data: $0)) }
        }
    }

    /// Verifies that every certificate that came is valid at `moment`, where no chain is demanded.
    public func requireValidity(at moment: Timestamp) throws(TrustRefusal) {
        for certificate in certificates {
            guard let first = certificate.validFrom, let last = certificate.validTo else { throw .encoding }
            guard first <= moment, moment <= last else { throw .validity }
        }
    }

    private var certificates: [AttestationCertificate] {
        certifiedStatements.flatMap(\.certificates).compactMap { try? AttestationCertificate(parsing: $0) }
    }
}

extension AttestationCertificate {
    var validFrom: Timestamp? { validity.first.flatMap(Self.moment) }
    var validTo: Timestamp? { validity.count == 2 ? Self.moment(validity[1]) : nil }

    /// Source: RFC 5280, section 4.1.2.5: two digits of a year up to 2049, or four.
    private static func moment(_ node: ASN1Node) -> Timestamp? {
        if let time = try? UTCTime(derEncoded: node) {
            let day = Day(year: time.year, month: time.month, day: time.day)
            return day.map { moment($0, time.hours, time.minutes, time.seconds) }
        }
        guard let time = try? GeneralizedTime(derEncoded: node) else { return nil }
        let day = Day(year: time.year, month: time.month, day: time.day)
        return day.map { moment($0, time.hours, time.minutes, time.seconds) }
    }

    private static func moment(_ day: Day, _ hours: Int, _ minutes: Int, _ seconds: Int) -> Timestamp {
        day.start + .hours(hours) + .minutes(minutes) + .seconds(seconds)
    }
}

/// The certificates of one statement in DER, as they came: each has issued the one before it.
struct CertificatePath {
    let encoded: [[UInt8]]

    /// The chain to one of `anchors`, where extensions that are in `critical` may be.
    func chain(
        to anchors: [TrustAnchor], handling critical: [ASN1ObjectIdentifier], at moment: Timestamp
    ) async throws(TrustRefusal) -> [[UInt8]] {
        guard let first = encoded.first, !anchors.isEmpty else { throw .noAnchor }
        let isAnchor = anchors.contains { $0.isCertificate(first) }
        if isAnchor, encoded.count == 1 { return try Self.anchor(first, at: moment) }
        let certificates = try read()
        try Self.requireOrder(of: certificates)
        if isAnchor { return try Self.anchor(first, at: moment) }
        var verifier = Verifier(rootCertificates: CertificateStore(anchors.compactMap(\.issuer))) {
            RFC5280Policy(fixedExpiryValidationTime: moment.date)
            AttestationChainPolicy(handled: critical)
        }
        let intermediates = CertificateStore(certificates.dropFirst())
        switch await verifier.validate(leaf: certificates[0], intermediates: intermediates) {
        case .validCertificate(let chain): return try originals(of: Array(chain), certificates, anchors)
        case .couldNotValidate(let failures):
            guard certificates.allSatisfy({ $0.isValid(at: moment) }) else { throw .validity }
            let reasons = failures.map(\.policyFailureReason.description)
            throw .chain(
                reasons.isEmpty
                    ? Self.reason(certificates, handled: verifier.policy.verifyingCriticalExtensions)
                    : reasons.joined(separator: "; "))
        }
    }

    private func read() throws(TrustRefusal) -> [Certificate] {
        var certificates: [Certificate] = []
        for bytes in encoded {
            do { certificates.append(try Certificate(reading: bytes)) } catch { throw .encoding }
        }
        return certificates
    }

    /// A certificate that is an anchor itself: nothing is asked of it but that it is valid.
    private static func anchor(_ encoded: [UInt8], at moment: Timestamp) throws(TrustRefusal) -> [[UInt8]] {
        guard let certificate = try? AttestationCertificate(parsing: encoded), let first = certificate.validFrom,
            let last = certificate.validTo
        else { throw .encoding }
        guard first <= moment, moment <= last else { throw .validity }
        return [encoded]
    }

    /// Also keeps the search for a chain from trying every order of certificates that were made to fit each other: with
    /// one key to a certificate, a signature has one issuer.
    private static func requireOrder(of certificates: [Certificate]) throws(TrustRefusal) {
        guard Set(certificates.map(\.publicKey)).count == certificates.count else { throw .order }
        for (certificate, issuer) in zip(certificates, certificates.dropFirst()) {
            guard certificate.issuer == issuer.subject,
                issuer.publicKey.isValidSignature(certificate.signature, for: certificate)
            else { throw .order }
        }
    }

    /// A chain's certificates as they came, and its anchor as it was given.
    private func originals(
        of chain: [Certificate], _ certificates: [Certificate], _ anchors: [TrustAnchor]
    ) throws(TrustRefusal) -> [[UInt8]] {
        var originals: [[UInt8]] = []
        for certificate in chain.dropLast() {
            guard let index = certificates.firstIndex(of: certificate) else { throw .order }
            originals.append(encoded[index])
        }
        guard let anchor = anchors.first(where: { $0.issuer == chain.last }) else { throw .noAnchor }
        return originals + [anchor.encoded]
    }

    /// Why there is no chain, where swift-certificates does not say: it found none to judge.
    private static func reason(_ certificates: [Certificate], handled: [ASN1ObjectIdentifier]) -> String {
        for certificate in certificates {
            let unknown = certificate.extensions.first { $0.critical && !handled.contains($0.oid) }
            if let unknown { return "a critical extension is not understood: \(unknown.oid)" }
        }
        return "no anchor issued the last certificate"
    }
}

/// What RFC 5280 demands of issuers and swift-certificates leaves to others.
struct AttestationChainPolicy: VerifierPolicy, Sendable {
    /// Extensions that the caller has looked at. What is critical and not understood refuses.
    let handled: [ASN1ObjectIdentifier]

    /// For those who look at both: a TPM's are judged with its statement (section 8.3.1 of WebAuthn).
    static let namesAndUses: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.subjectAlternativeName, .X509ExtensionID.extendedKeyUsage,
    ]

    /// Policies of issuance are satisfied by any, since none is asked for (RFC 5280, section 6.1.1); TPMs mark theirs
    /// as critical.
    var verifyingCriticalExtensions: [ASN1ObjectIdentifier] { handled + [[2, 5, 29, 32]] }

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        for issuer in chain.dropFirst() {
            do {
                if let usage = try issuer.extensions.keyUsage, !usage.keyCertSign {
                    return .failsToMeetPolicy(reason: "an issuer's key is not for certificates")
                }
            } catch {
                return .failsToMeetPolicy(reason: "an issuer's key usage cannot be read")
            }
        }
        // The anchor's own signature is not what makes it trusted.
        for certificate in chain.dropLast() where certificate.signatureAlgorithm == .sha1WithRSAEncryption {
            return .failsToMeetPolicy(reason: "a certificate is signed with SHA-1")
        }
        return .meetsPolicy
    }
}

extension Certificate {
    fileprivate func isValid(at moment: Timestamp) -> Bool {
        notValidBefore <= moment.date && moment.date <= notValidAfter
    }
}

extension Timestamp {
    fileprivate var date: Date { Date(timeIntervalSince1970: Double(seconds)) }
}

import Bytes
import SwiftASN1

/// The parts of an X.509 certificate that the rules for attestation certificates speak about. Nothing about its issuer
/// or its validity is checked here.
///
/// Source: RFC 5280, section 4.1.
struct AttestationCertificate {
    /// The version's number as encoded: 2 is version 3.
    let version: [UInt8]
    /// When the certificate is valid: the two moments as ASN.1 has them.
    let validity: [ASN1Node]
    let subject: [(type: ObjectIdentifierBytes, value: [UInt8])]
    let publicKeyInfo: [ASN1Node]
    let extensions: [ObjectIdentifierBytes: CertificateExtension]
    /// Issuer, validity, subject and public key as they are encoded, one after the other.
    let encodedFields: [ArraySlice<UInt8>]

    /// Whether the names of the issuer and of the subject are the same.
    var isSelfIssued: Bool { encodedFields[0] == encodedFields[2] }

    init(parsing der: [UInt8]) throws(CertificateRefusal) {
        let root = try DERValue.parse(der)
        let certificate = try root.children(.sequence)
        guard certificate.count == 3 else { throw .encoding }
        var fields = try certificate[0].children(.sequence)[...]
        var version: [UInt8] = [0]
        if fields.first?.identifier == .explicit(0), let tagged = fields.popFirst() {
            version = try tagged.onlyChild(.explicit(0)).primitive(.integer)
        }
        // serial number, signature, issuer, validity, subject, public key
        guard fields.count >= 6 else { throw .encoding }
        let mandatory = Array(fields.prefix(6))
        let optional = fields.dropFirst(6)  // the issuer's and the subject's unique id, which nobody uses; extensions
        guard optional.dropLast().allSatisfy({ $0.identifier != .explicit(3) }) else { throw .encoding }
        self.version = version
        validity = try mandatory[3].children(.sequence)
        subject = try Self.attributes(of: mandatory[4])
        publicKeyInfo = try mandatory[5].children(.sequence)
        encodedFields = mandatory[2...].map(\.encodedBytes)
        extensions = try optional.last.map { (node) throws(CertificateRefusal) in try Self.extensions(node) } ?? [:]
    }

    static func attributes(
        of name: ASN1Node
    ) throws(CertificateRefusal) -> [(type: ObjectIdentifierBytes, value: [UInt8])] {
        var attributes: [(type: ObjectIdentifierBytes, value: [UInt8])] = []
        for relative in try name.children(.sequence) {
            for attribute in try relative.children(.set) {
                let parts = try attribute.children(.sequence)
                guard parts.count == 2, case .primitive(let value) = parts[1].content else { throw .encoding }
                attributes.append((type: try parts[0].primitive(.objectIdentifier), value: Array(value)))
            }
        }
        return attributes
    }

    private static func extensions(
        _ node: ASN1Node
    ) throws(CertificateRefusal) -> [ObjectIdentifierBytes: CertificateExtension] {
        guard node.identifier == .explicit(3) else { return [:] }
        var extensions: [ObjectIdentifierBytes: CertificateExtension] = [:]
        for item in try node.onlyChild(.explicit(3)).children(.sequence) {
            let parts = try item.children(.sequence)
            guard (2...3).contains(parts.count) else { throw .encoding }
            let critical = try parts.count == 3 ? parts[1].primitive(.boolean) == [0xff] : false
            let identifier = try parts[0].primitive(.objectIdentifier)
            guard extensions[identifier] == nil else { throw .duplicateExtension }
            extensions[identifier] = CertificateExtension(
                isCritical: critical, value: try parts[parts.count - 1].primitive(.octetString))
        }
        return extensions
    }
}

/// The contents of an object identifier, as DER has them.
typealias ObjectIdentifierBytes = [UInt8]

/// One extension of a certificate.
struct CertificateExtension {
    let isCritical: Bool
    let value: [UInt8]
}

/// Why an attestation certificate is not taken.
public enum CertificateRefusal: Error, Hashable, Sendable {
    /// It is no certificate in DER.
    case encoding
    /// An extension is there twice.
    case duplicateExtension
    /// It is not of version 3.
    case version
    /// The subject lacks a country, an organization or a name, or its unit is not "Authenticator Attestation".
    case subject
    /// The basic constraints are missing, or say that it may issue others.
    case basicConstraints
    /// The extension with the AAGUID is critical, malformed, or of another model than the authenticator data say.
    case aaguid
    /// A TPM's certificate without the one name of a TPM: manufacturer, model and version.
    case tpmName
    /// The manufacturer is not in the TCG's registry.
    case tpmManufacturer
    /// A TPM's certificate that is not for attestation keys.
    case extendedKeyUse
    /// Apple's nonce is missing or malformed.
    case nonce
    /// Android's description of the key is missing, malformed, or in a certificate that issued another.
    case keyDescription
    /// The key's kind is not supported.
    case unsupportedKey
    /// The key is not taken.
    case key(KeyRefusal)
}

extension AttestationCertificate {
    /// What section 8.2.1 of WebAuthn Level 3 demands of the certificate of a packed attestation.
    func requirePackedProfile(aaguid: AAGUID) throws(CertificateRefusal) {
        guard version == [2] else { throw .version }
        let country = values(of: [0x55, 0x04, 0x06])
        guard country.count == 1, country[0].count == 2, country[0].allSatisfy(\.isASCIILetter) else { throw .subject }
        guard values(of: [0x55, 0x04, 0x0a]).contains(where: { !$0.isEmpty }) else { throw .subject }
        guard values(of: [0x55, 0x04, 0x0b]) == [Array("Authenticator Attestation".utf8)] else { throw .subject }
        guard values(of: [0x55, 0x04, 0x03]).contains(where: { !$0.isEmpty }) else { throw .subject }
        try requireEndEntity()
        try requireModel(aaguid)
    }

    private func values(of attribute: ObjectIdentifierBytes) -> [[UInt8]] {
        subject.filter { $0.type == attribute }.map(\.value)
    }

    func requireEndEntity() throws(CertificateRefusal) {
        guard let constraints = extensions[[0x55, 0x1d, 0x13]] else { throw .basicConstraints }
        let fields: [ASN1Node]
        do { fields = try DERValue.parse(constraints.value).children(.sequence) } catch { throw .basicConstraints }
        guard fields.isEmpty || (try? fields[0].primitive(.boolean)) == [0x00] else { throw .basicConstraints }
    }

    /// id-fido-gen-ce-aaguid, 1.3.6.1.4.1.45724.1.1.4: need not be there, but has to be right where it is.
    func requireModel(_ aaguid: AAGUID) throws(CertificateRefusal) {
        let identifier: ObjectIdentifierBytes = [0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0xe5, 0x1c, 0x01, 0x01, 0x04]
        guard let model = extensions[identifier] else { return }
        guard !model.isCritical, let node = try? DERValue.parse(model.value),
            (try? node.primitive(.octetString)) == aaguid.bytes
        else { throw .aaguid }
    }

    /// The bytes of the certified key, in the form of its algorithm.
    func publicKeyBits() throws(CertificateRefusal) -> [UInt8] {
        guard publicKeyInfo.count == 2 else { throw .encoding }
        let bits = try publicKeyInfo[1].primitive(.bitString)
        guard bits.first == 0 else { throw .encoding }  // no bit of the last byte is unused
        return Array(bits.dropFirst())
    }

    /// The certified key.
    ///
    /// Source: RFC 5280, section 4.1.2.7; RFC 5480 for elliptic curves, RFC 8410 for Ed25519, RFC 9881 for ML-DSA.
    func key() throws(CertificateRefusal) -> KeyMaterial {
        guard publicKeyInfo.count == 2 else { throw .encoding }
        let algorithm = try publicKeyInfo[0].children(.sequence)
        guard let kind = algorithm.first else { throw .encoding }
        let key = try publicKeyBits()
        do {
            switch try kind.primitive(.objectIdentifier) {
            case [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]:
                guard algorithm.count == 2 else { throw CertificateRefusal.encoding }
                return try Self.curveKey(key, on: try algorithm[1].primitive(.objectIdentifier))
            case [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]: return try Self.rsaKey(key)
            case [0x2b, 0x65, 0x70]: return try .ed25519(raw: key)
            case [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12]: return try .mlDSA65(raw: key)
            case [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13]: return try .mlDSA87(raw: key)
            default: throw CertificateRefusal.unsupportedKey
            }
        } catch let error as KeyRefusal {
            throw .key(error)
        } catch let error as CertificateRefusal {
            throw error
        } catch {
            throw .encoding
        }
    }

    private static func curveKey(_ point: [UInt8], on curve: ObjectIdentifierBytes) throws -> KeyMaterial {
        switch curve {
        case [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]: try .p256(x963: point)
        case [0x2b, 0x81, 0x04, 0x00, 0x22]: try .p384(x963: point)
        case [0x2b, 0x81, 0x04, 0x00, 0x23]: try .p521(x963: point)
        default: throw CertificateRefusal.unsupportedKey
        }
    }

    private static func rsaKey(_ der: [UInt8]) throws -> KeyMaterial {
        let numbers = try DERValue.parse(der).children(.sequence)
        guard numbers.count == 2 else { throw CertificateRefusal.encoding }
        return try .rsa(modulus: try numbers[0].positiveInteger(), exponent: try numbers[1].positiveInteger())
    }
}

/// What swift-asn1 reads, with our errors.
enum DERValue {
    /// Reads exactly one value: nothing may follow it.
    static func parse(_ bytes: [UInt8]) throws(CertificateRefusal) -> ASN1Node {
        do { return try DER.parse(bytes) } catch { throw .encoding }
    }
}

extension ASN1Identifier {
    /// A context-specific tag: of a constructed value, `[number] EXPLICIT`.
    static func explicit(_ number: UInt) -> ASN1Identifier { context(number) }

    static func context(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }
}

extension ASN1Node {
    /// The nodes within this one, which has to be constructed and of this type.
    func children(_ type: ASN1Identifier) throws(CertificateRefusal) -> [ASN1Node] {
        guard identifier == type, case .constructed(let nodes) = content else { throw .encoding }
        return Array(nodes)
    }

    func onlyChild(_ type: ASN1Identifier) throws(CertificateRefusal) -> ASN1Node {
        let nodes = try children(type)
        guard nodes.count == 1 else { throw .encoding }
        return nodes[0]
    }

    /// The contents of this node, which has to be primitive and of this type.
    func primitive(_ type: ASN1Identifier) throws(CertificateRefusal) -> [UInt8] {
        guard identifier == type, case .primitive(let bytes) = content else { throw .encoding }
        return Array(bytes)
    }

    /// The bytes of a positive INTEGER, without the zero that DER puts before a first bit that is set.
    func positiveInteger() throws(CertificateRefusal) -> [UInt8] {
        let bytes = try primitive(.integer)
        guard let first = bytes.first, first < 0x80 else { throw .encoding }
        return first == 0 && bytes.count > 1 && bytes[1] >= 0x80 ? Array(bytes.dropFirst()) : bytes
    }
}

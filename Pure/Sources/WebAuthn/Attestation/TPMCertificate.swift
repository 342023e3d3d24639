import Bytes
import SwiftASN1

extension AttestationCertificate {
    /// What section 8.3.1 of WebAuthn Level 3 demands of the certificate of a TPM's attestation key.
    func requireTPMProfile(aaguid: AAGUID) throws(CertificateRefusal) {
        guard version == [2] else { throw .version }
        guard subject.isEmpty else { throw .subject }
        try requireTPMName()
        try requireExtendedUse([0x67, 0x81, 0x05, 0x08, 0x03])  // 2.23.133.8.3, tcg-kp-AIKCertificate
        try requireEndEntity()
        try requireModel(aaguid)
    }

    /// The subject's alternative name has one directory name with the TPM's manufacturer, model and version.
    ///
    /// Source: TCG EK Credential Profile for TPM Family 2.0, section 3.2.9.
    private func requireTPMName() throws(CertificateRefusal) {
        guard let names = extensions[[0x55, 0x1d, 0x11]] else { throw .tpmName }
        var attributes: [(type: ObjectIdentifierBytes, value: [UInt8])] = []
        do throws(CertificateRefusal) {
            for name in try DERValue.parse(names.value).children(.sequence) where name.identifier == .explicit(4) {
                attributes += try Self.attributes(of: try name.onlyChild(.explicit(4)))
            }
        } catch { throw .tpmName }
        func only(_ last: UInt8) throws(CertificateRefusal) -> [UInt8] {
            let values = attributes.filter { $0.type == [0x67, 0x81, 0x05, 0x02, last] }
            guard values.count == 1, !values[0].value.isEmpty else { throw .tpmName }
            return values[0].value
        }
        let manufacturer = String(decoding: try only(1), as: UTF8.self)
        _ = try (only(2), only(3))
        guard TPMManufacturer.isKnown(manufacturer) else { throw .tpmManufacturer }
    }

    private func requireExtendedUse(_ purpose: ObjectIdentifierBytes) throws(CertificateRefusal) {
        guard let uses = extensions[[0x55, 0x1d, 0x25]] else { throw .extendedKeyUse }
        do throws(CertificateRefusal) {
            let purposes = try DERValue.parse(uses.value).children(.sequence)
            for item in purposes where try item.primitive(.objectIdentifier) == purpose { return }
        } catch { throw .extendedKeyUse }
        throw .extendedKeyUse
    }
}

/// Who makes TPMs.
enum TPMManufacturer {
    /// Whether `text` is `id:` and the eight hexadecimal digits of a registered manufacturer.
    static func isKnown(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 11, bytes.starts(with: "id:".utf8),
            let number = [UInt8](hexadecimal: text.dropFirst(3))
        else { return false }
        return registered.contains(number.reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// The numbers are four characters of ASCII, filled up with zeros or spaces: 0x494e5443 is `INTC`.
    ///
    /// Source: TCG Vendor ID Registry, version 1.06 with what has been added since; NSING has a space in the registry
    /// and a zero in its certificates; 0 stands in the test vectors of
    /// WebAuthn Level 3 and 0xfffff1d0 in the FIDO Alliance's conformance tools. Neither can be had from a real
    /// certificate authority, so taking them costs nothing where a chain is demanded.
    private static let registered: Set<UInt32> = [
        0x414d_4400,  // AMD
        0x414e_5400,  // Ant Group
        0x4154_4d4c,  // Atmel
        0x4252_434d,  // Broadcom
        0x4353_434f,  // Cisco
        0x464c_5953,  // Flyslice
        0x474f_4f47,  // Google
        0x4850_4500,  // HPE
        0x4850_4900,  // HPI
        0x4849_5349,  // Huawei
        0x4942_4d00,  // IBM
        0x4946_5800,  // Infineon
        0x494e_5443,  // Intel
        0x4c45_4e00,  // Lenovo
        0x4d53_4654,  // Microsoft
        0x4e53_4700, 0x4e53_4720,  // NSING
        0x4e53_4d20,  // National Semiconductor
        0x4e54_4300,  // Nuvoton
        0x4e54_5a00,  // Nationz
        0x5143_4f4d,  // Qualcomm
        0x524f_4343,  // Fuzhou Rockchip
        0x534d_534e,  // Samsung
        0x534d_5343,  // SMSC
        0x534e_5300,  // Sinosun
        0x5345_414c,  // Wisekey
        0x5345_4345,  // SecEdge
        0x5354_4d20,  // STMicroelectronics
        0x5458_4e00,  // Texas Instruments
        0x5745_4300,  // Winbond
        0x5741_4c00,  // Wistron
        0x4e4f_5543,  // Nouveau
        0x4e56_4944,  // NVIDIA
        0x5649_4c00,  // Vilenium
        0x0000_0000, 0xffff_f1d0,
    ]
}

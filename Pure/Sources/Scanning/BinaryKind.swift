/// What a file is that is no text, by its first bytes.
enum BinaryKind: String, Sendable, CaseIterable {
    case elf
    /// Programs and libraries of Windows.
    case pe
    case machO = "mach-o"
    case wasm
    case javaClass = "java-class"
    case zip
    case gzip
    case sevenZip = "7z"
    case rar
    case pythonBytecode = "python-bytecode"
    /// An ar archive: a static library, a Debian package.
    case ar
    /// No kind that is known, and no text.
    case unknown

    /// Nil for text.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, path: String) {
        func begins(_ start: [UInt8], at offset: Int = 0) -> Bool {
            bytes.count >= offset + start.count && bytes[offset..<offset + start.count].elementsEqual(start)
        }
        let machO: [[UInt8]] = [
            [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF], [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE],
        ]
        if begins([0x7F, 0x45, 0x4C, 0x46]) {
            self = .elf
        } else if begins([0x4D, 0x5A]), bytes.count >= 0x40 {
            let offset = Int(bytes[0x3C]) | Int(bytes[0x3D]) << 8 | Int(bytes[0x3E]) << 16
            guard begins([0x50, 0x45, 0, 0], at: offset) else { return nil }
            self = .pe
        } else if machO.contains(where: { begins($0) }) {
            self = .machO
        } else if begins([0, 0x61, 0x73, 0x6D]) {
            self = .wasm
        } else if begins([0xCA, 0xFE, 0xBA, 0xBE]), bytes.count >= 8 {
            // A Mach-O file for several processors begins likewise, and has few of them where a class has its version.
            self = bytes[7] < 30 && bytes[6] == 0 ? .machO : .javaClass
        } else if begins([0x50, 0x4B, 3, 4]) {
            self = .zip
        } else if begins([0x1F, 0x8B, 8]) {
            self = .gzip
        } else if begins([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
            self = .sevenZip
        } else if begins([0x52, 0x61, 0x72, 0x21, 0x1A, 7]) {
            self = .rar
        } else if bytes.count > 16, bytes[2] == 0x0D, bytes[3] == 0x0A, path.hasSuffix(".pyc") || path.hasSuffix(".pyo")
        {
            self = .pythonBytecode
        } else if begins(Array("!<arch>\n".utf8)) {
            self = .ar
        } else if bytes.prefix(8_192).contains(0) {
            self = .unknown
        } else {
            return nil
        }
    }
}

/// Bits of information in a byte, 0 to 8, as Shannon counts them: text has 4 to 5, machine code 6, what is packed or
/// encrypted nearly 8.
func entropy(_ bytes: UnsafeBufferPointer<UInt8>) -> Double {
    guard !bytes.isEmpty else { return 0 }
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    return counts.reduce(0.0) { sum, count in
        guard count > 0 else { return sum }
        let share = Double(count) / Double(bytes.count)
        return sum - share * log2(share)
    }
}

/// The logarithm to the base of two, without the C library: exponent and a series.
private func log2(_ value: Double) -> Double {
    var mantissa = value.significand
    var result = Double(value.exponent)
    // Each squaring gives one more binary digit.
    var digit = 0.5
    for _ in 0..<20 {
        mantissa *= mantissa
        if mantissa >= 2 {
            mantissa /= 2
            result += digit
        }
        digit /= 2
    }
    return result
}

import Compression
import Crypto
import Foundation

/// A small wheel, whose RECORD is right unless a test changes the files afterwards.
package struct TestWheel {
    package var directory: String
    package var files: [(path: String, content: [UInt8])]
    /// Changes RECORD after it was written.
    package var editRecord: (String) -> String = { $0 }

    package init(_ name: String = "demo_pkg", _ version: String = "1.0", metadata: String? = nil) {
        directory = "\(name)-\(version).dist-info"
        let metadata = metadata ?? testMetadata(name.replacing("_", with: "-"), version)
        let wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        files = [
            ("\(name)/__init__.py", Array("answer = 42\n".utf8)),
            ("\(directory)/METADATA", Array(metadata.utf8)),
            ("\(directory)/WHEEL", Array(wheel.utf8)),
        ]
    }

    package var bytes: [UInt8] {
        var record = files.map { path, content in
            let digest = Data(SHA256.hash(data: content)).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            return "\(path),sha256=\(digest),\(content.count)\n"
        }.joined()
        record += "\(directory)/RECORD,,\n"
        return storedZip(files + [("\(directory)/RECORD", Array(editRecord(record).utf8))])
    }
}

/// METADATA of a project that depends on two others.
package func testMetadata(_ name: String, _ version: String, and more: String = "") -> String {
    """
    Metadata-Version: 2.4
    Name: \(name)
    Version: \(version)
    Summary: A demonstration
    Requires-Python: >=3.8
    Requires-Dist: leaf-pkg>=1
    Requires-Dist: other-pkg[extra]<3,>=2; python_version < "3.12"
    \(more)
    # Demonstration

    """
}

/// A ZIP file whose members are not compressed.
///
/// Source: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
package func storedZip(_ members: [(path: String, content: [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for (path, content) in members {
        let name = Array(path.utf8)
        let shared =
            little(UInt16(20)) + little(UInt16(0x800)) + little(UInt16(0)) + little(UInt32(0x5821_0000))
            + little(crc32(content)) + little(UInt32(content.count)) + little(UInt32(content.count))
            + little(UInt16(name.count)) + little(UInt16(0))
        directory += little(UInt32(0x0201_4b50)) + little(UInt16(0x0314)) + shared
        directory += little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0o100644 << 16))
        directory += little(UInt32(bytes.count)) + name
        bytes += little(UInt32(0x0403_4b50)) + shared + name + content
    }
    let count = little(UInt16(members.count))
    return bytes + directory + little(UInt32(0x0605_4b50)) + little(UInt32(0)) + count + count
        + little(UInt32(directory.count)) + little(UInt32(bytes.count)) + little(UInt16(0))
}

/// A `.tar.gz` with these files.
///
/// Source: POSIX.1-1988, the ustar interchange format.
package func sourceDistribution(_ files: [(path: String, content: [UInt8])]) -> [UInt8] {
    var tar: [UInt8] = []
    for (path, content) in files {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
        }
        put(path, at: 0)
        put("0000644\0", at: 100)
        put("0000000\0", at: 108)
        put("0000000\0", at: 116)
        put(String(String(content.count, radix: 8).leftPadded(to: 11)) + "\0", at: 124)
        put("00000000000\0", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(String(sum, radix: 8).leftPadded(to: 6) + "\0 ", at: 148)
        tar += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
    return Gzip.compress(tar + [UInt8](repeating: 0, count: 1024))
}

package func testSourceDistribution(_ name: String = "demo_pkg", _ version: String = "1.0", info: String? = nil)
    -> [UInt8]
{
    let info = info ?? testMetadata(name.replacing("_", with: "-"), version)
    return sourceDistribution([
        ("\(name)-\(version)/PKG-INFO", Array(info.utf8)),
        ("\(name)-\(version)/pyproject.toml", Array("[project]\n".utf8)),
    ])
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String { String(repeating: "0", count: width - utf8.count) + self }
}

private func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
}

/// Bit by bit: test files are small.
private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
}

import Bytes
import Findings

/// What people are shown of a line.
enum Evidence {
    /// One line of at most 200 characters, blanks squeezed, with what nobody sees written out.
    static func line(_ bytes: some Collection<UInt8>, around: Int?) -> String {
        var text = ""
        var hasBlank = false
        var count = 0
        // More than enough for 200 characters, however the line is written.
        for scalar in String(decoding: trimmed(bytes).prefix(4_000), as: UTF8.self).unicodeScalars {
            if scalar == " " || scalar == "\t" {
                hasBlank = !text.isEmpty
                continue
            }
            if hasBlank {
                text += " "
                count += 1
            }
            hasBlank = false
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                text += "\\u{\(String(scalar.value, radix: 16))}"
                count += 6
            default:
                text.unicodeScalars.append(scalar)
                count += 1
            }
            if count >= 200 { break }
        }
        return text
    }

    private static func trimmed<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
        bytes.drop { $0 == 0x20 || $0 == 0x09 }
    }
}

/// What looks like a secret and is an example of one.
enum Placeholders {
    private static let words = [
        "example", "xxxx", "placeholder", "changeme", "dummy", "fake", "sample", "your", "redacted", "00000000",
        "11111111",
        "12345678", "abcdefgh", "deadbeef", "aaaaaaaa", "foobar", "insert", "......", "****", "secret_key", "notreal",
        "testtest",
        "abcd1234", "1234abcd", "qwerty", "mytoken", "my_token",
    ]

    /// Whether a text that has the form of a secret is no secret.
    static func isPlaceholder(_ secret: String) -> Bool {
        let lowered = secret.lowercased()
        if words.contains(where: { lowered.contains($0) }) { return true }
        // A secret is random: of its last twenty characters eight or more differ.
        let tail = lowered.utf8.suffix(20)
        return Set(tail).count < min(8, max(2, tail.count / 2))
    }
}

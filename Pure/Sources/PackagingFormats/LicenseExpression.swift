import Bytes

/// A licence expression with SPDX identifiers: `MIT OR (Apache-2.0 AND BSD-2-Clause)`.
///
/// Source: PEP 639 and the SPDX specification, annex D, of which PEP 639 takes `AND`, `OR`, `WITH`, `+`, parentheses
/// and `LicenseRef-` identifiers. Equal when the normalized texts are equal; `MIT OR ISC` is not `ISC OR MIT`.
public struct LicenseExpression: Hashable, Sendable {
    /// The expression with identifiers spelled as SPDX spells them, operators in upper case, single blanks.
    public let normalized: String
    /// The licence identifiers in order of appearance, without `+` and exceptions; an identifier may repeat.
    public let licenses: [String]

    /// Reads an expression; case and blanks do not matter.
    public init(parsing text: String) throws(InvalidLicenseExpression) {
        var parser = Parser(text)
        for token in Parser.tokens(of: text) { try parser.take(token) }
        try parser.finish()
        normalized = parser.output
        licenses = parser.licenses
    }
}

extension LicenseExpression: CustomStringConvertible {
    /// The normalized expression.
    public var description: String { normalized }
}

/// Why a text is not a licence expression.
public enum InvalidLicenseExpression: Error, Equatable, Sendable {
    /// Operators, operands and parentheses do not fit together; the token is where this shows, nil at the end.
    case syntax(at: String?)
    /// No licence of this identifier is on the SPDX list.
    case unknownLicense(String)
    /// No exception of this identifier is on the SPDX list.
    case unknownException(String)
    /// A `LicenseRef-` identifier may hold only letters, digits, `.` and `-` after the prefix.
    case licenseReference(String)

    /// What is wrong and what to do, in a sentence that is safe to show to anyone.
    public var explanation: String {
        switch self {
        case .syntax(nil): "The license expression ends too early. Write for example 'MIT OR Apache-2.0'."
        case .syntax(let token?):
            "The license expression is not understood at \(quoted(token)). Write for example 'MIT OR Apache-2.0'."
        case .unknownLicense(let name):
            "\(quoted(name)) is not an SPDX license identifier. Use one from spdx.org/licenses, or LicenseRef-YourName."
        case .unknownException(let name): "\(quoted(name)) is not an SPDX license exception."
        case .licenseReference(let name):
            "\(quoted(name)) is not a valid license reference: after 'LicenseRef-' come only letters, digits, '.' and '-'."
        }
    }
}

extension LicenseExpression {
    /// A parser with a counter in place of recursion, so that no depth of parentheses can exhaust the stack.
    private struct Parser {
        private enum State { case operand, license, exception, closed }

        private var state = State.operand
        private var depth = 0
        private(set) var output = ""
        private(set) var licenses: [String] = []

        init(_ text: String) { output.reserveCapacity(text.utf8.count) }

        mutating func take(_ token: String) throws(InvalidLicenseExpression) {
            switch token.lowercased() {
            case "(":
                guard state == .operand else { throw .syntax(at: token) }
                depth += 1
                append("(")
            case ")":
                guard state == .license || state == .closed, depth > 0 else { throw .syntax(at: token) }
                depth -= 1
                state = .closed
                append(")")
            case "and", "or":
                guard state == .license || state == .closed else { throw .syntax(at: token) }
                state = .operand
                append(token.uppercased())
            case "with":
                guard state == .license else { throw .syntax(at: token) }
                state = .exception
                append("WITH")
            case let identifier: try take(identifier: identifier, written: token)
            }
        }

        private mutating func take(identifier: String, written: String) throws(InvalidLicenseExpression) {
            switch state {
            case .operand:
                append(try license(identifier, written: written))
                state = .license
            case .exception:
                guard let exception = SPDX.exceptions[identifier] else { throw .unknownException(written) }
                append(exception)
                // Not `license`: one licence takes one exception.
                state = .closed
            case .license, .closed: throw .syntax(at: written)
            }
        }

        private mutating func license(_ identifier: String, written: String) throws(InvalidLicenseExpression) -> String
        {
            let prefix = "licenseref-"
            if identifier.hasPrefix(prefix) {
                let name = written.dropFirst(prefix.count)
                guard !name.isEmpty, name.utf8.allSatisfy({ $0.isASCIIAlphanumeric || $0 == 0x2D || $0 == 0x2E }) else {
                    throw .licenseReference(written)
                }
                licenses.append("LicenseRef-\(name)")
                return "LicenseRef-\(name)"
            }
            let isOrLater = identifier.utf8.last == UInt8(ascii: "+")
            guard let license = SPDX.licenses[isOrLater ? String(identifier.dropLast()) : identifier] else {
                throw .unknownLicense(written)
            }
            licenses.append(license)
            return isOrLater ? license + "+" : license
        }

        private mutating func append(_ word: String) {
            if !output.isEmpty, output.utf8.last != UInt8(ascii: "("), word != ")" { output += " " }
            output += word
        }

        func finish() throws(InvalidLicenseExpression) {
            guard state == .license || state == .closed, depth == 0 else { throw .syntax(at: nil) }
        }

        /// Words and parentheses, which need no blanks around them.
        static func tokens(of text: String) -> [String] {
            var reader = ByteReader(text)
            var tokens: [String] = []
            while true {
                reader.skipWhitespace()
                let start = reader.position
                guard let first = reader.next else { return tokens }
                reader.position += 1
                if first != UInt8(ascii: "("), first != UInt8(ascii: ")") {
                    while let byte = reader.next, byte != UInt8(ascii: "("), byte != UInt8(ascii: ")"),
                        Whitespace.width(at: reader.position, in: reader.bytes, end: reader.end) == nil
                    {
                        reader.position += 1
                    }
                }
                tokens.append(reader.text(from: start))
            }
        }
    }
}

/// The SPDX list by lower-case identifier.
enum SPDX {
    static let licenses = index(SPDXList.licenses + SPDXList.deprecatedLicenses)
    static let exceptions = index(SPDXList.exceptions)

    private static func index(_ lines: [String]) -> [String: String] {
        var index: [String: String] = [:]
        for identifier in lines.flatMap({ $0.split(separator: " ") }) {
            index[identifier.lowercased()] = String(identifier)
        }
        return index
    }
}

extension Unicode.Scalar {
    /// Whether it changes how a terminal shows what stands around it, or ends a line: the control characters of C0 and
    /// C1 with DEL, the controls of writing direction, and other characters that are not seen.
    ///
    /// The joiners that scripts and emoji are written with are left as they are.
    /// Source: ECMA-48; Unicode Standard Annex 9, "Trojan Source" (CVE-2021-42574).
    fileprivate var controlsTerminal: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: value != 0x200C && value != 0x200D
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
            .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol, .spaceSeparator,
            .surrogate, .privateUse, .unassigned:
            false
        @unknown default: true
        }
    }
}

extension StringProtocol {
    /// The text as a terminal, or a log of lines, can show it: on one line, and what could steer the terminal or forge
    /// another line is written out, `\u{1b}` for example.
    ///
    /// Much of what commands print was written by strangers: reasons, names, labels, addresses, names of files.
    public var forTerminal: String { escaped { "\\u{\(String($0.value, radix: 16))}" } }

    /// The same for text that has several lines by our own doing.
    public var linesForTerminal: String {
        split(separator: "\n", omittingEmptySubsequences: false).map(\.forTerminal).joined(separator: "\n")
    }

    /// The same for a document in JSON, where such characters can only stand in a string: it says the same to anyone
    /// who parses it (RFC 8259, section 7). Line feeds stand between its members.
    public var jsonForTerminal: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.escaped { scalar in
                scalar.utf16.map { unit in
                    let digits = String(unit, radix: 16)
                    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }.joined()
            }
        }.joined(separator: "\n")
    }

    private func escaped(_ escape: (Unicode.Scalar) -> String) -> String {
        guard unicodeScalars.contains(where: \.controlsTerminal) else { return String(self) }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.controlsTerminal { text += escape(scalar) } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

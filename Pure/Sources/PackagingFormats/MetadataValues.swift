import Bytes

// The smaller forms that values of metadata have.

extension Unicode.Scalar {
    /// Where Python's `str.splitlines` ends a line.
    var endsLine: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}

/// The path of a licence text: relative, plain, `/` between its parts.
///
/// Source: "Core metadata specifications", License-File (PEP 639).
enum LicensePath {
    static func problem(of path: String) -> InvalidLicensePath? {
        let bytes = Array(path.utf8)
        if path.contains("..") { return .parent }
        if bytes.contains(UInt8(ascii: "*")) { return .pattern }
        let hasDrive = bytes.count > 2 && bytes[0].isASCIILetter && bytes[1] == UInt8(ascii: ":")
        if bytes.first == UInt8(ascii: "/")
            || hasDrive && (bytes[2] == UInt8(ascii: "/") || bytes[2] == UInt8(ascii: "\\"))
        {
            return .absolute
        }
        let isPlain =
            !bytes.contains(UInt8(ascii: "\\")) && !bytes.contains(0)
            && bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && !$0.elementsEqual(".".utf8)
            }
        return isPlain ? nil : .form
    }
}

/// The dotted name of a module, with `; private` where others should not import it.
///
/// Source: PEP 794; identifiers and keywords by the Python Language Reference.
enum ImportName {
    static func problem(of text: String) -> MetadataProblem.Reason? {
        let semicolon = text.firstIndex(of: ";") ?? text.endIndex
        var name = Substring(text[..<semicolon])
        while name.last?.isWhitespace == true { name.removeLast() }
        let isName = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isIdentifier)
        guard isName else { return .importName(String(name)) }
        if semicolon < text.endIndex, text[semicolon...].dropFirst().drop(while: \.isWhitespace) != "private" {
            return .importOption(text)
        }
        return nil
    }

    /// The name alone, without what says that it is private.
    static func name(of text: String) -> String { Whitespace.trim(text.prefix { $0 != ";" }) }

    private static func isIdentifier(_ text: Substring) -> Bool {
        guard let first = text.unicodeScalars.first, !keywords.contains(String(text)) else { return false }
        return (first == "_" || first.properties.isXIDStart)
            && text.unicodeScalars.dropFirst().allSatisfy(\.properties.isXIDContinue)
    }

    private static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ]
}

/// URLs that may stand as a link on a page.
enum WebAddress {
    static func problem(of item: ProjectURL, labelLimit: Int) -> MetadataProblem.Reason? {
        if item.label.isEmpty { return .noLabel }
        if item.label.unicodeScalars.count > labelLimit { return .longLabel(item.label, limit: labelLimit) }
        return isURL(item.url) ? nil : .url(item.url)
    }

    /// `http` or `https`, a host, nothing that could end the link or the line.
    static func isURL(_ text: String) -> Bool {
        var reader = ByteReader(text)
        guard reader.consumeIgnoringCase("https://") || reader.consumeIgnoringCase("http://") else { return false }
        guard let first = reader.next, first != UInt8(ascii: "/"), first != UInt8(ascii: "?"),
            first != UInt8(ascii: "#")
        else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7F && !scalar.endsLine && !scalar.properties.isWhitespace
                && !#""<>\^`{|}"#.unicodeScalars.contains(scalar)
        }
    }
}

/// E-mail addresses as headers hold them: `a@example.org, "B. C." <b@example.org>`.
enum MailAddress {
    /// What is wrong with the field, or nil when it holds an address. Among several entries one good one is enough, for
    /// names with a comma divide into entries too.
    static func problem(of text: String) -> String? {
        let addresses = entries(of: text).map { entry in
            let inBrackets = entry.lastIndex(of: "<").map { entry[entry.index(after: $0)...].prefix { $0 != ">" } }
            return Whitespace.trim(inBrackets ?? Substring(entry))
        }
        return addresses.contains(where: isAddress) ? nil : addresses.first
    }

    /// The parts between commas that do not stand in quotation marks. Empty ones are left out.
    private static func entries(of text: String) -> [String] {
        var entries: [[UInt8]] = [[]]
        var isQuoted = false
        var isEscaped = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && byte == UInt8(ascii: "\\") && !isEscaped
            if byte == UInt8(ascii: ","), !isQuoted {
                entries.append([])
            } else {
                entries[entries.count - 1].append(byte)
            }
        }
        return entries.map { Whitespace.trim(String(decoding: $0, as: UTF8.self)) }.filter { !$0.isEmpty }
    }

    /// Something before one `@`, a domain behind it, no blanks. Whether mail arrives is not asked.
    private static func isAddress(_ text: String) -> Bool {
        guard let at = text.lastIndex(of: "@"), at > text.startIndex, text.utf8.count <= 320 else { return false }
        let local = text[..<at]
        let isQuoted =
            local.utf8.first == UInt8(ascii: "\"") && local.utf8.last == UInt8(ascii: "\"") && local.utf8.count > 1
        let isLocal =
            isQuoted
            || local.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !#"()<>@,;:\"[]"#.unicodeScalars.contains($0)
            }
        let labels = text[text.index(after: at)...].split(separator: ".", omittingEmptySubsequences: false)
        return isLocal
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.first != 0x2D && label.utf8.last != 0x2D
                    && label.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2D || $0 >= 0x80 }
            }
    }
}

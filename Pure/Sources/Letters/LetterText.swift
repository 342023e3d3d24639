/// A letter as plain text: lines of at most 72 characters, as RFC 5322, section 2.1.1, likes them; addresses in one
/// piece.
enum LetterText {
    static func render(_ letter: Letter, _ head: LetterHead) -> String {
        var blocks = [wrapped(letter.greeting)]
        blocks += letter.paragraphs.map { wrapped(head.naming($0)) }
        if !letter.facts.isEmpty {
            blocks.append(letter.facts.map { "    \($0.name.readable): \($0.value.readable)" }.joined(separator: "\n"))
        }
        if let link = letter.link { blocks.append("\(wrapped("\(link.label):"))\n\n\(head.baseURL)\(link.path)") }
        blocks += letter.afterLink.map(wrapped)
        blocks += (letter.pointers ?? []).map { pointer in
            ([wrapped(pointer.text)] + pointer.paths.map { head.baseURL + $0 }).joined(separator: "\n")
        }
        if let questions = head.questions { blocks.append(wrapped(questions)) }
        // Two hyphens and a space begin a signature (RFC 3676, section 4.3).
        blocks.append("-- \n\(wrapped(letter.reason))\n\(wrapped("Sent by \(head.indexName),"))\n\(head.baseURL)/")
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func wrapped(_ paragraph: String) -> String {
        var lines: [String] = []
        for word in paragraph.readable.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= 72 {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// The text on one line, without control characters and without those that turn the direction of writing: what a
    /// stranger chose must not rearrange what we say.
    var readable: String {
        var line = UnicodeScalarView()
        for scalar in mailLine.unicodeScalars {
            let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            line.append(turns ? "\u{FFFD}" : scalar)
        }
        return String(line)
    }
}

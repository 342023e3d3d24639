/// The code blocks of a description, and what they look like with their words told apart.
enum HighlightedCode {
    /// A code block among the pieces of a description.
    struct Block: Equatable {
        let code: MarkupRequest.CodeBlock
        /// The pieces that are its text.
        let pieces: Range<Int>
    }

    /// The blocks whose language is named: `code` in `pre`, with nothing but text in it.
    static func blocks(in pieces: [HTMLPiece]) -> [Block] {
        let prefix = "language-"
        return pieces.indices.dropFirst().compactMap { index in
            guard case .open(.code, let attributes) = pieces[index], case .open(.pre, _) = pieces[index - 1],
                let language = attributes[.class], language.hasPrefix(prefix), language.utf8.count <= 50
            else { return nil }
            var text = ""
            var end = index + 1
            while end < pieces.count, case .text(let part) = pieces[end] {
                text += part
                end += 1
            }
            guard end < pieces.count, pieces[end] == .close(.code), end > index + 1 else { return nil }
            let code = MarkupRequest.CodeBlock(language: String(language.dropFirst(prefix.count)), text: text)
            return Block(code: code, pieces: index + 1..<end)
        }
    }

    /// The pieces with what the helper made of the blocks, as far as it says what the author wrote.
    ///
    /// - Parameter answer: for each block the length of its HTML, in four bytes, and the HTML.
    static func pieces(_ pieces: [HTMLPiece], with answer: [UInt8], for blocks: [Block]) -> [HTMLPiece] {
        var marked: [HTMLPiece] = []
        var position = 0
        var rest = answer[...]
        for block in blocks {
            let length = Frame.number(in: rest)
            rest = rest.dropFirst(4)
            guard length <= rest.count else { continue }
            let code = HTMLSanitizer.pieces(of: Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
            guard isSame(code, as: block.code.text) else { continue }
            marked += pieces[position..<block.pieces.lowerBound] + code
            position = block.pieces.upperBound
        }
        return marked + pieces[position...]
    }

    /// Whether some pieces are a text and marks in it, and nothing else.
    private static func isSame(_ pieces: [HTMLPiece], as text: String) -> Bool {
        var written = ""
        for piece in pieces {
            switch piece {
            case .text(let part): written += part
            case .open(.span, _), .close(.span): break
            case .open, .close, .void: return false
            }
        }
        return written.utf8.elementsEqual(text.utf8)
    }
}

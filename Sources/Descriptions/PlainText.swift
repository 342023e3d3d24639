/// Text that is shown as it is written: line breaks and columns kept, web addresses as links.
enum PlainText {
    /// The HTML of a text. Where it would have more bytes than `limit`, addresses are no links; where it still would,
    /// the text is cut.
    static func html(of text: String, limit: Int) -> String {
        var html = start(of: text)
        if text.utf8.count <= limit {
            Linkifier.write(text, to: &html)
            if html.count <= limit { return end(html) }
            html = start(of: text)
        }
        // Stops within one scalar of the limit, whatever the text is.
        var isCut = false
        for scalar in text.unicodeScalars {
            guard html.count <= limit else {
                isCut = true
                break
            }
            Escaping.append(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter, to: &html)
        }
        if isCut { html += "…".utf8 }
        return end(html)
    }

    private static func start(of text: String) -> [UInt8] {
        // A line end right behind the tag would not be shown; one more keeps the author's own.
        Array(#"<pre class="plain">"#.utf8) + (text.first?.isNewline == true ? [UInt8(ascii: "\n")] : [])
    }

    private static func end(_ html: [UInt8]) -> String { String(decoding: html, as: UTF8.self) + "</pre>" }
}

/// Text that is shown as it is written: line breaks and columns kept, web addresses as links.
enum PlainText {
    /// The HTML of a text.
    static func html(of text: String) -> String {
        var html = Array(#"<pre class="plain">"#.utf8)
        // A line end right behind the tag would not be shown; one more keeps the author's own.
        if text.first?.isNewline == true { html.append(UInt8(ascii: "\n")) }
        Linkifier.write(text, to: &html)
        html += "</pre>".utf8
        return String(decoding: html, as: UTF8.self)
    }
}

/// A letter as HTML: one column, the reader's own font, light or dark as they like it, nothing fetched from anywhere.
enum LetterHTML {
    static func render(_ letter: Letter, _ head: LetterHead) -> String {
        var lines = [
            "<!DOCTYPE html>",
            "<html lang=\"en\">",
            "<head>",
            "<meta charset=\"utf-8\">",
            "<meta name=\"viewport\" content=\"width=device-width\">",
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "<meta name=\"supported-color-schemes\" content=\"light dark\">",
            "<title>\(escaped(head.naming(letter.subject)))</title>",
            "<style>",
            style,
            "</style>",
            "</head>",
            "<body style=\"margin:0;padding:24px 16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
                + "font-size:16px;line-height:1.5;overflow-wrap:anywhere\">",
            "<div style=\"max-width:560px;margin:0 auto\">",
            paragraph(letter.greeting),
        ]
        lines += letter.paragraphs.map { paragraph(head.naming($0)) }
        lines += facts(letter.facts)
        if let link = letter.link { lines.append(button(link, head)) }
        lines += letter.afterLink.map(paragraph)
        lines += (letter.pointers ?? []).map { pointed($0, head) }
        if let questions = head.questions { lines.append(paragraph(questions)) }
        lines += [
            "<div class=\"foot\" style=\"margin-top:32px;padding-top:12px;border-top:1px solid #c9c4ba;font-size:14px;"
                + "color:#66625a\">",
            "<p style=\"margin:0 0 4px\">\(escaped(letter.reason))</p>",
            "<p style=\"margin:0\">Sent by \(escaped(head.indexName)),\n\(address(head.baseURL + "/"))</p>",
            "</div>",
            "</div>",
            "</body>",
            "</html>",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// What cannot be written beside an element: the colours of those who read in the dark.
    private static let style = """
        :root { color-scheme: light dark; }
        @media (prefers-color-scheme: dark) {
        .button { background: #e9c46a !important; color: #1c1a17 !important; }
        .foot { color: #aaa59b !important; border-color: #4a463f !important; }
        }
        """

    private static func paragraph(_ text: String) -> String { "<p style=\"margin:0 0 16px\">\(escaped(text))</p>" }

    private static func pointed(_ pointer: Letter.Pointer, _ head: LetterHead) -> String {
        let places = pointer.paths.map { "<br>\n\(address(head.baseURL + $0))" }
        return "<p style=\"margin:0 0 16px\">\(escaped(pointer.text))\(places.joined())</p>"
    }

    private static func facts(_ facts: [Letter.Fact]) -> [String] {
        guard !facts.isEmpty else { return [] }
        let rows = facts.map { fact in
            "<tr><th scope=\"row\" style=\"width:30%;text-align:left;vertical-align:top;font-weight:normal;"
                + "padding:0 16px 4px 0\">"
                + "\(escaped(fact.name))</th>\n"
                + "<td style=\"vertical-align:top;padding:0 0 4px\"><strong>\(escaped(fact.value))</strong></td></tr>"
        }
        // The width is fixed: a long name in one column would otherwise squeeze the other, or push it off a phone.
        return ["<table style=\"margin:0 0 16px;border-collapse:collapse;table-layout:fixed;width:100%\">"] + rows + [
            "</table>"
        ]
    }

    /// With its address as text: who cannot see where a button leads learns to press any.
    private static func button(_ link: Letter.Link, _ head: LetterHead) -> String {
        "<p style=\"margin:24px 0 8px\"><a class=\"button\" href=\"\(escaped(head.baseURL + link.path))\"\n"
            + "style=\"display:inline-block;padding:12px 20px;border-radius:6px;background:#8a4b08;color:#ffffff;"
            + "text-decoration:none\">\(escaped(link.label))</a></p>\n"
            + "<p class=\"foot\" style=\"margin:0 0 24px;font-size:14px;color:#66625a\">\(address(head.baseURL + link.path))</p>"
    }

    private static func address(_ url: String) -> String {
        "<a href=\"\(escaped(url))\" style=\"color:inherit\">\(escaped(url))</a>"
    }

    /// Text made safe between tags and inside a quoted attribute. By scalars: a replacement by `Character` would miss a
    /// `"` that a combining accent follows.
    private static func escaped(_ text: String) -> String {
        var html = ""
        for scalar in text.readable.unicodeScalars {
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.unicodeScalars.append(scalar)
            }
        }
        return html
    }
}

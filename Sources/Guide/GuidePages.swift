import Descriptions
import Site

/// How to use the index, for somebody who came just now.
struct HelpPage {
    let installing: [Snippet]
    let publishing: [Snippet]
    /// How a project takes some packages from here and the others from the public index.
    let beside: Snippet
    /// Who answers questions; nil where nobody is named.
    let contact: String?

    init(_ address: IndexAddress, contact: String?) {
        installing = address.configurationCommands
        publishing = address.publishCommands
        beside = Snippet(
            "beside-uv", "pyproject.toml",
            """
            [[tool.uv.index]]
            name = "ours"
            url = "\(address.simple)"
            explicit = true

            [tool.uv.sources]
            your-package = { index = "ours" }
            """)
        self.contact = contact
    }
}

/// The operator's own words.
struct TermsPage {
    /// Made harmless, like a description.
    let termsHTML: String
}

extension SiteRenderer {
    /// `GET /help/`
    func help() -> [UInt8] {
        page(
            HelpPage(address, contact: contact), as: .help, titled: "Help",
            description: "How to install from this index, publish to it, and keep an account safe.")
    }

    /// `GET /terms/`
    ///
    /// - Parameter markdown: the operator's text.
    func terms(_ markdown: String) -> [UInt8] {
        // They are the operator's own, and so are the pages that they lead to.
        let html = DescriptionRenderer().html(
            of: markdown, contentType: "text/markdown", relativeTo: address.base)
        return page(
            TermsPage(termsHTML: html), as: .terms, titled: "Terms of use",
            description: "Under which terms this index is used.")
    }
}

import HTTPTypes

/// Whether a request that changes something comes from a page of this index, by what the browser itself says about it.
///
/// A second lock behind the secret in each form. Old browsers and programs say nothing, and are not refused for it.
///
/// Source: Fetch, section 3.1 (`Origin`); Fetch Metadata, section 2.3 (`Sec-Fetch-Site`).
public struct SameOrigin: Sendable, Hashable {
    private let origins: Set<String>

    /// - Parameter origins: those of the index's own pages: `https://packages.example.org`.
    public init(_ origins: Set<String>) { self.origins = origins }

    /// Whether nothing in a request says that it comes from elsewhere.
    ///
    /// - Parameter authority: the host and port that the request was sent to. A page from there is ours under another
    ///   name; a foreign page cannot choose where its reader's browser sends the request's `Host`.
    public func admits(_ headers: HTTPFields, authority: String?) -> Bool {
        if let said = headers[.origin]?.lowercased(), !origins.contains(said) {
            guard let authority = authority?.lowercased(),
                ["http://\(authority)", "https://\(authority)"].contains(said)
            else { return false }
        }
        guard let site = headers[.fetchSite] else { return true }
        // `none`: the person did it, by loading the page again for example.
        return site == "same-origin" || site == "none"
    }
}

extension HTTPField.Name {
    fileprivate static let fetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .referer
}

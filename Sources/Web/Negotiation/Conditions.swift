/// Whether a client has already what it asks for (RFC 9110, section 13).
public enum Conditions {
    /// Whether `If-None-Match` names `etag`, by weak comparison, or anything by `*`.
    ///
    /// - Parameter etag: a strong ETag with its quotes.
    public static func isFresh(ifNoneMatch: String?, etag: String) -> Bool {
        guard let ifNoneMatch else { return false }
        // Nearly always it is exactly what we sent before.
        if ifNoneMatch == etag { return true }
        return tags(ifNoneMatch).contains { $0 == "*" || $0 == etag }
    }

    /// Whether a range may be taken from the present file: `If-Range` is missing or names it by its strong ETag. A date
    /// is never good enough, since we send none.
    public static func allowsRange(ifRange: String?, etag: String) -> Bool {
        ifRange == nil || ifRange == etag
    }

    /// The tags of a list, without the marks of weak ones. Commas within quotes belong to a tag.
    private static func tags(_ header: String) -> [Substring] {
        var tags: [Substring] = []
        var rest = header[...]
        while let first = rest.first {
            if first == "," || first == " " || first == "\t" {
                rest.removeFirst()
            } else if first == "*" {
                tags.append("*")
                rest.removeFirst()
            } else {
                if rest.hasPrefix("W/") { rest.removeFirst(2) }
                guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return tags }
                tags.append(rest[...end])
                rest = rest[rest.index(after: end)...]
            }
        }
        return tags
    }
}

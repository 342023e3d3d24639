/// How a refusal is written for anyone who gets it.
enum RefusalFormat: Sendable, Equatable, CaseIterable {
    /// Problem details for programs (RFC 9457).
    case problem
    /// A page for browsers.
    case page
    /// The sentence alone, in plain text.
    case text

    /// The format that a client likes best by its `Accept` header.
    ///
    /// Of formats that are equally welcome the first above is chosen, but what only a wildcard covers comes after what
    /// is named, and for a wildcard text is best: curl and old installers show what they get. An installer that asks
    /// for a page of the Simple API in JSON gets problem details, in HTML the sentence: it would show nobody a page. A
    /// client that takes JSON of any kind and names plain text besides, as uv does when it publishes, shows people what
    /// it gets: text.
    ///
    /// Source: RFC 9110, section 12.5.1.
    static func negotiate(accept: String?) -> RefusalFormat {
        guard let accept else { return .text }
        var named: [RefusalFormat: Int] = [:]
        var ranges: [String: Int] = [:]
        let items = Array(WeightedList(accept))
        let showsText = items.contains { $0.name == "text/plain" && $0.weight > 0 }
        for item in items where !(showsText && item.name == "application/json") {
            if let format = RefusalFormat(mediaType: item.name) {
                named[format] = max(named[format] ?? 0, item.weight)
            } else {
                ranges[item.name] = max(ranges[item.name] ?? 0, item.weight)
            }
        }
        let ranked = allCases.enumerated().map { order, format -> (format: RefusalFormat, rank: (Int, Int)) in
            if let weight = named[format] { return (format, (weight, 10 - order)) }
            return (format, (ranges[format.range] ?? ranges["*/*"] ?? 0, order))
        }
        guard let best = ranked.max(by: { $0.rank < $1.rank }), best.rank.0 > 0 else { return .text }
        return best.format
    }

    private init?(mediaType: String) {
        switch mediaType {
        case "text/html", "application/xhtml+xml": self = .page
        case "text/plain", "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html":
            self = .text
        case _ where mediaType.hasSuffix("/json") || mediaType.hasSuffix("+json"): self = .problem
        default: return nil
        }
    }

    private var range: String {
        switch self {
        case .problem: "application/*"
        case .page, .text: "text/*"
        }
    }
}

/// The content types of a page of the Simple API (PEP 691).
public enum SimpleFormat: Int, Sendable, CaseIterable {
    /// `application/vnd.pypi.simple.v1+json`
    case json
    /// `application/vnd.pypi.simple.v1+html`
    case html
    /// `text/html`
    case legacyHTML

    /// What `Content-Type` says.
    public var contentType: String {
        switch self {
        case .json: "application/vnd.pypi.simple.v1+json"
        case .html: "application/vnd.pypi.simple.v1+html"
        case .legacyHTML: "text/html; charset=utf-8"
        }
    }

    /// The format for an `Accept` header.
    ///
    /// Of formats that are equally welcome the earlier of JSON, HTML, `text/html` is chosen, but a format that only a
    /// wildcard covers comes after those that are named: anyone who says `*/*` may be a browser or a client from before
    /// PEP 691. Anyone who accepts nothing that we have gets `text/html` too.
    public static func negotiate(accept: String?) -> SimpleFormat {
        guard let accept else { return .legacyHTML }
        var named: [SimpleFormat: Int] = [:]
        var ranges: [String: Int] = [:]
        for item in WeightedList(accept) {
            if let format = SimpleFormat(mediaType: item.name) {
                named[format] = max(named[format] ?? 0, item.weight)
            } else {
                ranges[item.name] = max(ranges[item.name] ?? 0, item.weight)
            }
        }
        // Best by weight; then named before covered by a wildcard; then JSON before HTML, or the reverse for wildcards.
        var best: (format: SimpleFormat, rank: (Int, Int))?
        for format in allCases {
            let rank: (Int, Int)
            if let weight = named[format] {
                rank = (weight, 10 - format.rawValue)
            } else {
                rank = (ranges[format.range] ?? ranges["*/*"] ?? 0, format.rawValue)
            }
            guard rank.0 > 0 else { continue }
            if let current = best, current.rank >= rank { continue }
            best = (format, rank)
        }
        return best?.format ?? .legacyHTML
    }

    /// The format that a `?format=` parameter names, or nil when it names none of ours.
    public init?(parameter: some StringProtocol) {
        let decoded = parameter.lowercased().replacing("%2b", with: "+").replacing("%2f", with: "/")
        // A plus sign in a query may have been meant as one, or may have been written for a blank.
        self.init(mediaType: decoded.replacing(" ", with: "+"))
    }

    private init?(mediaType: String) {
        switch mediaType {
        case "application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json": self = .json
        case "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html": self = .html
        case "text/html": self = .legacyHTML
        default: return nil
        }
    }

    private var range: String { self == .legacyHTML ? "text/*" : "application/*" }
}

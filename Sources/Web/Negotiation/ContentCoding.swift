/// How a body is compressed on its way (RFC 9110, section 8.4.1; RFC 8878 for zstd).
public enum ContentCoding: Int, Sendable, CaseIterable {
    case identity, gzip, zstd

    /// What `Content-Encoding` says; nil for a body as it is.
    public var token: String? {
        switch self {
        case .identity: nil
        case .gzip: "gzip"
        case .zstd: "zstd"
        }
    }
}

/// The codings that a client takes, best first.
public struct CodingPreference: Sendable, Equatable {
    /// The codings in the order in which to try them. Never empty: identity is served when nothing else is acceptable,
    /// since a body that a client may not understand is of more use than none.
    public let order: [ContentCoding]

    /// Nothing but identity.
    public static let identity = CodingPreference(order: [.identity])

    private init(order: [ContentCoding]) { self.order = order }

    /// Reads an `Accept-Encoding` header. Of codings that are equally welcome the smaller result comes first: zstd,
    /// gzip, identity.
    public init(acceptEncoding: String?) {
        guard let acceptEncoding else {
            self = .identity
            return
        }
        var weights: [ContentCoding: Int] = [:]
        var others: Int?
        for item in WeightedList(acceptEncoding) {
            switch item.name {
            case "gzip", "x-gzip": weights[.gzip] = item.weight
            case "zstd": weights[.zstd] = item.weight
            case "identity": weights[.identity] = item.weight
            case "*": others = item.weight
            default: break
            }
        }
        let weighted = ContentCoding.allCases.reversed().map { coding in
            // Identity is acceptable unless it is ruled out; compressed bodies only where they are asked for.
            (coding, weights[coding] ?? others ?? (coding == .identity ? 1 : 0))
        }
        let acceptable = weighted.filter { $0.1 > 0 }.enumerated().sorted {
            ($1.element.1, $0.offset) < ($0.element.1, $1.offset)
        }
        order = acceptable.isEmpty ? [.identity] : acceptable.map(\.element.0)
    }
}

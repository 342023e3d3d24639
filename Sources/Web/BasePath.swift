import Bytes

/// The path of the index's own address, `/pypi` of `https://host.example/pypi`; empty where the index has the host to
/// itself.
///
/// All parts of the index are written as if it stood at the root of its host. The path is taken off a request's target
/// before anything else looks at it (``RequestTarget``), and put before addresses where they leave: redirects, cookies
/// and pages here, documents where they are made.
public struct BasePath: Sendable, Hashable {
    /// With a slash at its beginning and none at its end, or empty.
    public let text: String

    /// The index stands at the root of its host.
    public static let root = BasePath(text: "")

    private init(text: String) { self.text = text }

    /// The path of an index's address, which has no slash at its end.
    public init(baseURL: String) {
        let afterScheme = baseURL.firstRange(of: "://").map { baseURL[$0.upperBound...] } ?? baseURL[...]
        let path = afterScheme.drop { $0 != "/" }
        text = path == "/" ? "" : String(path)
    }

    /// Whether the path of an address can be a base path: segments of letters, digits, `-`, `.`, `_` and `~`, which
    /// nobody on the way writes in two forms.
    public static func isValid(_ path: some StringProtocol) -> Bool {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        return path.hasPrefix("/")
            && segments.allSatisfy { segment in
                !segment.isEmpty && segment != "." && segment != ".."
                    && segment.utf8.allSatisfy { $0.isUnreserved }
            }
    }

    /// The target without this path; nil for what is not below it. The path itself, without a slash, is the home page.
    func inner(of target: String) -> String? {
        guard !text.isEmpty else { return target }
        guard target.hasPrefix(text) else { return nil }
        let rest = target.dropFirst(text.count)
        switch rest.first {
        case "/": return String(rest)
        case nil, "?": return "/" + rest
        default: return nil
        }
    }

    /// A path of the index as browsers have to ask for it. Whole addresses stay as they are.
    public func outer(_ path: String) -> String {
        // Two slashes begin the address of another host.
        path.hasPrefix("/") && !path.hasPrefix("//") ? text + path : path
    }

    /// What a cookie says in its `Path`.
    public var cookiePath: String { text + "/" }

    /// The attributes that hold addresses, in HTML and for our own scripts.
    private static let attributes: Set<String> = [
        "href", "src", "action", "formaction", "data-options", "data-answer",
    ]

    /// A page in which every address that begins with a slash is one below this path. Text is left alone.
    ///
    /// - Parameter html: as our templates and the sanitizer write it: attributes have double quotes, `<` in text is
    ///   escaped.
    public func prefixing(html: [UInt8]) -> [UInt8] {
        guard !text.isEmpty else { return html }
        let (quote, slash) = (UInt8(ascii: "\""), UInt8(ascii: "/"))
        var page: [UInt8] = []
        page.reserveCapacity(html.count + 4_096)
        var isInTag = false
        var isInValue = false
        // Where the name of the attribute begins.
        var word = 0
        for (position, byte) in html.enumerated() {
            page.append(byte)
            switch byte {
            case quote where isInValue: isInValue = false
            case quote where isInTag:
                isInValue = true
                let name = html[word..<position].dropLast()
                guard html[position - 1] == UInt8(ascii: "="), position + 1 < html.count,
                    html[position + 1] == slash, position + 2 >= html.count || html[position + 2] != slash,
                    Self.attributes.contains(String(decoding: name, as: UTF8.self))
                else { continue }
                page.append(contentsOf: text.utf8)
            case _ where isInValue: break
            case UInt8(ascii: "<"): isInTag = true
            case UInt8(ascii: ">"): isInTag = false
            case 0x20, 0x0A, 0x09: word = position + 1
            default: break
            }
        }
        return page
    }
}

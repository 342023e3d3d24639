import Bytes
import Crypto
import Primitives

/// A file that pages refer to. Its path holds a digest of its bytes, so it can be kept for ever: other bytes have
/// another path.
public struct StaticAsset: Sendable, Hashable {
    /// Where it is served: `/static/0123456789abcdef/site.css`.
    public let path: String
    public let contentType: String
    /// Its bytes.
    public let bytes: [UInt8]

    /// The `Cache-Control` to serve it with: for a year, without asking again.
    public static let cacheControl = "public, max-age=31536000, immutable"

    init(name: String, contentType: String, bytes: [UInt8]) {
        path = "/static/\(SHA256.hash(data: bytes).prefix(8).hexadecimal)/\(name)"
        self.contentType = contentType
        self.bytes = bytes
    }
}

/// The paths that every page writes.
struct AssetPaths: Sendable {
    let stylesheet: String
    let script: String
    let keysScript: String
    let icon: String

    init(_ assets: [StaticAsset]) {
        func path(endingIn name: String) -> String { assets.first { $0.path.hasSuffix("/" + name) }?.path ?? "" }
        stylesheet = path(endingIn: "site.css")
        script = path(endingIn: "site.js")
        keysScript = path(endingIn: "keys.js")
        icon = path(endingIn: "rind.svg")
    }
}

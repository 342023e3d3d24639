import Bytes
import Compression
import Crypto
import HTTPTypes
public import NIOCore
import Primitives

/// A body in the codings in which it is served.
public struct EncodedBody: Sendable {
    public let identity: ByteBuffer
    /// Compressed with gzip, or nil where that does not pay.
    public let gzip: ByteBuffer?
    /// Compressed with zstd, or nil where that does not pay.
    public let zstd: ByteBuffer?
    /// The beginning of the ETags: a digest of the body.
    fileprivate let digest: String

    /// Compresses `bytes` when `compresses` says so and it saves something. Takes CPU time: not for the event loop.
    public init(_ bytes: [UInt8], compresses: Bool = true) {
        identity = ByteBuffer(bytes: bytes)
        digest = SHA256.hash(data: bytes).prefix(16).hexadecimal
        // Below this size a packet is saved by neither.
        guard compresses, bytes.count > 512 else {
            gzip = nil
            zstd = nil
            return
        }
        gzip = Self.smaller(Gzip.compress(bytes), than: bytes)
        zstd = Self.smaller(Zstandard.compress(bytes), than: bytes)
    }

    private static func smaller(_ compressed: [UInt8], than bytes: [UInt8]) -> ByteBuffer? {
        compressed.count < bytes.count ? ByteBuffer(bytes: compressed) : nil
    }

    fileprivate subscript(coding: ContentCoding) -> ByteBuffer? {
        switch coding {
        case .identity: identity
        case .gzip: gzip
        case .zstd: zstd
        }
    }

    fileprivate var cost: Int { identity.readableBytes + (gzip?.readableBytes ?? 0) + (zstd?.readableBytes ?? 0) }
}

/// A rendered page in all its forms, with their header lines ready to be sent.
public final class CachedPage: Sendable {
    /// What is on the page.
    public enum Content: Sendable {
        /// A page of the Simple API, of which the HTML is served under two content types.
        case simple(json: EncodedBody, html: EncodedBody)
        /// Anything else, with its content type.
        case single(contentType: String, EncodedBody)
    }

    /// One form of the page.
    private struct Variant {
        var etag: String
        var head: PreparedHead
        var body: ByteBuffer
    }

    /// About how much memory this takes, in bytes.
    public let cost: Int
    /// Whether it is the page until something changes. One that had to do without something for the moment is not.
    public let isLasting: Bool
    private let isSimple: Bool
    /// By format (one if the page is not negotiated), then by coding.
    private let variants: [Variant?]

    /// - Parameters:
    ///   - content: the bodies.
    ///   - serial: for `X-PyPI-Last-Serial`; nil leaves the header out.
    ///   - headers: what else every answer with the page says, a content security policy for example.
    ///   - cacheControl: how long the page is fresh. Local pages ask each time, since pip would hide a new upload for
    ///     as
    ///     long as a page is fresh; what never changes may be kept.
    ///   - isLasting: whether it may be kept.
    public init(
        _ content: Content, serial: Int64?, headers: HTTPFields = [:], cacheControl: String = CachedPage.alwaysAsk,
        isLasting: Bool = true
    ) {
        self.isLasting = isLasting
        let forms: [(contentType: String, tag: String, body: EncodedBody)]
        switch content {
        case .simple(let json, let html):
            isSimple = true
            forms = SimpleFormat.allCases.map { format in
                switch format {
                case .json: (format.contentType, "j", json)
                case .html: (format.contentType, "h", html)
                case .legacyHTML: (format.contentType, "t", html)
                }
            }
            cost = json.cost + html.cost + Self.overhead * 9
        case .single(let contentType, let body):
            isSimple = false
            forms = [(contentType, "", body)]
            cost = body.cost + Self.overhead * 3
        }
        variants = forms.flatMap { form in
            ContentCoding.allCases.map { coding -> Variant? in
                guard let body = form.body[coding] else { return nil }
                let etag = "\"\(form.body.digest)\(form.tag)\(coding.etagSuffix)\""
                var description: HTTPFields = [.contentType: form.contentType]
                if let token = coding.token { description[.contentEncoding] = token }
                var common: HTTPFields = [
                    .eTag: etag, .cacheControl: cacheControl, .vary: Self.varies,
                    .accessControlAllowOrigin: "*",
                ]
                if let serial { common[.lastSerial] = String(serial) }
                common.append(contentsOf: headers)
                let head = PreparedHead(contentLength: body.readableBytes, description: description, common: common)
                return Variant(etag: etag, head: head, body: body)
            }
        }
    }

    /// `Cache-Control` of pages that change.
    public static let alwaysAsk = "no-cache"
    /// `Cache-Control` of what never changes.
    public static let immutable = "public, max-age=365000000, immutable"

    /// `Vary` of pages: by a credential an address can be that of the index as it was.
    static let varies = "Accept, Accept-Encoding, Authorization"

    /// What each variant's header lines take, about.
    private static let overhead = 512

    /// The answer to a request for this page: in the best format and coding that the client takes, or 304.
    public func answer(_ request: EdgeRequest, negotiator: Negotiator) -> ImmediateResponse {
        let variant = variant(for: request, negotiator: negotiator)
        if Conditions.isFresh(ifNoneMatch: request.ifNoneMatch, etag: variant.etag) {
            return ImmediateResponse(outcome: .notModified, head: variant.head, body: nil)
        }
        return ImmediateResponse(outcome: .whole, head: variant.head, body: .bytes(variant.body))
    }

    private func variant(for request: EdgeRequest, negotiator: Negotiator) -> Variant {
        let format = isSimple ? negotiator.format(for: request).rawValue : 0
        for coding in negotiator.coding(acceptEncoding: request.acceptEncoding).order {
            if let variant = variants[format * 3 + coding.rawValue] { return variant }
        }
        // Identity is always there: no compressed form was worth while, or the client ruled everything out.
        guard let identity = variants[format * 3] else { preconditionFailure("A page always has its plain form.") }
        return identity
    }
}

extension ContentCoding {
    fileprivate var etagSuffix: String {
        switch self {
        case .identity: ""
        case .gzip: "-gzip"
        case .zstd: "-zstd"
        }
    }
}

extension HTTPField.Name {
    /// The serial of the last change to what is on a page (PEP 381's successor in Warehouse; mirrors rely on it).
    package static var lastSerial: HTTPField.Name {
        guard let name = HTTPField.Name("X-PyPI-Last-Serial") else { preconditionFailure("A valid field name.") }
        return name
    }
}

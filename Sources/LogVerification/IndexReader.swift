import Outgoing
import TransparencyLog

/// Reads addresses of one index from outside. Belongs to one thread, which it blocks.
struct IndexReader {
    private let client: HTTPClient

    /// The most bytes of what the formats of a log bound: checkpoints, tiles, proofs, keys.
    private static let ofLog = max(LogProof.maximumBytes, Tile.fullWidth * (EntryBundle.maximumEntryBytes + 2))
    /// The most bytes of a page; one with 100,000 files has half as many.
    private static let ofPage = 128 << 20

    init() throws { client = try HTTPClient(.person) }

    /// The bytes at an address of a log; nil where the index says that there is nothing.
    func read(_ url: String) throws -> [UInt8]? { try read(url, maximumBytes: Self.ofLog) }

    /// A page of the Simple API, in JSON; nil where the index says that there is nothing.
    func page(_ url: String) throws -> [UInt8]? { try read(url, maximumBytes: Self.ofPage) }

    private func read(_ url: String, maximumBytes: Int) throws -> [UInt8]? {
        let answer = try client.send(
            .get(url, accept: "application/vnd.pypi.simple.v1+json, */*;q=0.1", maximumBytes: maximumBytes))
        switch answer.status {
        case 200: return answer.body
        case 404, 410: return nil
        default: throw UnreadableAddress(description: "\(url) cannot be read: the server answers \(answer.status)")
        }
    }

    /// An address of an index without a slash at its end.
    static func base(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }
}

/// An address answers otherwise than it should; the sentence says how.
struct UnreadableAddress: Error, CustomStringConvertible {
    let description: String
}

import HTTPTypes
import HummingbirdCore
import NIOCore

extension Request {
    /// This request; when its client waits for `100 Continue`, it is sent as soon as someone reads the body.
    ///
    /// So a client that is refused by its headers never sends its body (RFC 9110, section 10.1.1).
    func askingForItsBody(on channel: any Channel) -> Request {
        guard head.headerFields[.expect] != nil else { return self }
        var request = self
        request.body = RequestBody(asyncSequence: AwaitedBody(body: body, channel: channel))
        return request
    }
}

private struct AwaitedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> Iterator { Iterator(body: body.makeAsyncIterator(), channel: channel) }

    struct Iterator: AsyncIteratorProtocol {
        var body: RequestBody.AsyncIterator
        let channel: any Channel
        var hasAsked = false

        mutating func next() async throws -> ByteBuffer? {
            if !hasAsked {
                hasAsked = true
                channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
            }
            return try await body.next()
        }
    }
}

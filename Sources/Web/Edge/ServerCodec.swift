import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Translates between the HTTP/1 parts of NIO and the parts that Hummingbird speaks.
///
/// Unlike NIO's own codec it puts ``ReasonPhrase`` into the status line, which is all that twine shows of a refusal.
final class ServerCodec: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            do {
                let request = try HTTPRequest(head, secure: false, splitCookie: false)
                context.fireChannelRead(Self.wrapInboundOut(.head(request)))
            } catch {
                context.fireErrorCaught(error)
            }
        case .body(let bytes): context.fireChannelRead(Self.wrapInboundOut(.body(bytes)))
        case .end: context.fireChannelRead(Self.wrapInboundOut(.end(nil)))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .head(let response):
            var head = HTTPResponseHead(response)
            if let phrase = response.headerFields[.reasonPhrase] {
                head.status = .custom(code: head.status.code, reasonPhrase: phrase)
                head.headers.remove(name: HTTPField.Name.reasonPhrase.rawName)
            }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes): context.write(Self.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end: context.write(Self.wrapOutboundOut(.end(nil)), promise: promise)
        }
    }
}

import Hummingbird

/// What belongs to one request: its identifier for logs and error pages.
public struct IndexContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Names the request in the log and on the error page.
    public let requestID: String
    /// Where the request comes from; nil when it comes from a test.
    public let remoteAddress: String?

    /// The context of one request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = String(UInt64.random(in: .min ... .max), radix: 36)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }

    /// The same, with parameters as the segments of the path mean them. A segment that is not UTF-8 stays as it is
    /// written; nothing has such a name.
    var readingParameters: IndexContext {
        guard coreContext.parameters.contains(where: { $0.value.utf8.contains(UInt8(ascii: "%")) }) else { return self }
        var context = self
        context.coreContext.parameters = Parameters(
            coreContext.parameters.map { ($0.key, RequestTarget.said(by: $0.value).map { $0[...] } ?? $0.value) })
        return context
    }
}

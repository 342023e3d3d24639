public import NIOCore

/// What one client may cost us: time, bytes and connections.
///
/// Everything is measured by a clock that ticks at most once a second (see `LoopWatch`), so a limit strikes up to one
/// tick late and never early.
public struct EdgeLimits: Sendable {
    /// From the first byte of a request to the end of its header block.
    public var header: TimeAmount = .seconds(10)
    /// How long a connection may stay open between two requests, or before the first.
    public var idle: TimeAmount = .seconds(60)
    /// A request body must bring ``leastBodyRate`` on average in each stretch of this length in which we were willing
    /// to read.
    public var bodyWindow: TimeAmount = .seconds(30)
    /// The least rate of a request body, in bytes per second.
    public var leastBodyRate: Int = 1024
    /// In each stretch of this length a client must take ``leastReadRate`` on average of an answer that waits for it.
    /// What it takes is what its end of the connection acknowledges; see ``patience(withPeerThatTook:)``.
    public var stalledWrite: TimeAmount = .seconds(30)
    /// The least rate at which an answer is read, in bytes per second: a byte now and then is no reading.
    public var leastReadRate: Int = 1024
    /// The rate of a reader that is slow and honest, in bytes per second. A system acknowledges nothing until a part of
    /// its buffer is free again, and its silence may last for as long as such a reader needs for that part.
    public var honestReadRate: Int = 5 * 1024
    /// The most bytes of answers that wait in memory for the readers of one address; what a client does not take is
    /// ours to keep. Files are not in memory. An IPv6 address counts with its whole /64 network, this machine not at
    /// all.
    public var unreadBytesPerAddress: Int = 32 << 20
    /// The most bytes of answers that wait in memory for all readers together.
    public var unreadBytes: Int = 256 << 20
    /// How long we wait after a refusal for the client to read it and to hang up.
    public var linger: TimeAmount = .seconds(2)
    /// How much of a request body is read, and thrown away, after the request has been answered, in bytes. Clients that
    /// only read an answer once they have sent everything (twine) would otherwise see a broken pipe instead of it.
    public var discardedBody: Int = 128 * 1024 * 1024
    /// How long that may take.
    public var discarding: TimeAmount = .seconds(60)

    /// The longest request target, in bytes; a longer one is answered with 414.
    public var target: Int = 8 * 1024
    /// The longest header field, name and value together, in bytes.
    public var headerField: Int = 16 * 1024
    /// The longest header block, in bytes.
    public var headerList: Int = 64 * 1024
    /// The most header fields in one request.
    public var headerFields: Int = 100

    /// The most open connections from one address. An IPv6 address counts with its whole /64 network.
    public var connectionsPerAddress: Int = 512
    /// Whether connections from this machine count too. Not by default: they come from the reverse proxy.
    public var countsLoopback: Bool = false
    /// The most open connections.
    public var connections: Int = 20_000

    /// The limits that suit a server on a public address.
    public init() {}

    /// Lowers ``connections`` to what the process can open, keeping some descriptors for the database and the blobs:
    /// running out of descriptors would end the accepting of connections altogether.
    ///
    /// - Parameter descriptors: the process's limit of open files (`RLIMIT_NOFILE`).
    public mutating func fit(descriptors: Int) {
        connections = min(connections, max(16, descriptors - max(256, descriptors / 10)))
    }

    /// What the kernel takes of an answer at once, in bytes, whether or not anybody reads: the smallest initial size of
    /// a socket's send buffer (`net.ipv4.tcp_wmem`).
    static let kernelBuffer = 16 * 1024

    /// How long a peer may take less than it should before it counts as gone.
    ///
    /// A receiver with a full buffer opens its window again when a sixteenth of it is free (`__tcp_select_window` in
    /// Linux), and the buffer is no larger than what it has taken before. So the patience grows with that, up to a
    /// bound.
    func patience(withPeerThatTook bytes: Int) -> TimeAmount {
        let part = min(bytes, Self.largestReceiveBuffer) / 16
        return stalledWrite + .milliseconds(Int64(part * 1000 / max(1, honestReadRate)))
    }

    /// Bytes: more than systems give a socket unasked (6 MiB in Linux).
    private static let largestReceiveBuffer = 8 << 20

    /// How often the clocks tick: a quarter of the shortest limit, between 10 ms and 1 s.
    var tick: TimeAmount {
        let shortest = min(header, idle, bodyWindow, stalledWrite, linger)
        return min(max(.nanoseconds(shortest.nanoseconds / 4), .milliseconds(10)), .seconds(1))
    }
}

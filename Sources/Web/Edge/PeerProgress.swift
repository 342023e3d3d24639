import Glibc
import NIOCore

/// How much of what was sent has arrived at the other end.
struct PeerProgress: Equatable {
    /// Bytes that the peer has acknowledged since the connection began.
    var acknowledged: Int
    /// Whether that is all that the kernel was given.
    var isComplete: Bool
}

extension Channel {
    /// What TCP says about the connection; nil for what is no TCP connection, and where the kernel does not say.
    ///
    /// The kernel's send buffer holds megabytes and takes more only when a third of it is free, so what it has taken
    /// says little about a reader. What the peer has acknowledged grows with what its program reads.
    ///
    /// Source: linux/tcp.h, `struct tcp_info`; `tcpi_notsent_bytes` is there since Linux 4.6. On the channel's event
    /// loop only, where the answer is there at once.
    var peerProgress: PeerProgress? {
        guard let provider = self as? any SocketOptionProvider else { return nil }
        let future: EventLoopFuture<TCPInfo> = provider.unsafeGetSocketOption(
            level: .tcp, name: NIOBSDSocket.Option(rawValue: CInt(TCP_INFO)))
        var info: TCPInfo?
        future.assumeIsolated().whenSuccess { info = $0 }
        return info.flatMap(PeerProgress.init)
    }
}

/// The first bytes of the kernel's `struct tcp_info`. glibc's own declaration ends before what is asked for here.
private struct TCPInfo {
    /// 152 bytes, in the layout that is frozen as part of the kernel's interface.
    typealias Words = (
        UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
        UInt64, UInt64, UInt64, UInt64, UInt64
    )
    var words: Words
}

extension PeerProgress {
    fileprivate init?(_ info: TCPInfo) {
        self = withUnsafeBytes(of: info.words) { bytes in
            // tcpi_unacked, in segments; tcpi_bytes_acked; tcpi_notsent_bytes.
            let unacknowledged = bytes.load(fromByteOffset: 24, as: UInt32.self)
            let acknowledged = bytes.load(fromByteOffset: 120, as: UInt64.self)
            let unsent = bytes.load(fromByteOffset: 144, as: UInt32.self)
            return PeerProgress(
                acknowledged: Int(clamping: acknowledged), isComplete: unacknowledged == 0 && unsent == 0)
        }
        // A kernel that knows only the older fields leaves the others at zero, though a handshake is always
        // acknowledged.
        if acknowledged == 0 { return nil }
    }
}

import NIOCore
import Synchronization

/// Counts open connections, and the bytes of answers that wait in memory for their readers, in all and by address, so
/// that no one can take them all.
final class ConnectionLedger: Sendable {
    enum Admission: Equatable {
        case admitted(Source?)
        /// This address holds as many as it may.
        case tooManyFromAddress
        /// All connections are taken.
        case full
    }

    /// Who connects: an IPv4 address, or the /64 network of an IPv6 address, since one host there has 2^64 addresses.
    struct Source: Hashable {
        var network: UInt64
        var isVersion6: Bool
    }

    /// What somebody holds.
    private struct Share {
        var connections = 0
        var unreadBytes = 0
    }

    private struct Counts {
        var total = Share()
        var bySource: [Source: Share] = [:]
    }

    private let limits: EdgeLimits
    private let counts = Mutex(Counts())

    init(limits: EdgeLimits) { self.limits = limits }

    var open: Int { counts.withLock { $0.total.connections } }

    /// Bytes of answers that wait in memory.
    var unreadBytes: Int { counts.withLock { $0.total.unreadBytes } }

    /// Counts a connection in. Every admission is matched by one `leave`.
    func enter(from address: SocketAddress?) -> Admission {
        let source = address.flatMap { Source($0, countsLoopback: limits.countsLoopback) }
        return counts.withLock { counts in
            guard counts.total.connections < limits.connections else { return .full }
            if let source {
                guard counts.bySource[source, default: Share()].connections < limits.connectionsPerAddress else {
                    return .tooManyFromAddress
                }
                counts.bySource[source, default: Share()].connections += 1
            }
            counts.total.connections += 1
            return .admitted(source)
        }
    }

    func leave(_ source: Source?) {
        counts.withLock { counts in
            counts.total.connections -= 1
            guard let source, let share = counts.bySource[source] else { return }
            if share.connections > 1 {
                counts.bySource[source]?.connections -= 1
            } else {
                counts.bySource[source] = nil
            }
        }
    }

    /// Why an answer of so many bytes cannot wait for its reader now; nil when it can.
    ///
    /// What fits into the kernel's own buffer never waits here, so that health, sign-in and refusals are always
    /// answered.
    func refusal(ofAnswerWith bytes: Int, to source: Source?) -> EdgeRefusal? {
        guard bytes > EdgeLimits.kernelBuffer else { return nil }
        return counts.withLock { counts in
            if let source, let share = counts.bySource[source],
                share.unreadBytes + bytes > max(limits.unreadBytesPerAddress, bytes)
            {
                return .tooMuchUnreadFromAddress
            }
            // An answer that alone is above the bound (the list of all projects of a large index) still has its turn.
            return counts.total.unreadBytes + bytes > max(limits.unreadBytes, bytes) ? .tooMuchUnread : nil
        }
    }

    fileprivate func note(_ change: Int, of source: Source?) {
        counts.withLock { counts in
            counts.total.unreadBytes += change
            if let source { counts.bySource[source]?.unreadBytes += change }
        }
    }
}

/// What one connection keeps in memory of answers that its client has not taken.
///
/// Owned by its channel's event loop.
struct UnreadAnswers {
    private let ledger: ConnectionLedger
    private let source: ConnectionLedger.Source?
    private(set) var bytes = 0

    /// Of a connection that the ledger has admitted.
    init(ledger: ConnectionLedger, source: ConnectionLedger.Source?) {
        self.ledger = ledger
        self.source = source
    }

    /// Why an answer of so many bytes cannot wait for its reader now; nil when it can.
    func refusal(ofAnswerWith bytes: Int) -> EdgeRefusal? { ledger.refusal(ofAnswerWith: bytes, to: source) }

    /// Tells the ledger how much waits now.
    mutating func set(_ count: Int) {
        guard count != bytes else { return }
        ledger.note(count - bytes, of: source)
        bytes = count
    }
}

extension ConnectionLedger.Source {
    /// Nil for addresses that are not counted: Unix sockets, and this machine itself unless it is to be counted.
    init?(_ address: SocketAddress, countsLoopback: Bool) {
        // Where the address is in `sockaddr_in` and `sockaddr_in6` (netinet/in.h).
        let bytes = address.withSockAddr { sockaddr, size in
            Array(UnsafeRawBufferPointer(start: sockaddr, count: size))
        }
        switch address.protocol {
        case .inet where bytes.count >= 8:
            self.init(network: Self.number(bytes[4..<8]), isVersion6: false)
        case .inet6 where bytes.count >= 24:
            let high = Self.number(bytes[8..<16])
            let low = Self.number(bytes[16..<24])
            if high == 0, low >> 32 == 0xffff {
                // An IPv4 address as a socket for both versions shows it.
                self.init(network: low & 0xffff_ffff, isVersion6: false)
            } else {
                self.init(network: high, isVersion6: true)
            }
        default: return nil
        }
        if isLoopback, !countsLoopback { return nil }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    /// `127.0.0.0/8`, or `::1`, whose network holds nothing else that connects.
    private var isLoopback: Bool { isVersion6 ? network == 0 : network >> 24 == 127 }
}

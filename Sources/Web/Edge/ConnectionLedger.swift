import NIOCore
import Synchronization

/// Counts open connections, in all and by address, so that no one can take them all.
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

    private struct Counts {
        var total = 0
        var bySource: [Source: Int] = [:]
    }

    private let limits: EdgeLimits
    private let counts = Mutex(Counts())

    init(limits: EdgeLimits) { self.limits = limits }

    var open: Int { counts.withLock { $0.total } }

    /// Counts a connection in. Every admission is matched by one `leave`.
    func enter(from address: SocketAddress?) -> Admission {
        let source = address.flatMap { Source($0, countsLoopback: limits.countsLoopback) }
        return counts.withLock { counts in
            guard counts.total < limits.connections else { return .full }
            if let source {
                let held = counts.bySource[source, default: 0]
                guard held < limits.connectionsPerAddress else { return .tooManyFromAddress }
                counts.bySource[source] = held + 1
            }
            counts.total += 1
            return .admitted(source)
        }
    }

    func leave(_ source: Source?) {
        counts.withLock { counts in
            counts.total -= 1
            guard let source, let held = counts.bySource[source] else { return }
            counts.bySource[source] = held > 1 ? held - 1 : nil
        }
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

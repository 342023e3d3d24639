import Foundation

/// The proxies that are believed when they say whom they speak for.
///
/// Without one that is named, the address of the connection counts, whatever the request says: otherwise everybody
/// could choose where they come from.
public struct TrustedProxies: Sendable, Hashable {
    private let networks: [Network]

    /// Nobody is believed.
    public static let none = TrustedProxies(networks: [])

    private init(networks: [Network]) { self.networks = networks }

    /// Reads addresses and networks, separated by commas: `127.0.0.1, 10.0.0.0/8, fd00::/8`. Nil when one of them is
    /// not an address or a network.
    public init?(parsing text: String) {
        let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let networks = parts.compactMap(Network.init)
        guard networks.count == parts.count else { return nil }
        self.networks = networks
    }

    /// The address of anyone who asks.
    ///
    /// Each proxy adds the address that it was asked from at the end of `X-Forwarded-For`; the last that no trusted
    /// proxy has is the one that somebody trusted has seen.
    ///
    /// - Parameters:
    ///   - remote: the address of the connection.
    ///   - forwarded: the values of `X-Forwarded-For`, in their order.
    public func client(remote: String, forwarded: [String]) -> String {
        guard trusts(remote) else { return remote }
        let hops = forwarded.flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: .whitespaces) }
        for hop in hops.reversed() {
            guard let address = Network.bytes(of: hop) else { return remote }
            if !trusts(address) { return hop }
        }
        return hops.first ?? remote
    }

    private func trusts(_ address: String) -> Bool { Network.bytes(of: address).map(trusts) ?? false }
    private func trusts(_ address: [UInt8]) -> Bool { networks.contains { $0.contains(address) } }

    private struct Network: Sendable, Hashable {
        let address: [UInt8]
        let bits: Int

        init?(_ text: String) {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = parts.first.flatMap({ Self.bytes(of: String($0)) }) else { return nil }
            let most = address.count * 8
            guard let bits = parts.count == 2 ? Int(parts[1]) : most, (0...most).contains(bits) else { return nil }
            self.address = address
            self.bits = bits
        }

        func contains(_ other: [UInt8]) -> Bool {
            guard other.count == address.count else { return false }
            return (0..<bits).allSatisfy { bit in
                let mask = UInt8(0x80) >> (bit % 8)
                return address[bit / 8] & mask == other[bit / 8] & mask
            }
        }

        /// Four or sixteen bytes; nil for what is no address.
        static func bytes(of text: String) -> [UInt8]? {
            var four = in_addr()
            if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
            var sixteen = in6_addr()
            guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
            let bytes = withUnsafeBytes(of: sixteen) { Array($0) }
            // An IPv4 address as a socket for both versions shows it (RFC 4291, section 2.5.5.2).
            let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            return bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
        }
    }
}

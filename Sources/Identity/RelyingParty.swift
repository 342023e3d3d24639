import Foundation

/// What this index is to authenticators.
///
/// Source: WebAuthn Level 3, section 5.1.2 and "relying party identifier".
public struct RelyingParty: Sendable, Hashable {
    /// The domain that credentials are bound to.
    public let id: String
    /// The only origin that may ask for them.
    public let origin: String
    /// The origins whose pages may send forms: on this machine, also the one with the network address.
    public let formOrigins: Set<String>
    /// Whether the operator said nothing of the address, so that the index may have other names than this one.
    public let isAssumed: Bool
    /// What authenticators and apps show: what the index is called, or else its domain.
    public let name: String

    /// The relying party of an index at an address.
    public init(baseURL: String, name: String? = nil, isAssumed: Bool = false) {
        self.isAssumed = isAssumed
        let url = URL(string: baseURL)
        let scheme = url?.scheme?.lowercased() ?? "http"
        let host = url?.host()?.lowercased() ?? "localhost"
        let usual = scheme == "https" ? 443 : 80
        let port = url?.port.flatMap { $0 == usual ? nil : ":\($0)" } ?? ""
        // Credentials are bound to domains, never to network addresses; this machine has a name of its own.
        let domain = ["127.0.0.1", "::1", "[::1]", "0.0.0.0"].contains(host) ? "localhost" : host
        id = domain
        origin = "\(scheme)://\(domain)\(port)"
        formOrigins = [origin, "\(scheme)://\(host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host)\(port)"]
        self.name = name ?? domain
    }

    /// Whether browsers reach the index by TLS only, so that cookies can be held to that.
    public var isSecure: Bool { origin.hasPrefix("https://") }
}

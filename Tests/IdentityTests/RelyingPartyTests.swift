import Accounts
import Testing

@testable import Identity

@Suite("What this index is to authenticators") struct RelyingPartyTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(address: String, id: String, origin: String, formOrigins: Set<String>, isSecure: Bool)] = [
        ("https://packages.example.org",      "packages.example.org", "https://packages.example.org",      ["https://packages.example.org"], true),
        ("https://Packages.Example.org:443",  "packages.example.org", "https://packages.example.org",      ["https://packages.example.org"], true),
        ("https://packages.example.org:8443", "packages.example.org", "https://packages.example.org:8443", ["https://packages.example.org:8443"], true),
        ("https://example.org/pypi",          "example.org",          "https://example.org",               ["https://example.org"], true),
        ("http://packages.example.org:80",    "packages.example.org", "http://packages.example.org",       ["http://packages.example.org"], false),
        // Credentials are bound to domains; this machine has a name of its own.
        ("http://127.0.0.1:8080",             "localhost",            "http://localhost:8080",             ["http://localhost:8080", "http://127.0.0.1:8080"], false),
        ("http://[::1]:8080",                 "localhost",            "http://localhost:8080",             ["http://localhost:8080", "http://[::1]:8080"], false),
    ]

    @Test("is the host of its address, in lower case and without a path or the usual port", arguments: table)
    func address(address: String, id: String, origin: String, formOrigins: Set<String>, isSecure: Bool) {
        let party = RelyingParty(baseURL: address)
        #expect(party.id == id && party.origin == origin)
        #expect(party.formOrigins == formOrigins && party.isSecure == isSecure)
    }

    @Test("is shown by the name of the index, and by its host where it has none")
    func name() {
        #expect(RelyingParty(baseURL: "https://example.org/pypi", name: "Acme packages").name == "Acme packages")
        #expect(RelyingParty(baseURL: "https://example.org/pypi").name == "example.org")
    }

    // swift-format-ignore
    static let networks: [(address: String, network: String)] = [
        ("192.0.2.7",              "192.0.2.7"),
        ("::ffff:192.0.2.7",       "c0:0:2:7"),
        ("2001:db8:1:2:3:4:5:6",   "20:1:d:b8:0:1:0:2"),
        ("2001:db8:1:2:ffff::1",   "20:1:d:b8:0:1:0:2"),
        ("2001:db8:1:3::1",        "20:1:d:b8:0:1:0:3"),
        ("unknown",                "unknown"),
    ]

    @Test("Attempts are counted by the network that one household has", arguments: networks)
    func network(address: String, network: String) {
        #expect(RequestOrigin.networkCounted(for: address) == network)
    }
}

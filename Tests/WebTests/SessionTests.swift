import HTTPTypes
import Testing
import Web

@Suite("What is known of a browser") struct SessionTests {
    @Test("is its cookie, which only this host can have set where there is TLS")
    func cookie() {
        let secure = BrowserCookie(isSecure: true)
        #expect(secure.value(in: [.cookie: "a=b; __Host-rind=01ab;c=d"]) == "01ab")
        #expect(secure.value(in: [.cookie: "rind=01ab"]) == nil)
        #expect(secure.value(in: [.cookie: "__Host-rind=01; __Host-rind=01"]) == "01")
        #expect(secure.value(in: [.cookie: "__Host-rind=01; __Host-rind=02"]) == nil)
        #expect(secure.value(in: [.cookie: "x__Host-rind=01"]) == nil && secure.value(in: [:]) == nil)
        #expect(secure.setting("01").contains("; Secure"))
        #expect(!BrowserCookie(isSecure: false).setting("01").contains("Secure"))
        #expect(secure.removing.hasPrefix("__Host-rind=; ") && secure.removing.contains("Max-Age=0"))
    }

    // The columns are the point.
    // swift-format-ignore
    static let paths: [(String?, Bool)] = [
        ("/", true), ("/manage/account/?a=b#c", true), ("/%5Cevil.example", true), ("/a//b", true),
        (nil, false), ("", false), ("manage/", false), ("//evil.example", false), ("///evil.example", false),
        ("/\\evil.example", false), ("\\\\evil.example", false), ("/a\\b", false), ("/\u{9}/evil.example", false),
        ("/a\r\nb", false), ("/a b", false), ("/é", false), ("https://evil.example/", false), (" /", false),
        ("/" + String(repeating: "a", count: 2_000), false), ("/.//evil.example", false), ("/a/..//evil.example", false),
        ("/%2e%2E//evil.example", false), ("/a/.", false), ("/.well-known/a?b=/../c", true),
    ]

    @Test("A path to go on to is one of this index, or none", arguments: paths)
    func path(text: String?, isOne: Bool) { #expect((LocalPath(parsing: text) != nil) == isOne) }

    // The columns are the point.
    // swift-format-ignore
    static let origins: [(origin: String?, site: String?, Bool)] = [
        (nil, nil, true), ("https://i.example", nil, true), ("https://I.example", nil, true),
        ("https://i.example", "same-origin", true), (nil, "none", true),
        ("http://other.example:81", "same-origin", true), ("https://other.example:81", nil, true),
        ("https://other.example", nil, false), ("http://other.example:81", "cross-site", false),
        ("https://evil.example", nil, false), ("http://i.example", nil, false), ("https://i.example:8443", nil, false),
        ("null", nil, false), ("", nil, false), (nil, "cross-site", false), (nil, "same-site", false),
        ("https://i.example", "cross-site", false),
    ]

    @Test("A form comes from this index, as far as the browser says", arguments: origins)
    func origin(origin: String?, site: String?, isFromHere: Bool) throws {
        var headers: HTTPFields = [:]
        headers[.origin] = origin
        headers[try #require(HTTPField.Name("Sec-Fetch-Site"))] = site
        #expect(SameOrigin(["https://i.example"]).admits(headers, authority: "other.example:81") == isFromHere)
    }

    // The columns are the point.
    // swift-format-ignore
    static let hops: [(remote: String, forwarded: [String], client: String)] = [
        ("203.0.113.9", ["198.51.100.1"],                        "203.0.113.9"),
        ("127.0.0.1",   [],                                      "127.0.0.1"),
        ("127.0.0.1",   ["198.51.100.1"],                        "198.51.100.1"),
        ("127.0.0.1",   ["6.6.6.6, 198.51.100.1"],               "198.51.100.1"),
        ("127.0.0.1",   ["6.6.6.6", "198.51.100.1 , 10.1.2.3"],  "198.51.100.1"),
        ("127.0.0.1",   ["10.0.0.1, 10.0.0.2"],                  "10.0.0.1"),
        ("127.0.0.1",   ["unknown"],                             "127.0.0.1"),
        ("::ffff:127.0.0.1", ["2001:db8::1"],                    "2001:db8::1"),
        ("fd00::1",     ["198.51.100.1"],                        "198.51.100.1"),
        ("11.0.0.1",    ["198.51.100.1"],                        "11.0.0.1"),
        ("",            ["198.51.100.1"],                        ""),
    ]

    @Test("is where it asks from: what the last proxy that is trusted has seen", arguments: hops)
    func address(remote: String, forwarded: [String], client: String) throws {
        let proxies = try #require(TrustedProxies(parsing: "127.0.0.1, 10.0.0.0/8,fd00::/8"))
        #expect(proxies.client(remote: remote, forwarded: forwarded) == client)
        #expect(TrustedProxies.none.client(remote: remote, forwarded: forwarded) == remote)
    }

    @Test(
        "A list of proxies is one of addresses and networks",
        arguments: ["10.0.0.0/33", "10.0.0/8", "localhost", "::/129", "127.0.0.1 10.0.0.1", "/", "10.0.0.1/-1", ","])
    func noProxies(text: String) {
        #expect(
            text == "," ? TrustedProxies(parsing: text) == TrustedProxies.none : TrustedProxies(parsing: text) == nil)
    }

    @Test("A form with files in it is read like any other, a file for what is in it, none for none that was chosen")
    func files() throws {
        func body(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }
        let form = try FormFields(
            body: body(
                """
                --x
                Content-Disposition: form-data; name="csrf"

                01ab
                --x
                Content-Disposition: form-data; name="file"; filename="codes.csv"
                Content-Type: text/csv

                A-1
                A-2

                --x
                Content-Disposition: form-data; name="none"; filename=""
                Content-Type: application/octet-stream


                --x
                Content-Disposition: form-data; name="empty"; filename="empty.csv"


                --x--
                """), contentType: "multipart/form-data; boundary=x")
        #expect(form["csrf"] == "01ab" && form["file"] == "A-1\r\nA-2\r\n")
        #expect(form["none"] == nil && form["empty"]?.isEmpty == true)
        let other = try FormFields(body: body("a=1+2"), contentType: "application/x-www-form-urlencoded")
        #expect(other["a"] == "1 2")
        #expect(try FormFields(body: body("a=1"), contentType: nil)["a"] == "1")
        for (text, type) in [
            ("--x\nContent-Disposition: form-data; name=\"a\"\n\n1", "multipart/form-data; boundary=x"),
            ("a=1", "multipart/form-data"), ("a=1", "multipart/form-data; boundary=x"),
        ] {
            #expect(throws: UnreadableForm.self) { try FormFields(body: body(text), contentType: type) }
        }
        let part = "--x\nContent-Disposition: form-data; name=\"a\"\n\n1\n"
        #expect(throws: UnreadableForm.self) {
            try FormFields(
                body: body(String(repeating: part, count: FormFields.maximumCount + 1) + "--x--"),
                contentType: "multipart/form-data; boundary=x")
        }
    }

    @Test("A form's fields are read as browsers write them")
    func fields() {
        let form = FormFields("a=1+2&b=%C3%A9&a=3&c&=x&d=%zz&e=a%3Db")
        #expect(form["a"] == "1 2" && form.all("a") == ["1 2", "3"])
        #expect(form["b"] == "é" && form["c"]?.isEmpty == true && form["d"] == "%zz" && form["e"] == "a=b")
        #expect(form["nothing"] == nil && FormFields.empty.fields.isEmpty)
        #expect(FormFields(String(repeating: "a&", count: 5_000)).fields.count == FormFields.maximumCount)
    }
}

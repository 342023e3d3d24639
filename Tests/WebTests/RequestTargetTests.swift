import HTTPTypes
import Testing

@testable import Web

@Suite("The target of a request") struct RequestTargetTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(sent: String, normal: String?)] = [
        ("/",                                       "/"),
        ("/simple/demo/?a=%2F%2e",                  "/simple/demo/?a=%2F%2e"),
        ("/simple/case%2Depoch/",                   "/simple/case-epoch/"),
        ("/simple/case%2depoch/",                   "/simple/case-epoch/"),
        ("/%73imple/%64emo/",                       "/simple/demo/"),
        ("/project/x/1%212.0/",                     "/project/x/1!2.0/"),
        ("/project/x/1!2.0%2Bacme/",                "/project/x/1!2.0+acme/"),
        ("/packages/aa/x-1-1%2B2-py3-none-any.whl", "/packages/aa/x-1-1+2-py3-none-any.whl"),
        ("/legacy/%2Bsimple/demo/",                 "/legacy/+simple/demo/"),
        ("/a%20b/%C3%A9/%3Cb%3E",                   "/a%20b/%C3%A9/%3Cb%3E"),
        ("/a%2520b",                                "/a%2520b"),
        ("/a%ffb",                                  "/a%FFb"),
        ("/.well-known/x",                          "/.well-known/x"),
        ("/a..b/...",                               "/a..b/..."),
        ("//a//b",                                  "//a//b"),
        ("/a%5Cb",                                  "/a%5Cb"),
        ("/a%3Fb%23c?d",                            "/a%3Fb%23c?d"),
        ("/a%2Fb",                                  nil),
        ("/a%2fb",                                  nil),
        ("/a%00b",                                  nil),
        ("/a%0D%0Ab",                               nil),
        ("/a%7F",                                   nil),
        ("/a%C2%85",                                nil),
        ("/a%",                                     nil),
        ("/a%4",                                    nil),
        ("/a%zz",                                   nil),
        ("/a%+1",                                   nil),
        ("/a/../b",                                 nil),
        ("/a/%2e%2E/b",                             nil),
        ("/a/.%2e",                                 nil),
        ("/./a",                                    nil),
        ("/%2e",                                    nil),
    ]

    @Test("is decoded once, segment by segment, or refused", arguments: table)
    func normal(sent: String, normal: String?) {
        #expect((try? RequestTarget(normalizing: sent, below: .root))?.text == normal)
        // And then nothing is left to decode.
        if let normal { #expect((try? RequestTarget(normalizing: normal, below: .root))?.text == normal) }
    }

    // The columns are the point.
    // swift-format-ignore
    static let below: [(sent: String, inner: String?)] = [
        ("/pypi/",                "/"),
        ("/pypi",                 "/"),
        ("/pypi?q",               "/?q"),
        ("/pypi/simple/demo/?q",  "/simple/demo/?q"),
        ("/pypi/pypi/demo/json",  "/pypi/demo/json"),
        ("/%70ypi/simple/",       "/simple/"),
        ("/pypi//evil.example/",  "//evil.example/"),
        ("/",                     nil),
        ("/simple/",              nil),
        ("/pypix/",               nil),
        ("/PyPI/",                nil),
        ("//pypi/",               nil),
    ]

    @Test("is one below the path of the index's own address", arguments: below)
    func inner(sent: String, inner: String?) {
        let base = BasePath(baseURL: "https://host.example:8443/pypi")
        #expect((try? RequestTarget(normalizing: sent, below: base))?.text == inner)
    }

    @Test("answers from memory under every spelling, and is refused without a doubt left")
    func edge() async throws {
        try await EdgeServer.run { server in
            server.put("/simple/case-epoch/", "here")
            let answer = try await server.exchange("GET /simple/case%2Depoch/ HTTP/1.1\r\nHost: x\r\n\r\n").text
            #expect(answer.contains("200 OK") && answer.contains("here"))
            #expect(answer.lowercased().contains("x-content-type-options: nosniff"))
            #expect(server.reached.all.isEmpty)
            let refused = try await server.exchange("GET /simple/a%2Fb/ HTTP/1.1\r\nHost: x\r\n\r\n").text
            #expect(refused.contains("400 Bad Request") && refused.contains("slash"))
            let slow = try await server.exchange("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n").text
            #expect(slow.lowercased().contains("x-content-type-options: nosniff"))
        }
    }
}

@Suite("The path below which an index stands") struct BasePathTests {
    @Test(
        "is that of its own address",
        arguments: [
            ("https://host.example", ""), ("https://host.example/", ""), ("https://host.example/pypi", "/pypi"),
            ("http://localhost:8080/a/b", "/a/b"), ("", ""),
        ])
    func parsed(url: String, path: String) { #expect(BasePath(baseURL: url).text == path) }

    @Test(
        "has segments that nobody writes in two ways",
        arguments: [
            ("/pypi", true), ("/a/b-1._~", true), ("/", false), ("", false), ("pypi", false), ("/a//b", false),
            ("/a/../b", false), ("/./a", false), ("/a%20b", false), ("/ä", false), ("/a/", false), ("/a+b", false),
        ])
    func valid(path: String, isValid: Bool) { #expect(BasePath.isValid(path) == isValid) }

    @Test("stands before every address of a page that begins with a slash, and changes no text")
    func pages() {
        let page = """
            <a class="x" href="/a/">href="/b/" > "/c"</a><form method="post" action="/d/"><input value="/e/" name=x>
            <img alt="href=&quot;/f/" src="/g"><a href="https://h/"></a><a href="//i/"></a><a href="#j"></a>
            <button data-options="/k/" data-answer="/l/" data-next="/m/" formaction="/n/"><a href="/"></a>
            """
        let base = BasePath(baseURL: "https://host.example/pypi")
        let written = String(decoding: base.prefixing(html: Array(page.utf8)), as: UTF8.self)
        #expect(
            written == """
                <a class="x" href="/pypi/a/">href="/b/" > "/c"</a><form method="post" action="/pypi/d/"><input value="/e/" name=x>
                <img alt="href=&quot;/f/" src="/pypi/g"><a href="https://h/"></a><a href="//i/"></a><a href="#j"></a>
                <button data-options="/pypi/k/" data-answer="/pypi/l/" data-next="/m/" formaction="/pypi/n/"><a href="/pypi/"></a>
                """)
        #expect(BasePath.root.prefixing(html: Array(page.utf8)) == Array(page.utf8))
    }

    @Test("is where its cookies are sent, and nowhere else on the host")
    func cookies() {
        let base = BasePath(baseURL: "https://host.example/pypi")
        let cookie = BrowserCookie(isSecure: true, below: base)
        #expect(cookie.name == "__Secure-rind" && cookie.setting("01").contains("; Path=/pypi/; "))
        #expect(BrowserCookie(isSecure: true).setting("01").hasPrefix("__Host-rind=01; Path=/; "))
        #expect(cookie.value(in: [.cookie: "__Secure-rind=01; __Host-rind=02"]) == "01")
    }
}

@Suite("A refusal") struct RefusalFormatTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(accept: String?, format: RefusalFormat)] = [
        (nil,                                                               .text),
        ("*/*",                                                             .text),
        ("text/plain",                                                      .text),
        ("text/html",                                                       .page),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .page),
        (NegotiationTests.pip,                                              .problem),
        (NegotiationTests.uv,                                               .problem),
        ("application/json, text/html;q=0.01",                              .problem),
        ("application/json;q=0.01, text/html",                              .page),
        ("text/plain, text/html;q=0.5",                                     .text),
        ("text/plain;q=0.5, text/html",                                     .page),
        ("text/html;q=0, */*",                                              .text),
        ("application/json, text/plain, */*",                               .text),
        ("application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7",       .text),
        ("application/problem+json, text/plain;q=0.8",                      .problem),
        ("application/json, text/plain;q=0",                                .problem),
        ("application/problem+json",                                        .problem),
        ("application/vnd.pypi.simple.v1+html, text/html;q=0.01",           .text),
        ("application/*",                                                   .problem),
        ("image/png",                                                       .text),
        ("text/html;q=0",                                                   .text),
    ]

    @Test("is written as anyone who asked likes it best", arguments: table)
    func format(accept: String?, format: RefusalFormat) {
        #expect(RefusalFormat.negotiate(accept: accept) == format)
    }
}

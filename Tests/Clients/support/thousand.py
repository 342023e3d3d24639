"""A thousand requests as bytes, the same in every run: some as clients write them, most as none does."""
import random
from dataclasses import dataclass

SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass
class Case:
    kind: str
    data: bytes
    methods: list  # of the requests in it, as far as they are well-formed


def request(method="GET", target="/simple/wired/", *fields, version="HTTP/1.1", host="packages.example.org", body=b""):
    lines = [f"{method} {target} {version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    return "\r\n".join([*lines, *fields, "", ""]).encode("latin-1") + body


class Thousand:
    """`file`: the path of a file of 1,000 bytes or more; `etags`: of the file and of the project's page."""

    def __init__(self, file, etags, size=1_000, seed=11):
        self.file, self.etags, self.random = file, etags, random.Random(seed)
        self.targets = ["/simple/", "/simple/wired/", "/simple/none/", "/pypi/wired/json", "/healthz", "/project/wired/",
                        "/rss/updates.xml", "/nothing/here", file, f"{file}.metadata"]
        kinds = [self.plain, self.conditions, self.ranges, self.encodings, self.forms_of_target, self.methods, self.hosts,
                 self.versions, self.lengths, self.chunks, self.fields, self.sizes, self.pipelines, self.expectations,
                 self.connections, self.negotiation, self.cut, self.posts, self.queries, self.noise]
        self.cases = [kinds[number % len(kinds)]() for number in range(size)]

    def any(self, *choices):
        return self.random.choice(choices)

    def case(self, kind, method="GET", target="/simple/wired/", *fields, **more):
        return Case(kind, request(method, target, *fields, **more), [method])

    def plain(self):
        return self.case("plain", self.any("GET", "HEAD"), self.any(*self.targets),
                         f"Accept: {self.any('*/*', 'text/html', SIMPLE_JSON)}", "Connection: close")

    def conditions(self):
        target, etag = self.any(*self.etags.items())
        value = self.any(etag, f"W/{etag}", "*", f'"other", {etag}', '"other"', etag.strip('"'), "", '"', f"{etag}x")
        fields = self.any([f"If-None-Match: {value}"], [f"If-Match: {value}"], [f"If-None-Match: {value}"] * 2,
                          ["If-Modified-Since: Mon, 01 Jan 2035 00:00:00 GMT"], ["If-Modified-Since: yesterday"])
        return self.case("conditions", self.any("GET", "HEAD"), target, f"Accept: {SIMPLE_JSON}", *fields)

    def ranges(self):
        value = self.any("bytes=0-9", "bytes=-5", "bytes=5-", "bytes=9-5", "bytes=0-0,5-9", "bytes=0-99999999999",
                         "bytes=999999999-", "bytes=-0", "bytes=a-b", "bytes=", "bytes", "items=0-9", "BYTES=0-9",
                         "bytes= 0-9", "bytes=0 - 9", "bytes=+0-9", f"bytes={'9' * 30}-", f"bytes={'0-1,' * 60}2-3")
        fields = [f"Range: {value}", *self.any([], [], [f"If-Range: {self.etags[self.file]}"], ['If-Range: "other"'])]
        return self.case("ranges", self.any("GET", "GET", "HEAD"), self.any(self.file, "/simple/wired/"), *fields)

    def encodings(self):
        path = self.any("/simple/%77ired/", "/simple/wire%64/", "/%73imple/wired/", "/simple/wired%2F", "/simple%2fwired/",
                        "/simple/wired/%2e%2e/", "/simple/./wired/", "/simple/../simple/wired/", "/simple/%2E/wired/",
                        "/simple/wired%00/", "/simple/wired%0a/", "/simple/wired%7f/", "/simple/%zz/", "/simple/%2/",
                        "/simple/wired%", "/simple/w%C3%AFred/", "/simple/w%ffred/", "/simple/w%C2%85red/", "//simple/wired/",
                        "/simple//wired/", "/simple/wired/;a=b", "/simple/wired/%3Fa", "/simple/wi+red/", "/simple/WIRED/",
                        "/simple/wired", "/simple/wired/%23", "/simple/%2577ired/", "/simple/wi%20red/", "/simple/..%2f/",
                        "/simple/wired/..", "/.", "/..", "/%2e", "/simple/wired/?%zz", "/simple/wired/?a=%2F..")
        return self.case("encodings", self.any("GET", "HEAD"), path)

    def forms_of_target(self):
        target = self.any("http://packages.example.org/simple/wired/", "HTTP://Packages.Example.Org/simple/wired/",
                          "http://other.example.org/simple/wired/", "https://packages.example.org/simple/wired/",
                          "http://packages.example.org", "http://packages.example.org?a", "ftp://packages.example.org/",
                          "http:///simple/wired/", "http://a@packages.example.org/simple/wired/", "*", "", "simple/wired/",
                          "packages.example.org:80", "/simple/wired/#top", "/simple/wi red/", "/simple/wi\tred/",
                          "/simple/wired/\x7f", "/simple/w\xefred/", "/simple/\"wired\"/", "/simple/{wired}/", "/simple\\wired/",
                          "/" + "a" * self.any(4_000, 7_000, 9_000, 20_000), "/simple/wired/?" + "a" * 9_000)
        return self.case("forms of target", "GET", target)

    def methods(self):
        method = self.any("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "POST", "get", "Get", "FOO",
                          "G ET", "GET\t", "GE\x00T", "PRI", "M-SEARCH", "QUERY", "A" * 300)
        return self.case("methods", method, self.any(*self.targets, "/legacy/"), "Content-Length: 0")

    def hosts(self):
        host = self.any(None, "", "a b", "a,b", "packages.example.org:80", "packages.example.org:", "packages.example.org:x",
                        "[::1]", "[::1]:8080", "[::1", "user@packages.example.org", "packages.example.org/", "a" * 300,
                        "127.0.0.1", "\xe9.example.org", "packages.example.org:999999", "packages%2eexample.org")
        extra = self.any([], [], ["Host: packages.example.org"], ["Host: other.example.org"])
        return self.case("hosts", "GET", "/simple/wired/", *extra, host=host,
                         version=self.any("HTTP/1.1", "HTTP/1.1", "HTTP/1.0"))

    def versions(self):
        version = self.any("HTTP/1.0", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/3", "HTTP/1", "http/1.1", "HTTP/1.1 ",
                           "HTTP/1.10", "HTTP /1.1", "HTTPS/1.1", "", "ICY/1.0")
        return self.case("versions", self.any("GET", "HEAD"), self.any(*self.targets),
                         *self.any([], ["Connection: keep-alive"], ["Connection: close"]), version=version)

    def lengths(self):
        fields = self.any(["Content-Length: 5"], ["Content-Length: 5", "Content-Length: 5"], ["Content-Length: 5, 5"],
                          ["Content-Length: 5", "Content-Length: 6"], ["Content-Length: +5"], ["Content-Length: -5"],
                          ["Content-Length: 0x5"], ["Content-Length: 05"], ["Content-Length: 5 "], ["Content-Length: five"],
                          ["Content-Length:"], ["Content-Length: " + "9" * 30], ["Content-Length: 5.0"], [],
                          ["content-length: 5"], ["Content-Length : 5"])
        return self.case("lengths", self.any("GET", "POST", "POST", "PUT"), self.any("/simple/wired/", "/legacy/"), *fields,
                         body=b"hello")

    def chunks(self):
        body = self.any(b"5\r\nhello\r\n0\r\n\r\n", b"5;a=b\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n0\r\nX-A: b\r\n\r\n",
                        b"005\r\nhello\r\n0\r\n\r\n", b"5 \r\nhello\r\n0\r\n\r\n", b"zz\r\nhello\r\n0\r\n\r\n",
                        b"5\nhello\n0\n\n", b"-5\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloworld\r\n0\r\n\r\n",
                        b"F" * 17 + b"\r\nhello", b"0x5\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n0\r\n", b"0\r\n\r\n", b"")
        fields = self.any(*[["Transfer-Encoding: chunked"]] * 6, ["Transfer-Encoding: chunked", "Content-Length: 5"],
                          ["Content-Length: 5", "Transfer-Encoding: chunked"], ["Transfer-Encoding: Chunked"],
                          ["Transfer-Encoding: gzip, chunked"], ["Transfer-Encoding: chunked, gzip"],
                          ["Transfer-Encoding: identity"], ["Transfer-Encoding: xchunked"],
                          ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], ["Transfer-Encoding : chunked"],
                          ["Transfer-Encoding: \x0bchunked"], ["Transfer-Encoding:"])
        return self.case("chunks", self.any("GET", "POST", "POST"), self.any("/simple/wired/", "/legacy/"), *fields, body=body,
                         version=self.any("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"))

    def fields(self):
        field = self.any("X : a", " X: a", "X: a\r\n b", "X: a\r\n\tb", "nonsense", ": a", "X\x00: a", "X: a\x00b", "X: a\x01b",
                         "X: \xe9", "X: \xc3\xa9", "X\xe9: a", "X(: a", "X: a\nY: b", "X: a\rY: b", "X:", "X:a", "X: \t a \t ",
                         "X_Y: a", "X: a\x7fb", "\"X\": a")
        data = request("GET", "/simple/wired/", field)
        data = self.any(data, data, data, b"\r\n" + data, b"\n" + data, data.replace(b"\r\n", b"\n"), b" " + data)
        return Case("fields", data, ["GET"])

    def sizes(self):
        fields = self.any(["X: a"] * 20, ["X: a"] * 90, ["X: a"] * 120, ["X: " + "a" * 3_000], ["X: " + "a" * 12_000],
                          ["X: " + "a" * 20_000], ["X" * 300 + ": a"], ["Cookie: a=b"] * 30,
                          [f"X-{n}: {'a' * 1_000}" for n in range(25)], [f"X-{n}: {'a' * 1_000}" for n in range(80)])
        return self.case("sizes", "GET", self.any(*self.targets), *fields)

    def pipelines(self):
        methods = [self.any("GET", "GET", "HEAD", "POST") for _ in range(self.random.randint(2, 5))]
        data = b"".join(
            request(method, "/legacy/", "Content-Length: 5", body=b"hello") if method == "POST"
            else request(method, self.any(*self.targets), f"Accept: {self.any('text/html', SIMPLE_JSON)}") for method in methods)
        return Case("pipelines", data + request("GET", "/healthz", "Connection: close"), [*methods, "GET"])

    def expectations(self):
        value = self.any("100-continue", "100-Continue", "200-ok", "", "100-continue, 100-continue")
        method = self.any("GET", "POST", "POST")
        body = b"hello" if method == "POST" else b""
        return self.case("expectations", method, self.any("/legacy/", "/simple/wired/"), f"Expect: {value}",
                         f"Content-Length: {len(body)}", version=self.any("HTTP/1.1", "HTTP/1.1", "HTTP/1.0"), body=body)

    def connections(self):
        fields = self.any(["Connection: close"], ["Connection: Close"], ["Connection: keep-alive"], ["Connection: "],
                          ["Connection: close, keep-alive"], ["Connection: X", "X: a"], ["Connection: Host"],
                          ["Connection: Upgrade", "Upgrade: websocket"], ["Proxy-Connection: close"], ["TE: trailers"],
                          ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"],
                          ["Keep-Alive: timeout=5"], ["Connection: keep-alive", "Connection: close"])
        return self.case("connections", self.any("GET", "HEAD"), self.any(*self.targets), *fields)

    def negotiation(self):
        fields = self.any([f"Accept: {SIMPLE_JSON};q=0.1, text/html"], ["Accept: application/xml"], ["Accept: "], ["Accept: ;;,"],
                          ["Accept: text/html;q=0"], ["Accept: text/html", f"Accept: {SIMPLE_JSON}"], [f"Accept: {'a,' * 500}*/*"],
                          ["Accept-Encoding: gzip"], ["Accept-Encoding: gzip;q=0"], ["Accept-Encoding: br, zstd"],
                          ["Accept-Encoding: *"], ["Accept-Encoding: identity;q=0"], ["Accept-Language: de"])
        return self.case("negotiation", self.any("GET", "HEAD"), self.any(*self.targets), *fields)

    def cut(self):
        data = request(self.any("GET", "POST"), "/legacy/", "Content-Length: 20", body=b"x" * 20)
        return Case("cut", data[: self.random.randrange(1, len(data))], ["GET"])

    def posts(self):
        fields = self.any([], ["Authorization: Basic !"], ["Authorization: Basic X190b2tlbl9fOnJpbmQtQQ=="],
                          ["Authorization: Bearer a"], ["Content-Type: multipart/form-data"], ["Content-Type: text/plain"],
                          ["Content-Type: multipart/form-data; boundary=b"], ["Content-Encoding: gzip"], ["Cookie: rind=a"])
        body = self.any(b"", b"a=b", b"--b\r\n\r\n--b--\r\n", bytes(2_000))
        return self.case("posts", "POST", self.any("/legacy/", "/simple/", "/pypi/", "/healthz", "/nothing/"), *fields,
                         f"Content-Length: {len(body)}", body=body)

    def queries(self):
        query = self.any("q=wired", "q=%77ired", "q=a+b", "q=a%20b", "q=", "", "q=%zz", "q=%ff", "q=%00", "a=b&q=wired", "q=1&q=2",
                         "q=wired&page=2", "page=-1&q=w", "q=" + "a" * 3_000, "q=<b>", "q=%3Cb%3E", "?q=w", "q=w/../x", "q=%C3%A9")
        return self.case("queries", self.any("GET", "HEAD"), f"{self.any('/search/', '/simple/wired/', '/search')}?{query}")

    def noise(self):
        data = self.any(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"EHLO mail.example.org\r\n\r\n", b"\r\n\r\n", b"\x00" * 40,
                        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /simple/\r\n\r\n", b"GET\r\n\r\n", b"GET  /simple/  HTTP/1.1\r\n\r\n",
                        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n",
                        self.random.randbytes(self.random.randint(1, 300)), self.random.randbytes(20) + b"\r\n\r\n")
        return Case("noise", data, ["GET"])

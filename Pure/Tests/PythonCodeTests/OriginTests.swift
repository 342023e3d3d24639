import PythonCode
import Testing

@Suite("Values know where they come from") struct OriginTests {
    static let vocabulary = Vocabulary(
        names: [
            "os.environ", "os.getenv", "open", "requests.*", "socket.socket", "*.recv", "base64.b64decode", "exec",
            "sink",
            "zlib.decompress",
        ], answers: ["requests.*"])

    static let table: [(code: String, origins: [String])] = [
        ("sink(os.environ)", ["os.environ"]),
        ("sink(os.environ['A'])", ["os.environ"]),
        ("sink(dict(os.environ))", ["os.environ"]),
        ("x = os.environ\ny = str(x)\nsink(y)", ["os.environ"]),
        ("x = {}\nx['a'] = os.environ\nsink(x)", ["os.environ"]),
        ("x = []\nx.append(os.environ)\nsink(x)", ["os.environ"]),
        ("x = ''\nfor k in os.environ:\n    x += k\nsink(x)", ["os.environ"]),
        ("sink({k: v for k, v in os.environ.items()})", ["os.environ"]),
        ("sink(f'{os.environ}')", ["os.environ"]),
        ("sink('%s' % os.environ)", ["os.environ"]),
        ("sink(json.dumps(os.environ).encode())", ["os.environ"]),
        ("with open('p') as f:\n    sink(f.read())", ["open"]),
        ("f = open('p')\nfor line in f:\n    sink(line)", ["open"]),
        ("def get():\n    return open('p').read()\nsink(get())", ["open"]),
        ("def send(d):\n    sink(d)\nsend(open('p'))", ["open"]),
        ("def send(d):\n    sink(d)\ndef main():\n    send(open('p'))\nmain()", ["open"]),
        ("def send(a, *, d=None):\n    sink(d)\nsend(1, d=open('p'))", ["open"]),
        (
            "class A:\n    def __init__(self):\n        self.x = open('p')\n    def m(self):\n        sink(self.x)",
            ["open"]
        ),
        ("class A:\n    def m(self):\n        sink(self.x)\n    def n(self):\n        self.x = open('p')", ["open"]),
        ("s = socket.socket()\nsink(s.recv(9))", ["socket.socket", "socket.socket.recv"]),
        ("sink(requests.get('u').text)", ["requests.get", "requests.get.text"]),
        // What a server answers is not what it was sent.
        ("sink(requests.get('u', headers=os.environ))", ["requests.get"]),
        ("sink(base64.b64decode(open('p').read()))", ["base64.b64decode", "open"]),
        ("sink(zlib.decompress(base64.b64decode('eJw=')))", ["base64.b64decode", "zlib.decompress"]),
        ("sink(len(os.environ))", []),
        ("sink(1 if os.environ else 2)", []),
        ("sink(x == os.environ)", []),
        ("x = os.environ\nx = 1\nsink(x)", []),
        ("sink('plain')", []),
    ]

    @Test("through whatever they pass", arguments: table.indices)
    func origins(index: Int) {
        let (code, origins) = Self.table[index]
        let file = read("import os, requests, socket, base64, zlib, json", code, for: Self.vocabulary)
        let found = file.calls.first { $0.name == "sink" }?.argument(0)?.origins.map(\.name) ?? ["no call"]
        #expect(Set(found) == Set(origins), "\(code)")
    }

    @Test("An origin says the path or the key")
    func detail() {
        let file = read(
            "import os", "sink(open(os.path.expanduser('~/.aws/credentials')).read())", "sink(os.environ['TOKEN'])",
            "sink(os.getenv('SECRET'))", for: Self.vocabulary)
        let details = file.calls.filter { $0.name == "sink" }.map { $0.argument(0)?.origins.compactMap(\.detail) }
        #expect(details == [["~/.aws/credentials"], ["TOKEN"], ["SECRET"]])
    }

    @Test("What was decompressed from constants is made of constants, though it is not known")
    func decompressed() {
        let file = read("import zlib, base64", "exec(zlib.decompress(base64.b64decode('eJw=')))", for: Self.vocabulary)
        let value = file.calls.first { $0.name == "exec" }?.argument(0)
        #expect(value?.isMadeOfConstants == true)
        #expect(value?.constant == nil)
    }

    @Test("A file without a word of the vocabulary is not followed; its strings and comments are read")
    func prefilter() {
        let file = read("x = 'some text'  # a comment", "y()", for: Self.vocabulary)
        #expect(!file.wasFollowed)
        #expect(file.strings.map { String(decoding: file.content(of: $0), as: UTF8.self) } == ["some text"])
        #expect(file.comments.map { file.text($0.range) } == ["# a comment"])
        #expect(file.comments.map(\.position) == [CodePosition(line: 1, column: 18)])
        #expect(read("x = os.environ", for: Self.vocabulary).wasFollowed)
        #expect(read("getattr(os, 'x')", for: Self.vocabulary).wasFollowed)
        #expect(!read("getattr(x, 'x')", for: Self.vocabulary).wasFollowed)
        #expect(read("ｏｐｅｎ('x')", for: Self.vocabulary).wasFollowed)
    }
}

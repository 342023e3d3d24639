import PythonCode
import Testing

@Suite("Constants are folded") struct FoldingTests {
    static let table: [(expression: String, text: String, decodings: Int)] = [
        ("'ex' + 'ec'", "exec", 0),
        ("'ex' 'ec'", "exec", 0),
        ("''.join(['e', 'x', 'ec'])", "exec", 0),
        ("'-'.join(('a', 'b'))", "a-b", 0),
        ("str.join('', ['a', 'b'])", "ab", 0),
        ("'%s%s' % ('ex', 'ec')", "exec", 0),
        ("'%(a)s!' % {'a': 'x'}", "x!", 0),
        ("'%x' % 255", "ff", 0),
        ("'{}{}'.format('ex', 'ec')", "exec", 0),
        ("'{1}{0}{b}'.format('ec', 'ex', b='!')", "exec!", 0),
        ("f'{\"ex\"}{\"ec\"}'", "exec", 0),
        ("f'{{{1}}}'", "{1}", 0),
        ("f'{x}/.ssh'", "\u{fffc}/.ssh", 0),
        ("x + '/.ssh'", "\u{fffc}/.ssh", 0),
        ("'http://' + x + '/y'", "http://\u{fffc}/y", 0),
        ("'cexe'[::-1]", "exec", 0),
        ("''.join(reversed('cexe'))", "exec", 0),
        ("'xexecx'[1:-1]", "exec", 0),
        ("'eaxbeccd'[::2]", "exec", 0),
        ("'abc'[1]", "b", 0),
        ("'abc'[-1]", "c", 0),
        ("['a', 'b'][1]", "b", 0),
        ("{'a': 'x', 'b': 'y'}['b']", "y", 0),
        ("{'a': 'x'}.get('a')", "x", 0),
        ("chr(101) + chr(120)", "ex", 0),
        ("chr(ord('d') + 1)", "e", 0),
        ("''.join(chr(c) for c in [101, 120, 101, 99])", "exec", 0),
        ("''.join([chr(c ^ 1) for c in (100, 121, 100, 98)])", "exec", 0),
        ("''.join(map(chr, [101, 120]))", "ex", 0),
        ("''.join(map(lambda c: chr(c - 1), [102, 121]))", "ex", 0),
        ("bytes([101, 120]).decode()", "ex", 0),
        ("bytes(c ^ 1 for c in b'dydb')", "exec", 0),
        ("bytearray([101]).decode('utf-8')", "e", 0),
        ("b'exec'.decode()", "exec", 0),
        ("str(b'exec', 'ascii')", "exec", 0),
        ("'\\x65\\u0078\\145\\N{LATIN SMALL LETTER C}'", "exec", 0),
        ("r'\\x65'", "\\x65", 0),
        ("'a\\\nb'", "ab", 0),
        ("'exzc'.replace('z', 'e')", "exec", 0),
        ("'a|b|c'.split('|')[1]", "b", 0),
        ("' exec '.strip()", "exec", 0),
        ("'EXEC'.lower()", "exec", 0),
        ("'ab' * 3", "ababab", 0),
        ("str(1 + 2 * 3)", "7", 0),
        ("str(0x10 | 0b1)", "17", 0),
        ("str(-7 // 2)", "-4", 0),
        ("str(int('ff', 16))", "255", 0),
        ("'abc'.translate(str.maketrans('abc', 'xyz'))", "xyz", 1),
        ("base64.b64decode('ZXhlYw==')", "exec", 1),
        ("base64.b64decode(b'ZXhlYw==').decode()", "exec", 1),
        ("base64.urlsafe_b64decode('ZXhlYw')", "exec", 1),
        ("base64.b64decode(base64.b64decode('WlhobFl3PT0='))", "exec", 2),
        ("base64.b32decode('MV4GKYY=')", "exec", 1),
        ("base64.b16decode('65786563')", "exec", 1),
        ("base64.b85decode('Xk~0{Zy<MXa%^M')", "hello world", 1),
        ("base64.a85decode('BOu!rD]j7BEbo7')", "hello world", 1),
        ("bytes.fromhex('65 78 65 63')", "exec", 1),
        ("binascii.unhexlify('65786563')", "exec", 1),
        ("codecs.decode('rkrp', 'rot13')", "exec", 1),
        ("codecs.decode('65786563', 'hex')", "exec", 1),
        ("'rkrp'.decode('rot-13')", "exec", 1),
        ("os.path.join('~', '.aws', 'credentials')", "~/.aws/credentials", 0),
        ("os.path.expanduser('~/.ssh')", "~/.ssh", 0),
        ("pathlib.Path.home() / '.ssh' / 'id_rsa'", "~/.ssh/id_rsa", 0),
    ]

    @Test("as Python would compute them", arguments: table.indices)
    func fold(index: Int) {
        let (expression, text, decodings) = Self.table[index]
        let file = read("import base64, binascii, codecs, os, pathlib", "show(\(expression))")
        let value = file.calls.first { $0.name == "show" }?.argument(0)
        #expect(value?.constant?.text == text, "\(expression)")
        #expect(value?.constant?.decodings == decodings, "\(expression)")
        #expect(value?.isMadeOfConstants == !text.contains("\u{fffc}"), "\(expression)")
    }

    @Test("in loops and functions of the file")
    func functions() {
        let file = read(
            "def d(s):", "    out = ''", "    for c in s:", "        out += chr(ord(c) - 1)", "    return out",
            "exec(d('fyfd'))", "show(d('ifmmp'))")
        #expect(file.calls.first { $0.name == "exec" }?.argument(0)?.text == "exec")
        #expect(file.calls.first { $0.name == "show" }?.argument(0)?.text == "hello")
    }

    @Test("Variables hold all that they can be")
    func alternatives() {
        let file = read(
            "for p in ['~/.ssh/id_rsa', '~/.aws/credentials']:", "    open(p)", "if x:", "    y = 'a'", "else:",
            "    y = 'b'", "show(y)")
        let opened = file.calls.first { $0.name == "open" }?.argument(0)?.constants.map(\.text)
        #expect(opened == ["~/.ssh/id_rsa", "~/.aws/credentials"])
        #expect(file.calls.first { $0.name == "show" }?.argument(0)?.constants.map(\.text) == ["a", "b"])
    }

    @Test("What is put together is told, the longest only")
    func folded() {
        let file = read("a = 'abc' + 'def'", "b = a + 'ghi'", "c = 'plain text'")
        #expect(file.folded.map(\.constant.text) == ["abcdefghi"])
    }

    @Test("Code in a constant is read, within each other")
    func embedded() {
        let inner = "import os; os.system('id')"
        let encoded = Array(inner.utf8).map { String($0) }.joined(separator: ",")
        let file = read("exec(bytes([\(encoded)]).decode())", "subprocess.run([sys.executable, '-c', \"\(inner)\"])")
        #expect(file.embedded.map(\.runner) == ["exec", "subprocess.run"])
        #expect(file.embedded.map { $0.file.calls.map(\.name) } == [["os.system"], ["os.system"]])
    }

    @Test("Code that embeds itself a hundred times is read within bounds")
    func embeddedBomb() {
        var code = "x"
        for _ in 0..<8 { code = "s = \(String(reflecting: code))\n" + String(repeating: "exec(s)\n", count: 40) }
        let file = read(code)
        #expect(file.embedded.count > 1)
    }
}

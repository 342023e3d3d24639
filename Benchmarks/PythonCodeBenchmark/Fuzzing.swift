import Foundation
import PythonCode
import VectorSupport

/// Reads files that are broken in some way. Whatever is wrong with one, reading it ends, and soon.
struct Fuzzing {
    private let files: [[UInt8]]
    private var random: SplitMix64

    /// Pieces that mean something to the reader.
    private static let pieces: [String] = [
        "(", ")", "[", "]", "{", "}", "\"", "'", "\"\"\"", "'''", "f'{", "f\"\"\"{", "}'", "\\", "\n", "\r", "\r\n",
        "\t",
        "\u{c}", "\0", "#", ":", ":=", "=", "+=", ";", ",", ".", "...", "*", "**", "@", "lambda x: ", "def f(x):\n    ",
        "class C(", "for x in ", "if x else ", "yield ", "await ", "async ", "not ", "import os as o\n",
        "from . import *\n",
        "match x:\n  case ", "exec(", "eval('", "getattr(o, '", "base64.b64decode('", "[::-1]", "\"\".join([", "chr(",
        ".decode('hex')", "%s", "{0}", ".format(", "b'", "rb'", "u'", "0x", "1e", "1_", "\u{202e}", "\u{200b}", "е",
        "ｅ", "\u{feff}", "# coding: latin-1\n", "# coding: rot13\n", "print 'x'\n", "`x`", "<>", "global x\n",
        "x.append(",
        "x += ", "self.x = ", "{x: ", "**x", "if __name__ == '__main__':\n    ", "try:\n    ", "except E, e:\n    ",
        "with a as b:\n    ", "return ", "range(99999999999)", "'a' * 9999999", "[x for x in '", "map(chr, [", "-",
    ]

    init(files: [[UInt8]], seed: UInt64) {
        self.files = files.filter { !$0.isEmpty }
        random = SplitMix64(seed: seed)
    }

    mutating func run(_ count: Int) {
        var slowest = (time: 0.0, length: 0, number: 0)
        var bytes = 0
        let start = Benchmark.time()
        for number in 0..<count {
            let file = number % 4 == 3 || files.isEmpty ? noise() : mutated()
            let began = Benchmark.time()
            let read = PythonFile(reading: file, for: number % 2 == 0 ? .everything : Benchmark.vocabulary)
            // What is said of it must be within it.
            for string in read.strings.prefix(50) { precondition(read.content(of: string).count <= 4 * file.count) }
            precondition(read.calls.allSatisfy { $0.position.line <= read.lineCount + 1 })
            let time = Benchmark.time() - began
            if time > slowest.time { slowest = (time, file.count, number) }
            bytes += file.count
            if (number + 1) % 100_000 == 0 { print("\(number + 1) \(bytes) bytes") }
        }
        print(
            "\(count) files, \(bytes) bytes, "
                + String(format: "%.1f s; slowest %.1f ms", Benchmark.time() - start, slowest.time * 1_000)
                + " for \(slowest.length) bytes, number \(slowest.number)")
    }

    /// A piece of a real file with some damage.
    private mutating func mutated() -> [UInt8] {
        let file = files[Int.random(in: 0..<files.count, using: &random)]
        let length = min(file.count, Int.random(in: 1...4_000, using: &random))
        let start = Int.random(in: 0...(file.count - length), using: &random)
        var text = Array(file[start..<(start + length)])
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let place = Int.random(in: 0...text.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: if place < text.count { text[place] = UInt8.random(in: 0...255, using: &random) }
            case 1: text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...40, using: &random)))
            case 2:
                let end = min(text.count, place + Int.random(in: 1...200, using: &random))
                text.insert(contentsOf: Array(text[place..<end]), at: place)
            default: text.insert(contentsOf: piece(), at: place)
            }
        }
        return text
    }

    private mutating func piece() -> [UInt8] {
        let piece = Array((Self.pieces.randomElement(using: &random) ?? "").utf8)
        let isMany = Int.random(in: 0..<20, using: &random) == 0
        return isMany ? Array(repeatElement(piece, count: Int.random(in: 2...300, using: &random)).joined()) : piece
    }

    private mutating func noise() -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<Int.random(in: 0...200, using: &random) {
            if Bool.random(using: &random) {
                text += piece()
            } else {
                text.append(UInt8.random(in: 0...255, using: &random))
            }
        }
        return text
    }
}

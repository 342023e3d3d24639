import Accounts
import Compression
import Crypto
import Foundation
import Synchronization
import Testing
import VectorSupport

@testable import Passwords

/// A folder of its own, which goes with the test.
private final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "breached-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    @discardableResult
    func write(_ text: String, to name: String, gzip: Bool = false) throws -> String {
        let url = url.appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let bytes = Array(text.utf8)
        try Data(gzip ? Gzip.compress(bytes) : bytes).write(to: url)
        return url.path
    }
}

private func hash(_ password: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let text = Insecure.SHA1.hash(data: Array(password.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
}

/// Lines as they are published, in their order.
private func lines(_ passwords: [String], count: (String) -> Int = { _ in 1 }) -> String {
    passwords.map { "\(hash($0)):\(count($0))\r\n" }.sorted().joined()
}

@Suite("The list of breached passwords") struct BreachedPasswordsTests {
    private let folder: Folder
    /// Some thousand, so that buckets have one, and the empty ones are the most.
    static let breached = (0..<5_000).map { "password \($0)" }
    static let text = lines(breached)

    init() throws { folder = try Folder() }

    private func list(from sources: [String], minimumCount: UInt64 = 1) throws -> BreachedPasswords {
        try BreachedPasswords.build(from: sources, to: folder.path("list"), minimumCount: minimumCount)
        return try BreachedPasswords(file: folder.path("list"))
    }

    @Test("has those that it was made of, and no others", arguments: [false, true])
    func contains(gzip: Bool) throws {
        let list = try list(from: [folder.write(Self.text, to: "hashes", gzip: gzip)])
        #expect(list.count == 5_000)
        for password in Self.breached.prefix(1_000) { #expect(try list.contains(password)) }
        // One in four hundred thousand million: the list is small.
        for password in Self.breached.prefix(1_000) { #expect(try !list.contains("other " + password)) }
        try list.verify()
    }

    @Test("is made of lines with either end, without a count, in lower case, without an end at the last")
    func lineForms() throws {
        let text = Self.text.replacing("\r\n", with: "\n")
        #expect(try list(from: [folder.write(text, to: "hashes")]).count == 5_000)
        #expect(try list(from: [folder.write(text.lowercased(), to: "hashes")]).count == 5_000)
        #expect(try list(from: [folder.write(String(text.dropLast()), to: "hashes")]).count == 5_000)
        #expect(try list(from: [folder.write(text.replacing(":1\n", with: "\n"), to: "hashes")]).count == 5_000)
        #expect(try list(from: [folder.write(text + "\r\n\n", to: "hashes")]).count == 5_000)
    }

    @Test("is made of the folder of ranges that the downloader leaves, whatever the order of its names")
    func ranges() throws {
        let passwords = Self.breached.prefix(500)
        for (number, (range, some)) in Dictionary(grouping: passwords, by: { hash($0).prefix(5) }).enumerated() {
            let text = some.map { "\(hash($0).dropFirst(5)):7" }.sorted().joined(separator: "\r\n")
            // As others leave them.
            let name = number % 2 == 0 ? "ranges/\(range).txt" : "ranges/\(range.lowercased()).txt.gz"
            try folder.write(text, to: name, gzip: number % 2 == 1)
        }
        try folder.write("not a range", to: "ranges/README.txt")
        let list = try list(from: [folder.path("ranges")])
        #expect(list.count == 500)
        for password in passwords { #expect(try list.contains(password)) }
    }

    @Test("is made of several files, one after the other")
    func severalFiles() throws {
        let all = Self.text.split(separator: "\r\n")
        let first = try folder.write(all.prefix(2_000).joined(separator: "\n"), to: "a")
        let second = try folder.write(all.dropFirst(2_000).joined(separator: "\n"), to: "b", gzip: true)
        #expect(try list(from: [first, second]).count == 5_000)
        #expect(throws: BreachedPasswordsFailure.self) { try list(from: [second, first]) }
    }

    @Test("leaves out what was seen too rarely, and what only fills up a range")
    func minimumCount() throws {
        let text = lines(Self.breached) { $0.hasSuffix("7") ? 10 : $0.hasSuffix("3") ? 0 : 9 }
        let source = try folder.write(text, to: "hashes")
        let summary = try BreachedPasswords.build(from: [source], to: folder.path("list"), minimumCount: 10)
        #expect(summary.passwords == 500 && summary.leftOut == 4_500)
        let list = try BreachedPasswords(file: folder.path("list"))
        #expect(list.minimumCount == 10)
        #expect(try list.contains("password 7") && !list.contains("password 8"))
        #expect(try self.list(from: [source]).count == 4_500)
    }

    @Test("says how far it is")
    func progress() throws {
        // Three megabytes.
        let zeros = String(repeating: "0", count: 32)
        let text = (0..<60_000).map { String(0xA000_0000 + $0 * 10_000, radix: 16) + zeros + ":1\r\n" }.joined()
        let source = try folder.write(text, to: "hashes")
        var steps: [Int] = []
        try BreachedPasswords.build(from: [source], to: folder.path("list")) { done, total in
            #expect(total == 60_000 * (40 + 2 + 2))
            steps.append(done)
        }
        #expect(steps == steps.sorted() && steps.count > 2 && steps.last == 60_000 * 44)
    }

    static let badLists: [(name: String, text: String, words: String)] = [
        ("hashes", "", "no password"),
        ("hashes", "\n\n", "no password"),
        ("hashes", lines(["a"]) + "hello\r\n", "line 2"),
        ("hashes", String(lines(["a"]).dropFirst()), "no line such as"),
        ("hashes", lines(["a"]).replacing(":1", with: ":"), "no line such as"),
        ("hashes", lines(["a"]).replacing(":1", with: ":1x"), "no line such as"),
        ("hashes", lines(["a"]).replacing(":1", with: ";1"), "no line such as"),
        ("hashes", lines(["a"]).replacing(":1", with: ":9999999999999999999"), "no line such as"),
        ("hashes", lines(["a"]).replacing("\r\n", with: "\r\r\n"), "no line such as"),
        ("hashes", "8846F7EAEE8FB117AD06BDD830B7586C:3", "NTLM"),
        ("hashes", String(lines(["a"]).dropFirst(5)), "range"),
        ("hashes", lines(["a", "b"]).split(separator: "\r\n").reversed().joined(separator: "\r\n"), "order"),
        ("hashes", String(repeating: "A", count: 3 << 20), "no list of hashes"),
        ("86F7E.txt", "hello", "no line such as"),
    ]

    @Test("is not made of what is no such list, and what was there stays", arguments: badLists)
    func badList(name: String, text: String, words: String) throws {
        try BreachedPasswords.build(from: [folder.write(lines(["kept"]), to: "first")], to: folder.path("list"))
        let source = try folder.write(text, to: name)
        let failure = #expect(throws: BreachedPasswordsFailure.self) { try list(from: [source]) }
        #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
        #expect(try BreachedPasswords(file: folder.path("list")).contains("kept"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("list.partial")))
    }

    @Test("is not made of gzip that was cut, or of what is not there")
    func unreadable() throws {
        let whole = try Data(contentsOf: URL(filePath: folder.write(Self.text, to: "hashes.gz", gzip: true)))
        try whole.prefix(whole.count / 2).write(to: folder.url.appending(path: "cut.gz"))
        for source in ["cut.gz", "nowhere", "."] {
            #expect(throws: BreachedPasswordsFailure.self) { try list(from: [folder.path(source)]) }
        }
    }

    @Test(
        "is refused when it was cut or is another file",
        arguments: ["cut", "longer", "empty", "other", "header", "index"])
    func damaged(how: String) throws {
        _ = try list(from: [folder.write(Self.text, to: "hashes")])
        let url = folder.url.appending(path: "list")
        var bytes = try Data(contentsOf: url)
        switch how {
        case "cut": bytes.removeLast()
        case "longer": bytes.append(0)
        case "empty": bytes = Data()
        case "other": bytes = Data(Self.text.utf8)
        case "header": bytes[20] ^= 1
        default: bytes[64 + 12 * 100] ^= 1
        }
        try bytes.write(to: url)
        #expect(throws: BreachedPasswordsFailure.self) { try BreachedPasswords(file: url.path) }
    }

    @Test("with damage among its passwords says so where it matters, and when all of it is verified")
    func damagedBucket() throws {
        _ = try list(from: [folder.write(Self.text, to: "hashes")])
        let url = folder.url.appending(path: "list")
        var bytes = try Data(contentsOf: url)
        bytes[bytes.count - 3] ^= 0x10
        try bytes.write(to: url)
        let list = try BreachedPasswords(file: url.path)
        let last = try #require(Self.breached.max { hash($0) < hash($1) })
        let first = try #require(Self.breached.min { hash($0) < hash($1) })
        #expect(throws: BreachedPasswordsFailure.self) { try list.contains(last) }
        #expect(try list.contains(first))
        #expect(throws: BreachedPasswordsFailure.self) { try list.verify() }
    }

    @Test("is taken as it is now, without a restart")
    func replaced() throws {
        let reports = Mutex<[String]>([])
        let path = folder.path("list")
        let file = BreachedPasswordFile(at: path) { failure in reports.withLock { $0.append(failure.description) } }
        #expect(try file.current() == nil && !file.contains("one"))
        try BreachedPasswords.build(from: [folder.write(lines(["one"]), to: "a")], to: path)
        #expect(try file.contains("one") && !file.contains("two"))
        try BreachedPasswords.build(from: [folder.write(lines(["two"]), to: "b")], to: path)
        #expect(try !file.contains("one") && file.contains("two"))

        // One that is damaged does not take the place of one that is sound.
        try FileManager.default.removeItem(atPath: path)
        try folder.write("damaged", to: "list")
        #expect(try file.contains("two") && file.contains("two"))
        #expect(reports.withLock(\.count) == 1)
        #expect(throws: BreachedPasswordsFailure.self) { try BreachedPasswordFile(at: path).current() }

        try FileManager.default.removeItem(atPath: path)
        #expect(try file.current() == nil)
    }

    @Test("refuses a password that is strong otherwise")
    func rules() throws {
        try BreachedPasswords.build(from: [folder.write(lines(["zebra-lamp-1"]), to: "a")], to: folder.path("list"))
        let file = BreachedPasswordFile(at: folder.path("list"))
        #expect(throws: PasswordRefusal.breached) {
            try PasswordRules().check("zebra-lamp-1", name: "ada", addresses: [], breached: file)
        }
        try PasswordRules().check("zebra-lamp-2", name: "ada", addresses: [], breached: file)
    }
}

@Suite("A bucket of the list") struct BreachedBucketTests {
    @Test("has what was put into it, however full it is", arguments: [1, 2, 3, 100, 858, 5_000], [31, 43])
    func roundTrip(count: Int, bits: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        let wanted = Set((0..<count).map { _ in UInt64.random(in: 0..<(1 << UInt64(bits)), using: &random) })
        let bytes = BreachedFormat.Bucket.bytes(of: wanted.sorted(), remainderBits: bits)
        let bucket = try #require(BreachedFormat.Bucket(bytes, remainderBits: bits))
        #expect(bucket.remainders() == wanted.sorted())
        for remainder in wanted.prefix(50) { #expect(bucket.contains(remainder)) }
        for _ in 0..<50 {
            let other = UInt64.random(in: 0..<(1 << UInt64(bits)), using: &random)
            #expect(bucket.contains(other) == wanted.contains(other))
        }
        // Of nine hundred million passwords, 858 are in a bucket.
        if count == 858, bits == 31 { #expect(bytes.count * 8 < 858 * 23) }
    }

    // swift-format-ignore
    static let edges: [[UInt64]] = [
        [0], [1 << 31 - 1], [0, 1 << 31 - 1], [0, 1, 2, 3], Array((1 << 31 - 100)...(1 << 31 - 1)),
        Array(0..<10_000) + [1 << 31 - 1],
    ]

    @Test("has the smallest and the largest, and long runs", arguments: edges)
    func extremes(remainders: [UInt64]) throws {
        let bytes = BreachedFormat.Bucket.bytes(of: remainders, remainderBits: 31)
        let bucket = try #require(BreachedFormat.Bucket(bytes, remainderBits: 31))
        #expect(bucket.remainders() == remainders)
        #expect(bucket.contains(remainders[0]) && bucket.contains(remainders[remainders.count - 1]))
    }

    @Test("of any bytes is read or refused, and does no harm", arguments: 0..<500 as Range<UInt64>)
    func anyBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        if bytes.count > 5, Bool.random(using: &random) {
            bytes[0] %= 32
            bytes.replaceSubrange(1..<5, with: [UInt8.random(in: 1...40, using: &random), 0, 0, 0])
        }
        guard let bucket = BreachedFormat.Bucket(bytes, remainderBits: 31) else { return }
        if let remainders = bucket.remainders() { #expect(remainders == Set(remainders).sorted()) }
        _ = bucket.contains(.random(in: 0..<(1 << 31), using: &random))
    }
}

@Suite("The format of the list") struct BreachedFormatTests {
    // The columns are the point: bytes of the published list, bits of a bucket's number.
    // swift-format-ignore
    static let table: [(bytes: Int, bits: Int)] = [
        (0, 20), (44, 8), (220_000, 8), (44 * 512 * 256, 9), (44_000_000, 11), (44 * 900_000_000, 20), (1 << 60, 20),
    ]

    @Test("has buckets of some hundred passwords", arguments: table)
    func bits(bytes: Int, bits: Int) {
        let format = BreachedFormat(forListOf: bytes)
        #expect(format.bucketBits == bits && format.remainderBits == 51 - bits)
    }

    @Test("has every fingerprint in one place, with any number of buckets", arguments: [8, 13, 20])
    func places(bits: Int) throws {
        let format = try #require(BreachedFormat(bucketBits: bits))
        for hash in [0, 1 << 13, 0x5BAA_61E4_C9B9_3F3F, .max] as [UInt64] {
            let fingerprint = Fingerprint(hash)
            #expect((0..<format.bucketCount).contains(format.bucket(of: fingerprint)))
            let joined = UInt64(format.bucket(of: fingerprint)) << UInt64(51 - bits) | format.remainder(of: fingerprint)
            #expect(joined == hash >> 13)
        }
        #expect(BreachedFormat(bucketBits: 7) == nil && BreachedFormat(bucketBits: 21) == nil)
    }
}

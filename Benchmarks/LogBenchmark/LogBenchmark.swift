import Accounts
import Acts
import Database
import Foundation
import Hummingbird
import LockFiles
import LogVerification
import PackagingFormats
import Policy
import Ports
import Projects
import Sequencer
import Server
import Stores
import Support
import TransparencyLog
import UTC
import VectorSupport
import Web

/// What the verifiable log costs: uploads, proofs, and those who check it.
///
///     swift run -c release LogBenchmark [ENTRIES [FILES [UPLOADS]]]
///
/// - ENTRIES of the log in which proofs are made (10,000,000; takes some 3 GB of disk and minutes)
/// - FILES that `rind log verify` compares (100,000)
/// - UPLOADS beside a sequencer, and as many without one (2,000)
@main struct LogBenchmark {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().map { Int($0) ?? 1 }
        func number(_ place: Int, _ usual: Int) -> Int { numbers.indices.contains(place) ? numbers[place] : usual }
        try await uploads(number(2, 2_000))
        try await proofs(number(0, 10_000_000))
        try await checks(number(1, 100_000))
    }

    // MARK: Uploads

    /// Two indexes in turns, of which one has a sequencer beside it: so both meet the same machine.
    private static func uploads(_ count: Int) async throws {
        let (plain, logged) = (try await TestIndex(), try await TestIndex())
        let sequencer = LogSequencer(
            logged.database, keys: logged.keys, folder: LogFolder(path: logged.folder.appending(path: "log").path),
            origin: "packages.example.org/log")
        let following = Task {
            while !Task.isCancelled {
                try await sequencer.advance()
                try await Task.sleep(for: .seconds(1))
            }
        }
        var (rates, differences): ([[Double]], [Double]) = ([[], []], [])
        let rounds = 10
        for round in 0..<rounds {
            var seconds = [0.0, 0.0]
            for which in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                let index = which == 0 ? plain : logged
                seconds[which] = try await time {
                    try await publish(round * (count / rounds)..<(round + 1) * (count / rounds), in: index)
                }
                rates[which].append(Double(count / rounds) / seconds[which])
            }
            differences.append((seconds[1] - seconds[0]) / seconds[0] * 100)
        }
        following.cancel()
        _ = try? await following.value
        print(
            "uploads, eight at once: \(text(median(rates[0]))) a second, \(text(median(rates[1]))) beside a sequencer: "
                + "\(text(median(differences))) % more time")
        let size = try await sequencer.advance()
        print("the log has \(size) entries then")
    }

    private static func publish(_ numbers: Range<Int>, in index: TestIndex) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in numbers where number % 8 == worker {
                        let version = "1.\(number)"
                        var upload = TestUpload.wheel(TestWheel("demo_\(worker)", version))
                        upload["name"] = "demo-\(worker)"
                        upload["version"] = version
                        upload.filename = "demo_\(worker)-\(version)-py3-none-any.whl"
                        try await index.receive(upload)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: Proofs

    private static func proofs(_ count: Int) async throws {
        let index = try await TestIndex()
        let sequencer = LogSequencer(
            index.database, keys: index.keys, folder: LogFolder(path: index.folder.appending(path: "log").path),
            origin: "packages.example.org/log")
        try await sequencer.advance()
        // As the journal would have given them their places; the least that is an entry of a file.
        try await index.database.byHand(
            """
            WITH RECURSIVE number(n) AS (
                SELECT (SELECT COALESCE(MAX(position) + 1, 0) FROM log_entry)
                UNION ALL SELECT n + 1 FROM number WHERE n + 1 < $1
            )
            INSERT INTO log_entry (position, serial, entry, salt, filename)
            SELECT n, 1000000000 + n,
                CAST('{"act":"file.upload","at":"2026-11-30T00:53:20.000000Z","details":{"filename":"demo-' || n
                    || '-py3-none-any.whl","sha256":"\(String(repeating: "0", count: 64))","version":"' || n
                    || '"},"project":"demo","serial":"' || n || '"}' AS BLOB),
                NULL, 'demo-' || n || '-py3-none-any.whl' FROM number
            """, count)
        let growth = try await time { _ = try await sequencer.advance() }
        let size = try await sequencer.advance()
        print("a log of \(size) entries: made in \(text(growth)) s, \(text(Double(size) / growth)) entries a second")
        let served = ServedLog(of: sequencer)
        let policy = LogPolicy(trusting: try await sequencer.verifiers())
        var random = SplitMix64(seed: 13)
        let sha256 = String(repeating: "0", count: 64)
        var (whole, written, bytes): ([Double], [Double], Int) = ([], [], 0)
        for number in 0..<2_000 {
            let filename = "demo-\(Int.random(in: 100..<size, using: &random))-py3-none-any.whl"
            var found: LogProof?
            let proving = try await time { found = try await served.proof(ofFile: filename, sha256: sha256) }
            guard let proof = found, let entry = proof.extra else { throw Wrong() }
            var text = ""
            let writing = try await time { text = proof.written }
            bytes = text.utf8.count
            if number.isMultiple(of: 100) { _ = try proof.verify(entry, by: policy) }
            // The first ones find nothing in memory.
            guard number >= 100 else { continue }
            whole.append(proving * 1_000)
            written.append((proving + writing) * 1_000)
        }
        print(
            "a proof of a random file, with its look-ups: \(text(median(whole))) ms, 95 % below \(text(high(whole))) ms"
        )
        print("its .tlog-proof (\(bytes) bytes): \(text(median(written))) ms, 95 % below \(text(high(written))) ms")
        let tree = try await ProofsAlone(of: served, size: size)
        var alone: [Double] = []
        for _ in 0..<2_000 {
            let position = Int.random(in: 0..<size, using: &random)
            alone.append(try await time { _ = try tree.hashes.inclusionProof(of: position) } * 1_000)
        }
        print("the proof alone, from tiles: \(text(median(alone))) ms, 95 % below \(text(high(alone))) ms")
    }

    // MARK: Checks

    private static func checks(_ count: Int) async throws {
        let port = 18_086
        let server = try await TestServer(baseURL: "http://127.0.0.1:\(port)")
        let ada = try Username(parsing: "ada")
        guard let user = try await server.index.stores.accounts.user(named: ada) else { throw Wrong() }
        let actor = Actor(.user(user.id, ada, isAdministrator: false), assurance: .password)
        var limits = UploadLimits()
        limits.projectFiles = count
        let each = 100
        for number in 0..<count {
            let (name, version) = ("demo-\(number / each)", "1.\(number % each)")
            _ = try await server.index.stores.projects.upload(
                UploadCandidate(
                    project: try ProjectName(parsing: name), version: try Version(parsing: version),
                    filename: try DistributionFilename(
                        lenient: "demo_\(number / each)-\(version)-py3-none-any.whl"),
                    packageType: .wheel, pythonTag: "py3", size: 10,
                    digests: Digests(
                        sha256: String(repeating: "0", count: 64 - "\(number)".count) + "\(number)",
                        blake2b256: "bb", md5: "cc"), metadataSHA256: nil, metadata: ReleaseMetadata()),
                by: actor, at: server.now, limits: limits)
        }
        let size = try await server.index.sequencer(baseURL: server.baseURL).advance()
        let (running, isRunning) = AsyncStream.makeStream(of: Void.self)
        let application = server.server.application(host: "127.0.0.1", port: port, limits: EdgeLimits()) {
            isRunning.yield()
        }
        let serving = Task { try await application.runService() }
        for await _ in running { break }
        let base = server.baseURL
        let (report, kept, seconds) = try await onThread {
            let clock = ContinuousClock()
            let start = clock.now
            let (report, kept) = try LogVerifier(base, keys: []).verify(since: nil)
            return (report, kept, (clock.now - start) / .seconds(1))
        }
        guard report.files == count, report.problems.isEmpty, report.size == size else { throw Wrong() }
        print("log verify of \(count) files on \(count / each) pages, \(size) entries: \(text(seconds)) s")
        for (words, known) in [("", nil), (", with what was kept and 100 pages in turn", kept)] {
            let again = try await onThread {
                let clock = ContinuousClock()
                let start = clock.now
                _ = try LogVerifier(base, keys: []).verify(since: kept.checkpoint, kept: known)
                return (clock.now - start) / .milliseconds(1)
            }
            print("log verify --since where nothing is new\(words): \(text(again)) ms")
        }

        let folder = server.folder.appending(path: "proofs").path
        let lock = (0..<min(300, count)).map { number in
            "demo-\(number / each)==1.\(number % each) --hash=sha256:"
                + String(repeating: "0", count: 64 - "\(number)".count) + "\(number)\n"
        }.joined()
        let files = try LockFile(filename: "requirements.txt").files(in: lock)
        let policy = LogPolicy(trusting: try await server.index.sequencer(baseURL: base).verifiers())
        for (words, isOffline) in [("with its proofs to be fetched", false), ("offline", true)] {
            let seconds = try await onThread {
                let clock = ContinuousClock()
                let start = clock.now
                let results = try LockVerifier(policy: policy, proofsIn: folder, index: base, isOffline: isOffline)
                    .verify(files)
                guard results.allSatisfy({ $0.problem == nil }) else { throw Wrong() }
                return (clock.now - start) / .seconds(1)
            }
            print("verify of a lock with \(files.count) files, \(words): \(text(seconds)) s")
        }
        serving.cancel()
        try await serving.value
    }

    // MARK: Figures

    private struct Wrong: Error {}

    private static func time(_ work: () async throws -> Void) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await work()
        return (clock.now - start) / .seconds(1)
    }

    /// On a thread that may be blocked: not one of those that the server works on.
    private static func onThread<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Swift.Result { try work() }) }.start()
        }
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    private static func high(_ values: [Double]) -> Double { values.sorted()[values.count * 95 / 100] }
    private static func text(_ value: Double) -> String { String(format: "%.3f", value) }
}

/// All tiles in memory: what a proof takes beyond reading (640 MB for 10 million entries).
private struct ProofsAlone {
    let hashes: TileHashes

    init(of served: ServedLog, size: Int) async throws {
        var tiles: [Tile: ExpandedTile] = [:]
        for tile in Tile.new(from: 0, to: size) where tile.row != .entries {
            guard let bytes = try await served.bytes(of: tile), let hashes = tile.hashes(from: bytes) else { continue }
            tiles[tile] = ExpandedTile(hashes)
        }
        let kept = tiles
        hashes = TileHashes(ofTreeOf: size) { tile in
            guard let found = kept[tile] else { throw TileFailure.missing(tile) }
            return found
        }
    }
}

import Accounts
import Foundation
import HTTPTypes
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Server
import Stores
import Support
import UTC
import VectorSupport

/// What a page of the past takes, of a project with as many releases as are asked for.
///
///     swift run -c release PastBenchmark [RELEASES]
///
/// The releases are published one by one, each with a wheel, and each twentieth act yanks one or takes a yank back. Then
/// pages are asked for at serials from all over the history, through the door and without a socket: the first one reads the
/// history of the project, the others find it in memory, and no two are the same page. At the end the newest page of now,
/// rendered anew each time, for comparison.
@main struct PastBenchmark {
    static func main() async throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 5_000
        let server = try await TestServer()
        let stores = server.index.stores
        let name = try ProjectName(parsing: "large")
        var random = SplitMix64(seed: 13)
        let start = ContinuousClock.now
        for number in 0..<count {
            server.now = server.now + .seconds(60)
            let version = try Version(parsing: "\(number / 100).\(number % 100)")
            let filename = "large-\(version)-py3-none-any.whl"
            let digest = TestUpload.sha256(Array(filename.utf8))
            _ = try await stores.projects.upload(
                UploadCandidate(
                    project: name, version: version, filename: try DistributionFilename(lenient: filename),
                    packageType: .wheel, pythonTag: "py3", size: 10,
                    digests: Digests(sha256: digest, blake2b256: digest, md5: String(digest.prefix(32))),
                    metadataSHA256: digest, metadata: ReleaseMetadata()),
                by: .operatorAtMachine, at: server.now, limits: UploadLimits())
            guard number % 20 == 19 else { continue }
            let other = try Version(
                parsing: "\(Int.random(in: 0...number, using: &random) / 100).\(Int.random(in: 0..<20, using: &random))"
            )
            try? await stores.projects.yank(
                other, of: name, reason: "wrong", by: .operatorAtMachine, at: server.now)
            if number % 60 == 59 {
                try? await stores.projects.unyank(other, of: name, by: .operatorAtMachine, at: server.now)
            }
        }
        let last = try await stores.journal.latestSerial()
        print("\(count) releases, \(last) changes, made in \(ContinuousClock.now - start)")
        try await server.server.follower.catchUp()

        for (what, accept, coding) in [
            ("JSON", "application/vnd.pypi.simple.v1+json", "identity"),
            ("JSON, gzip", "application/vnd.pypi.simple.v1+json", "gzip"),
            ("JSON, zstd", "application/vnd.pypi.simple.v1+json", "zstd"), ("HTML", "text/html", "identity"),
            ("HTML, gzip", "text/html", "gzip"),
        ] {
            var times: [Duration] = []
            var bytes = 0
            for _ in 0..<40 {
                let serial = Serial.random(in: (last * 9 / 10)...last, using: &random)
                let begin = ContinuousClock.now
                let answer = try await server.send(
                    .get, "/at/\(serial)/simple/large/", headers: [.accept: accept, .acceptEncoding: coding])
                times.append(ContinuousClock.now - begin)
                guard answer.status == 200 else { fatalError("\(answer.status) \(answer.text)") }
                bytes = max(bytes, answer.body.count)
            }
            report("\(what), \(bytes) bytes", times)
        }
        var now: [Duration] = []
        for _ in 0..<10 {
            try await stores.projects.yank(
                Version(parsing: "0.1"), of: name, reason: "x", by: .operatorAtMachine, at: server.now)
            try await server.server.follower.catchUp()
            let begin = ContinuousClock.now
            _ = try await server.send(.get, "/simple/large/", headers: [.acceptEncoding: "gzip"])
            now.append(ContinuousClock.now - begin)
        }
        report("the page of now, in all its forms", now)
    }

    private static func report(_ what: String, _ times: [Duration]) {
        let sorted = times.sorted()
        print(
            "\(what): first \(milliseconds(times[0])), median \(milliseconds(sorted[sorted.count / 2])), "
                + "slowest \(milliseconds(sorted[sorted.count - 1]))")
    }

    private static func milliseconds(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        return "\((Double(seconds) * 1e5 + Double(attoseconds) / 1e13).rounded() / 100) ms"
    }
}

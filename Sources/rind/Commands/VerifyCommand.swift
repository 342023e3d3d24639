import ArgumentParser
import CommandSupport
import Foundation
import LockFiles
import LogVerification
import TransparencyLog

/// `rind verify LOCKFILE --policy FILE`
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every file of a lock against the log of its index.",
        discussion: """
            Takes uv.lock, pylock.toml and requirements.txt with hashes. Each file has to be in a log that the policy trusts \
            (C2SP's tlog-policy: `log KEY`, `quorum none`), with its name, version and digest, and nothing that the log says \
            since may have removed, quarantined or erased it. The log is read once, and what is new the next time; no page is \
            asked. Proofs, and what the log says, are kept in --proofs; with --offline, that is what is checked.

            An index could show you its log as it once was. Where the policy asks witnesses, they have to have signed what it \
            shows within --max-age hours. Where it asks none, nothing says how old it is, but it never goes back.

            Example: rind verify uv.lock --policy log.policy
            """)
    @Argument(help: "The lock file.", completion: .file()) var lock: String
    @Option(help: "Which logs and witnesses are trusted.", completion: .file()) var policy: String
    @Option(help: "The folder of the proofs.", completion: .directory) var proofs: String?
    @Option(help: "Where the index is, for locks that name no addresses.") var index: String?
    @Flag(help: "Fetch nothing.") var offline = false
    @Option(help: "How many hours ago witnesses may have signed what the index shows (24; offline, any number).")
    var maxAge: Int?
    @OptionGroup var output: JSONOption

    func validate() throws {
        if let maxAge, maxAge < 1 { throw ValidationError("--max-age takes a number of hours, 1 at least.") }
    }

    func run() throws {
        let trusted = try named(policy) { try LogPolicy(parsing: $0) }
        let kind = LockFile(filename: URL(filePath: lock).lastPathComponent)
        let files = try named(lock) { try kind.files(in: String(decoding: $0, as: UTF8.self)) }
        let verifier = try LockVerifier(
            policy: trusted, proofsIn: proofs ?? "\(lock).proofs", index: index, isOffline: offline,
            oldest: oldest(under: trusted))
        let results = try verifier.verify(files)
        let problems = results.filter { $0.problem != nil }
        if output.json {
            try printJSON(results)
        } else {
            for result in problems { print("\(result.name) \(result.version) \(result.file): \(result.problem ?? "")") }
            print(
                "\(results.count) files, \(problems.isEmpty ? "all" : "\(results.count - problems.count)") in the log.")
        }
        guard problems.isEmpty else { throw ExitCode(1) }
    }

    /// Since when witnesses have to have signed what is shown; nil for any time.
    private func oldest(under policy: LogPolicy) -> UInt64? {
        let hours = maxAge ?? (offline || !policy.asksWitnesses ? nil : 24)
        return hours.map { UInt64(max(0, Date().timeIntervalSince1970 - Double($0) * 3600)) }
    }

    /// Reads a file, and says its name with what is wrong in it.
    private func named<Value>(_ path: String, _ read: (Data) throws -> Value) throws -> Value {
        let data = try Data(contentsOf: URL(filePath: path))
        do {
            return try read(data)
        } catch { throw UnreadableFile(path: path, why: "\(error)") }
    }
}

/// A file that was named cannot be understood.
private struct UnreadableFile: Error, CustomStringConvertible {
    let path: String
    let why: String

    var description: String { "\(path): \(why)." }
}

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
            Takes uv.lock, pylock.toml and requirements.txt with hashes. Each file has to be on its project's page and in a log \
            that the policy trusts (C2SP's tlog-policy: `log KEY`, `quorum none`), with its name, version and digest. Proofs \
            are kept, and the pages are asked each time; with --offline, the proofs that were kept are checked, which say what \
            was so when they were fetched.

            Example: rind verify uv.lock --policy log.policy
            """)
    @Argument(help: "The lock file.", completion: .file()) var lock: String
    @Option(help: "Which logs and witnesses are trusted.", completion: .file()) var policy: String
    @Option(help: "The folder of the proofs.", completion: .directory) var proofs: String?
    @Option(help: "Where the index is, for locks that name no addresses.") var index: String?
    @Flag(help: "Fetch nothing.") var offline = false
    @OptionGroup var output: JSONOption

    func run() throws {
        let trusted = try named(policy) { try LogPolicy(parsing: $0) }
        let kind = LockFile(filename: URL(filePath: lock).lastPathComponent)
        let files = try named(lock) { try kind.files(in: String(decoding: $0, as: UTF8.self)) }
        let verifier = try LockVerifier(
            policy: trusted, proofsIn: proofs ?? "\(lock).proofs", index: index, isOffline: offline)
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

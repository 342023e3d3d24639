import ArgumentParser
import Foundation
import Server

/// `rind doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify everything that is stored.",
        discussion: """
            Reads every blob and compares it with its digest, and every row with its blob. Exit status 1 and a list when \
            something is wrong. It can run beside the server.

            Example: rind doctor --data ./rind-data
            """)
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption

    func run() async throws {
        let findings = try await common.withIndex { index in
            let bar = ProgressBar("Verifying")
            defer { bar.finish() }
            return try await Server.Doctor(index).examine { done, total in bar.update(done, of: total) }
        }
        if output.json {
            try printJSON(findings)
        } else {
            for problem in findings.problems { print(problem) }
            for warning in findings.warnings { print("warning: \(warning)") }
            for orphan in findings.orphans { print("note: blob \(orphan) belongs to no file; it will be cleared away") }
            print(
                "\(findings.files) files, \(findings.blobs) blobs, \(findings.bytes) bytes: "
                    + (findings.problems.isEmpty ? "nothing is wrong." : "\(findings.problems.count) problems."))
        }
        if !findings.problems.isEmpty { throw ExitCode.failure }
    }
}

/// `rind backup`
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a consistent copy of everything to a file, while serving.",
        discussion: "Example: rind backup /backups/rind-2026-11-22.tar")
    @OptionGroup var common: DataOption
    @Argument(help: "The file to write, a tar archive.", completion: .file()) var file: String

    func run() async throws {
        try await common.withIndex { index in
            let bar = ProgressBar("Copying")
            defer { bar.finish() }
            try await Server.Backup(index).write(to: file) { done, total in bar.update(done, of: total) }
        }
        print("Wrote \(file).")
    }
}

/// `rind restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a backup back into a new data folder.",
        discussion: "Every file is verified on the way.\n\nExample: rind restore /backups/rind.tar --data ./restored")
    @OptionGroup var common: DataOption
    @Argument(help: "The file that `rind backup` wrote.", completion: .file()) var file: String

    func run() async throws {
        let settings = try await common.settings()
        let bar = ProgressBar("Restoring")
        defer { bar.finish() }
        try await Server.Backup.restore(from: file, to: settings) { done in bar.update(done, of: 0) }
        print("Restored \(file) to \(settings.data).")
    }
}

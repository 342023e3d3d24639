import ArgumentParser
import CommandSupport
import Foundation
import Server
import Stores

/// `rind doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify everything that is stored.",
        discussion: """
            Reads every blob and compares it with its digest, and every row with its blob. Exit status 1 and a list when \
            something is wrong, each with what to do about it. It can run beside the server.

            With --notes it only lists what was passed over when files were imported: nothing of it is damage.

            Example: rind doctor --data ./rind-data
            """)
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption
    @Flag(help: "List what is wrong with imported files, as they came, and verify nothing.") var notes = false

    func run() async throws {
        if notes { return try await listNotes() }
        let findings = try await common.withIndex { index in
            let bar = ProgressBar("Verifying")
            defer { bar.finish() }
            return try await Server.Doctor(index).examine { done, total in bar.update(done, of: total) }
        }
        if output.json {
            try printJSON(findings)
        } else {
            for problem in findings.problems { say(problem.what, problem.kind) }
            for warning in findings.warnings { say("warning: \(warning.what)", warning.kind) }
            for orphan in findings.orphans { say("note: blob \(orphan) belongs to no file", .orphan) }
            print(
                "\(findings.files) files, \(findings.blobs) blobs, \(findings.bytes) bytes: "
                    + (findings.problems.isEmpty ? "nothing is wrong." : "\(findings.problems.count) problems."))
        }
        if !findings.problems.isEmpty { throw ExitCode.failure }
    }

    private func say(_ what: String, _ kind: Finding.Kind) {
        print(what)
        print("    \(kind.remedy)")
    }

    private func listNotes() async throws {
        let notes = try await common.withIndex { try await $0.stores.inventory.notes() }
        if output.json { return try printJSON(notes) }
        for note in notes { print("\(note.file): \(note.note)") }
        print(notes.isEmpty ? "There are no notes." : "\(notes.count) notes on \(Set(notes.map(\.file)).count) files.")
    }
}

/// `rind backup`
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a consistent copy of everything to a file, while serving.",
        discussion: """
            Verifies every file on the way. What is damaged or missing is named, and all the rest is written; the exit status \
            is 1 then. A file that is there stays as it is, unless --force is given: then it is replaced once the new one is \
            complete and on disk.

            Example: rind backup /backups/rind-2026-11-22.tar
            """)
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption
    @Argument(help: "The file to write, a tar archive.", completion: .file()) var file: String
    @Flag(help: "Replace the file if it is there.") var force = false

    func run() async throws {
        let report = try await common.withIndex { index in
            let bar = ProgressBar("Copying")
            defer { bar.finish() }
            return try await Server.Backup(index).write(to: file, replacing: force) { done, total in
                bar.update(done, of: total)
            }
        }
        if output.json {
            try printJSON(report)
        } else {
            for damaged in report.damaged { complain(damaged) }
            let without = report.damaged.isEmpty ? "" : ", without \(report.damaged.count) that are damaged or missing"
            print("Wrote \(file): the database, the keys and \(report.blobs) blobs\(without).")
        }
        if !report.damaged.isEmpty { throw ExitCode.failure }
    }
}

/// `rind restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a backup back into a new data folder.",
        discussion: """
            Verifies everything on the way. What is damaged is named, and all the rest comes back; the exit status is 1 then. \
            A restore that was interrupted is done again, into the same folder, which nobody serves before it has ended.

            Example: rind restore /backups/rind.tar --data ./restored
            """)
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption
    @Argument(help: "The file that `rind backup` wrote.", completion: .file()) var file: String

    func run() async throws {
        let settings = try await common.settings()
        let bar = ProgressBar("Restoring")
        let report = try await {
            defer { bar.finish() }
            return try await Server.Backup.restore(from: file, to: settings) { done in bar.update(done, of: 0) }
        }()
        if output.json {
            try printJSON(report)
        } else {
            for flaw in report.flaws { complain("\(file) is damaged: \(flaw). Make a new backup.") }
            for lost in report.lost { complain(lost) }
            let without = report.lost.isEmpty ? "" : ", without \(report.lost.count) that are damaged or missing"
            print("Restored \(file) to \(settings.data): the database and \(report.blobs) blobs\(without).")
            print("Its verifiable log waits until you say how it goes on: rind log resume --help")
        }
        if !report.lost.isEmpty || !report.flaws.isEmpty { throw ExitCode.failure }
    }
}

import Acts
import ArgumentParser
import CommandSupport
import Foundation
import Journal
import Passwords
import Policy
import Ports
import Server
import Stores
import UTC

/// `rind passwords …`
struct PasswordsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwords", abstract: "Passwords that nobody may use.",
        discussion: "Example: rind passwords import pwned-passwords-sha1-ordered-by-hash.txt",
        subcommands: [ImportList.self])

    struct ImportList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Make the list of breached passwords from the published ones.",
            discussion: """
                Takes the SHA-1 lists of Have I Been Pwned, in the order of their hashes: files with lines such as \
                5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10437277, or a folder of ranges as its downloader makes it (00000.txt \
                and so on), plain or gzipped; - is standard input. What comes out takes less than three bytes a password, and \
                a running server takes it at once. Passwords are compared here: none of them leaves the machine.

                Example: rind passwords import pwned-passwords-sha1-ordered-by-hash.txt --minimum-count 3
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "Files, or folders of ranges.", completion: .file()) var files: [String]
        @Option(help: "Leave out passwords that were seen less often.") var minimumCount: UInt64 = 1

        func run() async throws {
            let settings = try await common.settings()
            try settings.requireNoHalfRestore()
            _ = try DataFolder(path: settings.data, exclusively: false)
            let bar = ProgressBar("Importing (MiB)")
            defer { bar.finish() }
            let summary = try BreachedPasswords.build(
                from: files, to: settings.breachedPasswords, minimumCount: minimumCount
            ) { done, total in bar.update(done >> 20, of: total >> 20) }
            try await common.withIndex(makesOne: true) { index in
                try await index.stores.journal.note(
                    .breachedPasswordsReplaced(
                        passwords: summary.passwords, leftOut: summary.leftOut, minimumCount: minimumCount),
                    by: .operatorAtMachine, at: currentTimestamp())
            }
            if output.json { return try printJSON(summary) }
            print(
                "\(summary.passwords) passwords in \(settings.breachedPasswords), \(summary.bytes) bytes; "
                    + "\(summary.leftOut) left out.")
            // Whole lists have hundreds in each range; a download that was interrupted has ranges without any.
            if minimumCount <= 1, summary.emptyRanges > 0, summary.passwords > 50_000_000 {
                complain("\(summary.emptyRanges) ranges of hashes are empty: the list may not be whole.")
            }
        }
    }
}

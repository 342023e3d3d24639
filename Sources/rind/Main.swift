import AdvisoryCommands
import ArgumentParser
import CommandSupport
import DefenceCommands
import Foundation
import Server
import StageCommands

/// The program: nouns with verbs.
struct Rind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rind",
        abstract: "A Python package index that protects its critical projects.",
        discussion: "Example: rind serve --data ./rind-data",
        version: "0.1.0",
        subcommands: [
            Serve.self, UserCommand.self, PasswordsCommand.self, AuthenticatorsCommand.self, KeysCommand.self,
            TokenCommand.self, ProjectCommand.self, ClassifiersCommand.self, NamesCommand.self, AdvisoriesCommand.self,
            CriticalCommand.self,
            StageCommand.self,
            GiveawayCommand.self,
            Import.self,
            DownloadsCommand.self,
            MailCommand.self, LogCommand.self, VerifyCommand.self, ScanCommand.self, Doctor.self, Backup.self,
            Restore.self,
        ])
}

/// Exit statuses: 0 done, 1 refused or failed, 2 wrong usage. Errors are one line on standard error that says what to
/// do.
@main enum Main {
    static func main() async {
        // Root keys of tokens and hashes of passwords are on disk: for anyone who runs Rind, and nobody else.
        umask(0o077)
        do {
            var command = try Rind.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let ending = Ending(error)
            ending.say()
            exit(ending.status)
        }
    }
}

/// How the program ends with an error, or with what ends it like one: help.
struct Ending: Equatable {
    /// Where what is said goes, and how.
    enum Speech: Equatable {
        /// Nothing more: all is said.
        case nothing
        /// Help and the version, which were asked for: standard output.
        case answer(String)
        /// How the command is used: standard error.
        case usage(String)
        /// What went wrong, and what to do: a line on standard error.
        case complaint(String)
    }

    let status: Int32
    let speech: Speech

    init(status: Int32, speech: Speech) { (self.status, self.speech) = (status, speech) }

    init(_ error: any Error) {
        if let mistakes = error as? SettingsMistakes {
            (status, speech) = (mistakes.areOfFlags ? 2 : 1, .complaint(mistakes.description))
            return
        }
        switch Rind.exitCode(for: error) {
        case .success: (status, speech) = (0, .answer(Rind.message(for: error)))
        case .validationFailure: (status, speech) = (2, .usage(Rind.fullMessage(for: error)))
        default:
            if let code = error as? ExitCode {
                (status, speech) = (code.rawValue, .nothing)
            } else {
                (status, speech) = (1, .complaint(errorSentence(error)))
            }
        }
    }

    func say() {
        switch speech {
        case .nothing: break
        case .answer(let text): printPage(text)
        case .usage(let text): complainPage(text)
        case .complaint(let sentence): complain(sentence)
        }
    }
}

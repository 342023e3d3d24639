import ArgumentParser
import Foundation
import Server

/// The program: nouns with verbs.
struct Rind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rind",
        abstract: "A Python package index that protects its critical projects.",
        discussion: "Example: rind serve --data ./rind-data",
        version: "0.1.0",
        subcommands: [
            Serve.self, UserCommand.self, PasswordsCommand.self, AuthenticatorsCommand.self, KeysCommand.self,
            TokenCommand.self, ProjectCommand.self, ClassifiersCommand.self, CriticalCommand.self, GiveawayCommand.self,
            Import.self,
            DownloadsCommand.self,
            MailCommand.self, LogCommand.self, Doctor.self, Backup.self, Restore.self,
        ])
}

/// Exit statuses: 0 done, 1 refused or failed, 2 wrong usage. Errors are one line on standard error that says what to do.
@main enum Main {
    static func main() async {
        // Root keys of tokens and hashes of passwords are on disk: for whoever runs Rind, and nobody else.
        umask(0o077)
        do {
            var command = try Rind.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(report(error))
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        if let mistakes = error as? SettingsMistakes {
            complain(mistakes.description)
            return mistakes.areOfFlags ? 2 : 1
        }
        switch Rind.exitCode(for: error) {
        case .success:  // --help and --version
            printPage(Rind.message(for: error))
            return 0
        case .validationFailure:
            complainPage(Rind.fullMessage(for: error))
            return 2
        default:
            if let code = error as? ExitCode { return code.rawValue }
            complain(errorSentence(error))
            return 1
        }
    }
}

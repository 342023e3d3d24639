import ArgumentParser
import CommandSupport
import Foundation
import Journal
import LogVerification
import Policy
import Ports
import Sequencer
import Server
import Stores
import TransparencyLog

/// `rind log resume`
struct LogResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Say how the log of a restored index goes on.",
        discussion: """
            A backup has the log as it was. Where the index has published more since, here or elsewhere, a log that goes on \
            from the backup tells another story than the one that people have seen, and those who kept a checkpoint will find \
            that it was rewritten. So nothing is signed after a restore before you say what is so:

            --only-one: nothing was published after the backup, and no other server goes on with this log. The witnesses \
            that log.policy in the data folder names are asked whether they have seen more.

            --new-origin: something was, or you do not know. The same entries become a new log with a name and keys of its \
            own, which you give to those who check it.

            Example: rind log resume --new-origin
            """)
    @OptionGroup var common: DataOption
    @Flag(help: "Nothing was published after the backup, and no other server goes on with the log.")
    var onlyOne = false
    @Flag(help: "Make it a new log.") var newOrigin = false

    func validate() throws {
        guard onlyOne != newOrigin else { throw ValidationError("Say one of --only-one and --new-origin.") }
    }

    func run() async throws {
        try await common.withIndex { index in
            let sequencer = index.sequencer(baseURL: LinkAddress(index.settings).base)
            guard try await sequencer.waitsSince() != nil else {
                return print("The log does not wait for anything.")
            }
            guard newOrigin else {
                try await index.askWitnesses(of: sequencer)
                try await sequencer.resume()
                return print("The log goes on.")
            }
            let keys = try await sequencer.restart(at: currentTimestamp())
            if let newest = keys.last {
                try await index.stores.journal.note(
                    .logKeysSet(newest, beside: keys.dropLast().last), by: .operatorAtMachine, at: currentTimestamp())
            }
            for key in keys { print(key.text) }
        }
    }
}

extension LocalIndex {
    /// Throws where a witness of the log does not sign its head: it has seen another log, or more of this one, or nobody
    /// knows.
    fileprivate func askWitnesses(of sequencer: LogSequencer) async throws {
        guard let data = FileManager.default.contents(atPath: settings.logPolicy),
            let (note, proof) = try await sequencer.head()
        else { return }
        try await sequencer.mendFolder()
        for witness in try LogPolicy(parsing: data).witnesses {
            _ = try WitnessClient(witness)?.cosignature(under: note, proof: proof)
        }
    }
}

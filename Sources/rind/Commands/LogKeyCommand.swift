import ArgumentParser
import CommandSupport
import Journal
import Policy
import Ports
import Secrets
import Sequencer
import Server
import Stores
import TransparencyLog

/// `rind log key …`
struct LogKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The keys that the verifiable log is signed with.",
        discussion: "Example: rind log key show", subcommands: [Show.self, Rotate.self, Retire.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the public keys, one a line, for the policies of those who check the log.",
            discussion: """
                A key stands there as C2SP's signed notes have it: name, id and key. The last one is the newest.

                Example: rind log key show
                """)
        @OptionGroup var common: DataOption

        func run() async throws {
            try await common.withIndex { index in for key in try await index.logKeys() { print(key.text) } }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new key, with which the log is signed besides the one before.",
            discussion: """
                Give the new key to those who check the log while both sign, and run `rind log key retire` when they have it. \
                A running server signs with it by itself.

                Example: rind log key rotate
                """)
        @OptionGroup var common: DataOption

        func run() async throws {
            try await common.withIndex { index in
                print(try await index.changeLogKeys { try $0.rotateLogKey() }.text)
            }
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign the log with the newest key alone from now on.",
            discussion: "Example: rind log key retire")
        @OptionGroup var common: DataOption

        func run() async throws {
            try await common.withIndex { index in
                print(try await index.changeLogKeys { try $0.retireLogKeys() }.text)
            }
        }
    }
}

extension LocalIndex {
    fileprivate var sequencer: LogSequencer { sequencer(baseURL: LinkAddress(settings).base) }

    /// The public keys that the log is signed with, the newest last.
    fileprivate func logKeys() async throws -> [VerifierKey] { try await sequencer.verifiers() }

    /// Changes the keys, where the log is signed with those that there are, and puts on record which sign now. Returns the
    /// newest.
    fileprivate func changeLogKeys(_ change: (KeyRing) throws -> Void) async throws -> VerifierKey {
        // Who trusts a key has to find a head with it and the next one.
        try await sequencer.requireSigned()
        try change(self.keys)
        let keys = try await logKeys()
        let newest = keys[keys.count - 1]  // there is always one
        try await stores.journal.note(
            .logKeysSet(newest, beside: keys.dropLast().last), by: .operatorAtMachine, at: currentTimestamp())
        return newest
    }
}

import Accounts
import ArgumentParser
import CommandSupport
import Foundation
import Identity
import Policy
import Ports
import Server
import Stores
import UTC
import WebAuthn

/// `rind authenticators …`
struct AuthenticatorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authenticators", abstract: "The models of security keys that are known and trusted.",
        discussion: "Example: rind authenticators import blob.jwt",
        subcommands: [ImportMetadata.self, Names.self, List.self, AddRoot.self, RemoveRoot.self])

    struct ImportMetadata: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take in a file of the FIDO Metadata Service.",
            discussion: """
                The file says which makes there are, which certificates vouch for them, and which are broken. Its signature is \
                verified up to a root, its number has to be greater than that of the last one, and a newer one must not be \
                due. Keys of models that it calls broken are refused, and those that are registered count as not attested.

                Example: rind authenticators import blob.jwt
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The file, as it is published.", completion: .file()) var file: String
        @Option(
            help:
                "The certificate that it is signed under, PEM or DER (default: this machine's GlobalSign Root R3, and then the signer has to be the FIDO Alliance).",
            completion: .file())
        var root: [String] = []
        @Flag(help: "Take it though a newer one has been due.") var allowOutdated = false

        struct Result: Encodable {
            let number: Int, models: Int, nextUpdate: String, unreadableAnchors: Int
        }

        func run() async throws {
            let roots = try (root.isEmpty ? [try Self.usualRoot()] : root).flatMap(certificates)
            let bytes = try fileBytes(file)
            try await common.withIndex { index in
                let taken = try await AuthenticatorImport.metadata(
                    bytes, signedUnder: roots, allowingOutdated: allowOutdated, into: index.stores.authenticators,
                    by: .operatorAtMachine, at: currentTimestamp())
                let result = Result(
                    number: taken.number, models: taken.models, nextUpdate: "\(taken.nextUpdate)",
                    unreadableAnchors: taken.unreadableAnchors)
                if output.json { return try printJSON(result) }
                print("Number \(taken.number): \(taken.models) models; the next one is due on \(taken.nextUpdate).")
                if taken.unreadableAnchors > 0 {
                    print("\(taken.unreadableAnchors) of their certificates cannot be read: they vouch for nothing.")
                }
            }
        }

        private static func usualRoot() throws -> String {
            let usual = "/etc/ssl/certs/GlobalSign_Root_CA_-_R3.pem"
            guard FileManager.default.fileExists(atPath: usual) else {
                throw ValidationError("There is no GlobalSign Root R3 on this machine. Name it with --root.")
            }
            return usual
        }
    }

    struct Names: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take in names of models that the metadata do not have: passkey providers above all.",
            discussion:
                "The file is a JSON object of AAGUIDs with names.\n\nExample: rind authenticators names aaguid.json")
        @OptionGroup var common: DataOption
        @Argument(help: "The file.", completion: .file()) var file: String

        func run() async throws {
            let table = try fileBytes(file)
            try await common.withIndex { index in
                let count = try await AuthenticatorImport.names(
                    table, into: index.stores.authenticators, by: .operatorAtMachine, at: currentTimestamp())
                print("\(count) names.")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is known: the metadata, the roots, the models.",
            discussion: "Example: rind authenticators list --json")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        struct Line: Encodable {
            let aaguid: String?, name: String, broken: String?, certified: Bool
        }
        struct Everything: Encodable {
            let number: Int?, nextUpdate: String?, imported: String?, roots: [String], models: [Line]
        }

        func run() async throws {
            try await common.withIndex { index in
                let store = index.stores.authenticators
                let metadata = try await store.metadata()
                let lines = try await store.models().map {
                    Line(aaguid: $0.aaguid, name: $0.name, broken: $0.breach, certified: $0.entry != nil)
                }
                let roots = try await store.roots().map(\.label)
                if output.json {
                    return try printJSON(
                        Everything(
                            number: metadata?.number, nextUpdate: metadata.map { "\($0.nextUpdate)" },
                            imported: metadata?.importedAt.iso8601, roots: roots, models: lines))
                }
                if let metadata {
                    let isDue = currentTimestamp().day > metadata.nextUpdate ? " (overdue)" : ""
                    print("Metadata number \(metadata.number); the next one is due on \(metadata.nextUpdate)\(isDue).")
                } else {
                    print("No metadata are imported: no key counts as attested.")
                }
                for root in roots { print("Trusted root: \(root)") }
                printTable(
                    ["aaguid", "name", "broken"],
                    lines.map { [$0.aaguid ?? "", $0.name, $0.broken ?? ""] })
            }
        }
    }

    struct AddRoot: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-root", abstract: "Trust a certificate to vouch for authenticators.",
            discussion: "Example: rind authenticators add-root our-keys.pem --label our-keys")
        @OptionGroup var common: DataOption
        @Argument(help: "The certificate, PEM or DER.", completion: .file()) var file: String
        @Option(help: "What to call it; without it, the file's name.") var label: String?

        func run() async throws {
            let found = try certificates(in: file)
            let name = label ?? URL(filePath: file).deletingPathExtension().lastPathComponent
            // What cannot be read would vouch for nothing, and nobody would know.
            do { _ = try TrustAnchors(found) } catch { throw UnreadableCertificate(path: file) }
            try await common.withIndex { index in
                for (number, certificate) in found.enumerated() {
                    try await index.stores.authenticators.addRoot(
                        certificate, label: number == 0 ? name : "\(name)-\(number + 1)", by: .operatorAtMachine,
                        at: currentTimestamp())
                }
            }
        }
    }

    struct RemoveRoot: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-root", abstract: "Stop trusting a certificate.",
            discussion: "Example: rind authenticators remove-root our-keys")
        @OptionGroup var common: DataOption
        @Argument(help: "Its label.") var label: String

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.authenticators.removeRoot(
                    label, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }
}

/// A file that was named is not a certificate.
private struct UnreadableCertificate: Error, CustomStringConvertible {
    let path: String
    var description: String { "There is no certificate in \(path) that can be read. It has to be PEM or DER." }
}

/// A file that was named cannot be read.
private struct UnreadableFile: Error, CustomStringConvertible {
    let path: String
    var description: String { "The file \(path) cannot be read. Check its name and its permissions." }
}

private func fileBytes(_ path: String) throws -> [UInt8] {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { throw UnreadableFile(path: path) }
    return [UInt8](data)
}

/// The certificates in a file, in DER.
///
/// Source: RFC 7468, section 5.
private func certificates(in path: String) throws -> [[UInt8]] {
    let bytes = try fileBytes(path)
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("-----BEGIN CERTIFICATE-----") else { return [bytes] }
    let found = text.components(separatedBy: "-----BEGIN CERTIFICATE-----").dropFirst().compactMap { part in
        part.components(separatedBy: "-----END CERTIFICATE-----").first.flatMap {
            Data(base64Encoded: $0, options: .ignoreUnknownCharacters)
        }
    }
    guard !found.isEmpty else { throw UnreadableCertificate(path: path) }
    return found.map { [UInt8]($0) }
}

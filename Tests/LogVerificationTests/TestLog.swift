import Foundation
import Synchronization
import Testing
import TransparencyLog

/// An index with a log, as somebody outside sees it: what it serves, a test says.
final class TestLog: Sendable {
    struct State {
        var entries: [[UInt8]] = []
        /// How many entries the heads have that are shown, one after the other; the last one again and again. Empty means
        /// all.
        var heads: [Int] = []
        /// When witnesses have signed the head that is cosigned, and its size.
        var cosigned: (size: Int, signatures: [(SigningKey, UInt64)])?
        /// The pages of projects, by name: their files and status.
        var pages: [String: String] = [:]
        /// What the list of all projects leaves out.
        var unlisted: Set<String> = []
        /// Answers that stand in the place of others.
        var others: [String: [UInt8]] = [:]
    }

    let state = Mutex(State())
    let key: SigningKey
    private let holder: Mutex<ScriptedServer?> = Mutex(nil)

    init(origin: String = "packages.example.org/log", seed: UInt8 = 1) throws {
        key = try #require(SigningKey(name: origin, kind: .note, secret: Array(repeating: seed, count: 32)))
        let server = try ScriptedServer { [weak self] request in
            guard let bytes = self?.bytes(at: request.path) else { return .text(404, "There is nothing here.") }
            return .answer(200, bytes)
        }
        holder.withLock { $0 = server }
    }

    var server: ScriptedServer { get throws { try #require(holder.withLock { $0 }) } }
    var url: String { get throws { try server.url } }
    var asked: [String] { get throws { try server.asked } }

    // MARK: What happens

    @discardableResult
    func say(_ act: String, _ project: String, _ details: [String: String] = [:]) throws -> TestLog {
        state.withLock { state in
            let members = details.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
            let number = state.entries.count
            state.entries.append(
                Array(
                    """
                    {"act":"\(act)","at":"2026-11-30T09:00:\(number % 60 < 10 ? "0" : "")\(number % 60).000000Z","details":{\
                    \(members.joined(separator: ","))},"project":"\(project)","serial":"\(number + 1)"}
                    """.utf8))
        }
        return self
    }

    /// Publishes files of a new project, and lists them.
    func publish(_ project: String, _ versions: String...) throws {
        try say("project.create", project, ["name": project])
        for version in versions { try upload(project, version) }
        list(project, versions.map { Self.file(project, $0) })
    }

    func upload(_ project: String, _ version: String) throws {
        try say(
            "file.upload", project,
            ["filename": Self.name(project, version), "version": version, "sha256": Self.sha256(project, version)])
    }

    func list(_ project: String, _ files: [String], status: String = #"{"status":"active"}"#) {
        state.withLock {
            $0.pages[project] =
                #"{"files":[\#(files.joined(separator: ","))],"name":"\#(project)","project-status":\#(status)}"#
        }
    }

    static func name(_ project: String, _ version: String) -> String { "\(project)-\(version)-py3-none-any.whl" }

    static func sha256(_ project: String, _ version: String) -> String {
        let text = Array("\(project) \(version)".utf8).map { String($0, radix: 16) }.joined()
        return String((String(repeating: "0", count: 64) + text).suffix(64))
    }

    static func file(
        _ project: String, _ version: String, sha256: String? = nil, yanked: String = "false"
    ) -> String {
        let digest = sha256 ?? Self.sha256(project, version)
        return """
            {"filename":"\(name(project, version))","hashes":{"sha256":"\(digest)"},\
            "url":"\(path(digest, name(project, version)))","yanked":\(yanked)}
            """
    }

    static func path(_ sha256: String, _ filename: String) -> String {
        "/packages/\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))/\(sha256.dropFirst(4))/\(filename)"
    }

    // MARK: What is served

    private func bytes(at path: String) -> [UInt8]? {
        state.withLock { state in
            if let other = state.others[path] { return other }
            switch path {
            case "/log/keys": return Array("\(key.verifier.text)\n".utf8)
            case "/log/checkpoint":
                let size = state.heads.first ?? state.entries.count
                if state.heads.count > 1 { state.heads.removeFirst() }
                return Array(note(size, state.entries).utf8)
            case "/log/cosigned-checkpoint": return cosigned(state).map { Array($0.utf8) }
            case "/simple/":
                let names = state.pages.keys.filter { !state.unlisted.contains($0) }.sorted()
                return Array(#"{"projects":[\#(names.map { #"{"name":"\#($0)"}"# }.joined(separator: ","))]}"#.utf8)
            default: break
            }
            if path.hasPrefix("/log/tile/") { return tile(String(path.dropFirst(5)), state.entries) }
            if path.hasPrefix("/simple/") {
                return state.pages[String(path.dropFirst(8).dropLast())].map { Array($0.utf8) }
            }
            guard path.hasSuffix(".tlog-proof") else { return nil }
            return proof(path.dropLast(11).split(separator: "/").last.map(String.init) ?? "", state)
        }
    }

    private func edge(_ size: Int, _ entries: [[UInt8]]) -> TreeEdge {
        var edge = TreeEdge()
        _ = edge.append(entries.prefix(size).map { TreeHash(ofEntry: $0) })
        return edge
    }

    func note(_ size: Int, _ entries: [[UInt8]]) -> String {
        let head = Checkpoint(origin: key.verifier.name, size: size, root: edge(size, entries).root)
        return (try? head.signed(by: [key]).written) ?? ""
    }

    /// The newest head, as it is signed.
    var head: String { state.withLock { note($0.entries.count, $0.entries) } }

    private func cosigned(_ state: State) -> String? {
        guard let cosigned = state.cosigned else { return nil }
        let text = note(cosigned.size, state.entries)
        guard var note = try? SignedNote(parsing: Array(text.utf8)),
            let head = try? VerifiedCheckpoint(parsing: Array(text.utf8), logs: [key.verifier])
        else { return nil }
        for (witness, time) in cosigned.signatures {
            guard let signature = try? head.cosignature(by: witness, at: time) else { continue }
            note.signatures.append(signature)
        }
        return note.written
    }

    /// Of logs that have one full tile at most.
    private func tile(_ path: String, _ entries: [[UInt8]]) -> [UInt8]? {
        guard let tile = Tile(path: path), tile.isPart(ofTreeOf: entries.count) else { return nil }
        let own = entries[tile.index * Tile.fullWidth..<tile.index * Tile.fullWidth + tile.width]
        return tile.row == .entries
            ? EntryBundle.bytes(of: Array(own)) : Tile.bytes(of: own.map { TreeHash(ofEntry: $0) })
    }

    private func proof(_ filename: String, _ state: State) -> [UInt8]? {
        let place = state.entries.lastIndex { LogStatement($0)?.published?.filename == filename }
        guard let place else { return nil }
        let (size, checkpoint) =
            if let cosigned = state.cosigned, cosigned.size > place {
                (cosigned.size, self.cosigned(state) ?? "")
            } else {
                (state.entries.count, note(state.entries.count, state.entries))
            }
        let leaves = state.entries.map { TreeHash(ofEntry: $0) }
        let hashes = MerkleTree.inclusionProof(of: place, inTreeOf: size) { subtree in
            var hashes = Array(leaves[subtree.index << subtree.level..<(subtree.index + 1) << subtree.level])
            while hashes.count > 1 {
                hashes = stride(from: 0, to: hashes.count, by: 2).map { TreeHash(hashes[$0], hashes[$0 + 1]) }
            }
            return hashes[0]
        }
        return Array(
            LogProof(index: place, hashes: hashes, checkpoint: checkpoint, extra: state.entries[place]).written.utf8)
    }
}

import Crypto
import Foundation
import Synchronization

/// The keys that are kept in a file outside the database: who has stolen a copy of the database alone can open none of
/// the secrets in it.
///
/// The file is made at the first use, readable by its owner only, and replaced whole. Several processes may use it, and
/// one may rotate while another serves: a key that is not known is looked for in the file again.
public final class KeyRing: Sendable {
    private struct State {
        var file: KeyFile
        var read: FileState
    }

    private let folder: KeyFolder
    private let state: Mutex<State>

    /// Opens the key file at a path.
    ///
    /// - Parameter makesOne: whether it is made when there is none.
    /// - Throws: `KeyFileFailure`: it cannot be read or written, is damaged, or others than its owner can read it.
    public init(at path: String, makesOne: Bool = true) throws {
        folder = KeyFolder(path: path)
        state = Mutex(try Self.open(folder, makesOne: makesOne))
    }

    private static func open(_ folder: KeyFolder, makesOne: Bool) throws -> State {
        if let (file, read) = try folder.read() { return State(file: file, read: read) }
        guard makesOne else {
            throw KeyFileFailure(
                description:
                    "There are no keys at \(folder.path). If the server has them elsewhere, say where in rind.yaml "
                    + "(keys: PATH) or RIND_KEYS, which every command reads. Otherwise start rind serve, which makes them."
            )
        }
        return try folder.locked {
            // Another process may have been first.
            if try folder.read() == nil { try folder.write(KeyFile()) }
            return try reread(folder)
        }
    }

    private static func reread(_ folder: KeyFolder) throws -> State {
        guard let (file, read) = try folder.read() else {
            throw KeyFileFailure(
                description: "The key file \(folder.path) is gone. Bring it back from a backup, and start again.")
        }
        return State(file: file, read: read)
    }

    /// Where the file is.
    public var path: String { folder.path }

    /// The id of the key that seals.
    public var currentKeyID: String { state.withLock { $0.file.current.text } }

    /// The ids of all keys, in alphabetical order.
    public var keyIDs: [String] { state.withLock { $0.file.keys.keys.map(\.text).sorted() } }

    /// Encrypts a secret with the current key (AES-256-GCM).
    ///
    /// - Parameters:
    ///   - plaintext: at most `SealedSecret.maximumPlaintextBytes`.
    ///   - context: what it is and whose, such as `totp 12`: it opens for nothing else, so that a row that was copied
    ///     to another account is of no use there.
    /// - Throws: `SecretFailure.tooLarge`, `KeyFileFailure`.
    public func seal(_ plaintext: [UInt8], for context: String) throws -> SealedSecret {
        guard plaintext.count <= SealedSecret.maximumPlaintextBytes else { throw SecretFailure.tooLarge }
        // A rotation by another process holds from here on: what is sealed with the older key would be left behind.
        let (id, key) = try state.withLock { state in
            if FileState(of: folder.path) != state.read { state = try Self.reread(folder) }
            return (state.file.current, state.file.keys[state.file.current])
        }
        guard let key else { throw SecretFailure.unknownKey(id.text) }
        // Random nonces of 96 bits are good for four billion secrets under one key (NIST SP 800-38D, section 8.3).
        let box = try AES.GCM.seal(plaintext, using: key, authenticating: Self.associatedData(id, context))
        return SealedSecret(keyID: id.text, box: Array(box.nonce) + Array(box.ciphertext) + Array(box.tag))
    }

    /// Decrypts a secret that was sealed for the same context.
    ///
    /// Throws `SecretFailure`, and `KeyFileFailure` when its key has to be looked for in the file and that cannot be
    /// read.
    public func open(_ sealed: SealedSecret, for context: String) throws -> [UInt8] {
        guard let id = KeyID(sealed.keyID) else { throw SecretFailure.malformed }
        let key = try state.withLock { state in
            if let key = state.file.keys[id] { return key }
            state = try Self.reread(folder)
            guard let key = state.file.keys[id] else { throw SecretFailure.unknownKey(id.text) }
            return key
        }
        do {
            return Array(
                try AES.GCM.open(
                    AES.GCM.SealedBox(combined: sealed.box), using: key,
                    authenticating: Self.associatedData(id, context)))
        } catch {
            throw SecretFailure.doesNotOpen
        }
    }

    /// Adds a new key, with which everything is sealed from now on, and returns its id. The others stay, to open what
    /// they have sealed. It is on disk when this returns.
    ///
    /// Anyone who rotates seals again what has another `SealedSecret.keyID` than this.
    public func rotate() throws -> String {
        try state.withLock { state in
            state = try Self.changed(folder) { $0.rotate() }
            return state.file.current.text
        }
    }

    /// The secrets of the keys that sign the log, the oldest first: one, or two while the newer one takes the place of the
    /// other. The first is made when it is asked for.
    public func logSecrets() throws -> [[UInt8]] {
        try state.withLock { state in
            if FileState(of: folder.path) != state.read { state = try Self.reread(folder) }
            if state.file.log.isEmpty { state = try Self.changed(folder) { if $0.log.isEmpty { $0.rotateLog() } } }
            return state.file.log.map(\.bytes)
        }
    }

    /// Adds a key that signs the log beside the one before. It is on disk when this returns.
    public func rotateLogKey() throws {
        try state.withLock { $0 = try Self.changed(folder) { $0.rotateLog() } }
    }

    /// Forgets all keys of the log but the newest. It is on disk when this returns.
    public func retireLogKeys() throws {
        try state.withLock { $0 = try Self.changed(folder) { $0.log = $0.log.suffix(1) } }
    }

    private static func changed(_ folder: KeyFolder, _ change: (inout KeyFile) -> Void) throws -> State {
        try folder.locked {
            // From the file: another process may have changed it since we read it.
            var file = try reread(folder).file
            change(&file)
            try folder.write(file)
            return try reread(folder)
        }
    }

    /// A code of 32 bytes that only who has the key file can make (HMAC-SHA-256): for form tokens, signed links and the
    /// like. Codes of one purpose say nothing about those of another. The key for it does not rotate.
    public func authenticationCode(for message: [UInt8], purpose: String) -> [UInt8] {
        Array(hmac(message, purpose))
    }

    /// Whether `code` is the one for a message; the time that it takes says nothing about how much of it is right.
    public func isAuthentic(_ code: [UInt8], for message: [UInt8], purpose: String) -> Bool {
        hmac(message, purpose) == code
    }

    private func hmac(_ message: [UInt8], _ purpose: String) -> HMAC<SHA256>.MAC {
        let key = state.withLock { $0.file.authentication }
        return HMAC<SHA256>.authenticationCode(for: Self.prefixed(purpose) + message, using: key)
    }

    private static func associatedData(_ id: KeyID, _ context: String) -> [UInt8] {
        prefixed(id.text) + Array(context.utf8)
    }

    /// With its length before it, so that no two pairs of texts give the same bytes.
    private static func prefixed(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return withUnsafeBytes(of: UInt64(bytes.count).bigEndian, Array.init) + bytes
    }
}

extension KeyRing {
    /// Puts the key file of a backup in its place.
    ///
    /// One that is there already stays when it has all keys of the backup; when it has not, nothing changes.
    ///
    /// - Parameters:
    ///   - data: the file's content.
    ///   - path: its place.
    public static func restore(_ data: Data, to path: String) throws {
        guard let restored = KeyFile(data) else {
            throw KeyFileFailure(description: "The backup is damaged: its key file is not a key file.")
        }
        let folder = KeyFolder(path: path)
        try folder.locked {
            guard let (there, _) = try folder.read() else { return try folder.write(restored) }
            guard there.authentication == restored.authentication, restored.log.allSatisfy(there.log.contains),
                restored.keys.allSatisfy({ there.keys[$0.key] == $0.value })
            else {
                throw KeyFileFailure(
                    description:
                        "\(path) has other keys than the backup. Move it away, or name another place with --keys.")
            }
        }
    }
}

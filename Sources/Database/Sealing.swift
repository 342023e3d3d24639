public import Secrets

// Secrets on their way into the database and out of it: who has a copy of the database alone opens none.

extension Connection {
    /// A secret as it may lie in a column.
    ///
    /// - Parameter context: one of `SecretContext`.
    /// - Throws: `NoKeys`, `SecretFailure`, `KeyFileFailure`.
    public func seal(_ plaintext: [UInt8], for context: String) throws -> [UInt8] {
        try requireKeys().seal(plaintext, for: context).serialized
    }

    /// The secret in a column. Throws as `seal` does.
    public func open(_ sealed: [UInt8], for context: String) throws -> [UInt8] {
        try requireKeys().open(SealedSecret(serialized: sealed), for: context)
    }

    /// What stands for a secret in a column where it is looked up by: nobody makes it without the key file.
    public func authenticationCode(for secret: [UInt8], purpose: String) throws -> [UInt8] {
        try requireKeys().authenticationCode(for: secret, purpose: purpose)
    }

    /// Whether the database was opened with its keys.
    public var hasKeys: Bool { keys != nil }

    /// The keys that the database was opened with.
    public func requireKeys() throws -> KeyRing {
        guard let keys else { throw NoKeys() }
        return keys
    }
}

/// A database that was opened without its keys was asked for a secret: a mistake of ours.
public struct NoKeys: Error {}

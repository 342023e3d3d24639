import Acts

/// As much of a security key as decides what it can prove.
public struct KeyStrength: Sendable, Hashable {
    /// Whether the attestation leads to a trusted anchor, and the model is not known to be broken.
    public var isAttested: Bool
    /// Whether it can be copied to other devices: a synced passkey.
    public var isBackupEligible: Bool
    /// Whether the authenticator verifies its holder.
    public var verifiesUser: Bool
    /// Whether it is not taken any more.
    public var isFrozen: Bool
    /// Whether the account was recovered without it, and it was not used since.
    public var isLost: Bool

    /// As much of a key as decides what it can prove.
    public init(
        isAttested: Bool, isBackupEligible: Bool, verifiesUser: Bool, isFrozen: Bool = false, isLost: Bool = false
    ) {
        self.isAttested = isAttested
        self.isBackupEligible = isBackupEligible
        self.verifiesUser = verifiesUser
        self.isFrozen = isFrozen
        self.isLost = isLost
    }

    /// What a use of it proves. Attested hardware is a key whose model is attested, which cannot be copied, and which
    /// verifies its holder.
    public var assurance: Assurance {
        isAttested && !isBackupEligible && verifiesUser ? .attestedHardware : .phishingResistant
    }
}

/// What an account has of factors, as far as that decides what it can be proven with.
public struct HeldFactors: Sendable, Hashable {
    /// Its security keys and passkeys.
    public var keys: [KeyStrength]
    /// Whether it has an authenticator app.
    public var hasApp: Bool

    /// What an account has; nothing, if nothing else is said.
    public init(keys: [KeyStrength] = [], hasApp: Bool = false) {
        self.keys = keys
        self.hasApp = hasApp
    }

    /// The keys that are taken.
    public var usableKeys: [KeyStrength] { keys.filter { !$0.isFrozen } }

    /// The strongest that the account can be proven with, lost keys included: what it has.
    public var strongest: Assurance { strongest(of: usableKeys) }

    /// The strongest that its holder is asked to prove: nobody is asked for a key that is lost.
    public var strongestToAskFor: Assurance { strongest(of: usableKeys.filter { !$0.isLost }) }

    /// A frozen key still counts as a second factor: anyone who copied it must not come in by the password alone.
    private func strongest(of keys: [KeyStrength]) -> Assurance {
        keys.map(\.assurance).max() ?? (hasApp || !self.keys.isEmpty ? .secondFactor : .password)
    }
}

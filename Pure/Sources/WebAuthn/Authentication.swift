/// What a browser sends when a credential has signed.
public struct AuthenticationResponse: Sendable {
    /// The response's `rawId`.
    public var credentialID: [UInt8]
    /// `response.clientDataJSON`, byte for byte.
    public var clientDataJSON: [UInt8]
    /// `response.authenticatorData`, byte for byte.
    public var authenticatorData: [UInt8]
    /// `response.signature`.
    public var signature: [UInt8]
    /// `response.userHandle`, where the authenticator gave one. An empty one, which some browsers send instead of none,
    /// counts as none.
    public var userHandle: [UInt8]?
    /// The client extension output `appid`: true when the U2F AppID was used in place of the relying party's id.
    public var usedAppID = false

    /// A response with these bytes.
    public init(
        credentialID: [UInt8], clientDataJSON: [UInt8], authenticatorData: [UInt8], signature: [UInt8],
        userHandle: [UInt8]? = nil
    ) {
        self.credentialID = credentialID
        self.clientDataJSON = clientDataJSON
        self.authenticatorData = authenticatorData
        self.signature = signature
        self.userHandle = userHandle
    }

    fileprivate var claimedUserHandle: [UInt8]? { userHandle.flatMap { $0.isEmpty ? nil : $0 } }
}

/// What was stored of a credential, looked up by the response's credential id.
public struct StoredCredential: Sendable {
    public var id: [UInt8]
    /// The key, read again from what was stored.
    public var publicKey: CredentialPublicKey
    /// The last counter that was accepted; nil where it is judged by anyone who stores it.
    public var signCount: UInt32?
    /// The flag BE of its registration; nil where none was recorded, and then any is taken.
    public var backupEligible: Bool?
    /// The user handle of the account that it belongs to.
    public var userHandle: [UInt8]

    /// A credential with these values.
    public init(
        id: [UInt8], publicKey: CredentialPublicKey, signCount: UInt32?, backupEligible: Bool?, userHandle: [UInt8]
    ) {
        self.id = id
        self.publicKey = publicKey
        self.signCount = signCount
        self.backupEligible = backupEligible
        self.userHandle = userHandle
    }
}

/// A use of a credential that has passed the authentication ceremony. There is no other way to come by one.
///
/// Left to the caller: that the challenge was used up before, that `signCount` and the flag BS are stored now, and that
/// a credential whose counter did not rise (`SignatureCounter`) is frozen.
/// Source: WebAuthn Level 3, section 7.2.
public struct VerifiedAssertion: Sendable {
    /// The credential that signed.
    public let credentialID: [UInt8]
    /// The user handle of the account that it belongs to.
    public let userHandle: [UInt8]
    /// The counter, to be stored. `SignatureCounter` accepts it after the one before, where that one is known.
    public let signCount: UInt32
    /// The flags of this use: whether the user was verified, whether the credential is backed up now.
    public let flags: AuthenticatorFlags

    /// Verifies a response. Extension outputs that nobody asked for are ignored, as step 23 allows.
    public init(
        verifying response: AuthenticationResponse, by credential: StoredCredential, against expectations: Expectations
    ) throws(CeremonyRefusal) {
        let checks = CeremonyChecks(ceremony: .authentication, expectations: expectations)
        try Self.checkOwner(of: credential, response, checks)
        let data: AuthenticatorData
        do { data = try AuthenticatorData(parsing: response.authenticatorData) } catch {
            throw checks.refusal(.authenticatorData, .authenticatorData(error))
        }
        // No assertion should carry a credential, but those of the first platform authenticators did: their own.
        if let carried = data.credential {
            guard areEqual(carried.id, credential.id),
                carried.publicKey.material.isSameKey(as: credential.publicKey.material)
            else { throw checks.refusal(.authenticatorData, .authenticatorData(.unexpectedCredential)) }
        }
        let clientDataHash = try checks.checkClientData(response.clientDataJSON)
        let appID = response.usedAppID ? expectations.appID : nil
        try checks.checkAuthenticator(data, relyingPartyID: appID ?? expectations.relyingPartyID)
        let eligible = data.flags.contains(.backupEligible)
        try checks.require(eligible == credential.backupEligible ?? eligible, .backupEligibility)
        try checks.require(credential.publicKey.algorithm != .rs1 || expectations.sha1 == .everywhere, .signature)
        let message = response.authenticatorData + clientDataHash
        try checks.require(credential.publicKey.verifies(response.signature, of: message), .signature)
        if let stored = credential.signCount, !SignatureCounter(stored).accepts(data.signCount) {
            throw checks.refusal(.counter, .counter(stored: stored, received: data.signCount))
        }
        credentialID = credential.id
        userHandle = credential.userHandle
        signCount = data.signCount
        flags = data.flags
    }

    /// Steps 5 and 6: the credential is the one that signed, one that was asked for, and the account's.
    private static func checkOwner(
        of credential: StoredCredential, _ response: AuthenticationResponse, _ checks: CeremonyChecks
    ) throws(CeremonyRefusal) {
        let allowed = checks.expectations.allowedCredentials
        try checks.require(allowed.isEmpty || allowed.contains(response.credentialID), .allowedCredential)
        try checks.require(areEqual(response.credentialID, credential.id), .credentialID)
        if let account = checks.expectations.userHandle {
            try checks.require(areEqual(account, credential.userHandle), .owner)
            try checks.require(areEqual(response.claimedUserHandle ?? account, account), .owner)
        } else {
            guard let claimed = response.claimedUserHandle else { throw checks.refusal(.owner) }
            try checks.require(areEqual(claimed, credential.userHandle), .owner)
        }
    }
}

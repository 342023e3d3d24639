/// What a browser sends when it has made a credential.
public struct RegistrationResponse: Sendable {
    /// The response's `rawId`.
    public var credentialID: [UInt8]
    /// `response.clientDataJSON`, byte for byte.
    public var clientDataJSON: [UInt8]
    /// `response.attestationObject`, byte for byte.
    public var attestationObject: [UInt8]

    /// A response with these bytes.
    public init(credentialID: [UInt8], clientDataJSON: [UInt8], attestationObject: [UInt8]) {
        self.credentialID = credentialID
        self.clientDataJSON = clientDataJSON
        self.attestationObject = attestationObject
    }
}

extension RegistrationResponse {
    /// The credential's id as it stands in an attestation object, for tools that were given no `rawId` beside it; nil
    /// where there is none to be read.
    package static func credentialID(in attestationObject: [UInt8]) -> [UInt8]? {
        guard let object = try? CBOR(decoding: attestationObject, form: .relaxed),
            let bytes = object.map?[.text("authData")]?.bytes
        else { return nil }
        return (try? AuthenticatorData(parsing: bytes))?.credential?.id
    }
}

/// A new credential that has passed the registration ceremony. There is no other way to come by one.
///
/// Left to the caller: that the challenge was used up before, that no account has a credential of this id (step 27,
/// atomically with storing it), and whether the attestation is to be trusted (steps 24 and 25).
/// Source: WebAuthn Level 3, section 7.1.
public struct RegisteredCredential: Sendable {
    /// The credential's id, 1 to 1023 bytes.
    public let id: [UInt8]
    /// The key, to be stored as `publicKey.encoded`.
    public let publicKey: CredentialPublicKey
    /// The signature counter; 0 where the authenticator has none.
    public let signCount: UInt32
    /// The flags, of which `backupEligible` has to be stored: it never changes. Where only U2F's statement is
    /// certified, none that says more than that somebody touched the key: that statement signs no flags, and CTAP1
    /// knows no others.
    public let flags: AuthenticatorFlags
    /// The authenticator's model. Proven only by an attestation that is trusted. All zero where only U2F's statement is
    /// certified, which does not sign it: look such a key up by `attestation.keyIdentifiers`.
    public let aaguid: AAGUID
    /// What the authenticator says of its origin; right in itself, not yet trusted.
    public let attestation: Attestation

    /// Verifies a response. Extension outputs that nobody asked for are ignored, as step 21 allows.
    public init(
        verifying response: RegistrationResponse, against expectations: Expectations
    ) throws(CeremonyRefusal) {
        let checks = CeremonyChecks(ceremony: .registration, expectations: expectations)
        let clientDataHash = try checks.checkClientData(response.clientDataJSON)
        var object = try AttestationObject(parsing: response.attestationObject, checks)
        if expectations.ignoresUnknownAttestation, !Attestation.isKnown(object.format) { object.forgetStatement() }
        let data = try object.readAuthenticatorData(checks)
        try checks.checkAuthenticator(data, relyingPartyID: expectations.relyingPartyID)
        guard let credential = data.credential else {
            throw checks.refusal(.authenticatorData, .authenticatorData(.noCredential))
        }
        try checks.requireOffered(credential.publicKey.algorithm)
        do {
            attestation = try Attestation(
                verifying: AttestationStatement(
                    format: object.format, members: object.statement, authenticatorData: object.authenticatorData,
                    relyingPartyIDHash: data.relyingPartyIDHash, credential: credential,
                    clientDataHash: clientDataHash,
                    sha1: expectations.sha1))
        } catch {
            let step: CeremonyStep =
                if case .unsupportedFormat = error { .attestationFormat } else { .attestationStatement }
            throw checks.refusal(step, .attestation(error))
        }
        try checks.require(areEqual(credential.id, response.credentialID), .credentialID)
        id = credential.id
        publicKey = credential.publicKey
        signCount = data.signCount
        flags = attestation.leavesModelOpen ? data.flags.intersection(.provenByU2F) : data.flags
        // Step 16 once more: until here the flag was read from a byte that nobody had signed.
        try checks.requireUserVerification(flags)
        aaguid = attestation.leavesModelOpen ? .zero : credential.aaguid
    }
}

/// The map of format, statement and authenticator data. Its three members and nothing else.
///
/// Source: WebAuthn Level 3, section 6.5.4.
private struct AttestationObject {
    private(set) var format: String
    private(set) var statement: CBOR
    let authenticatorData: [UInt8]

    /// Leaves no more of it than if the browser had removed the statement.
    mutating func forgetStatement() {
        format = Attestation.Format.none.rawValue
        statement = .map([:])
    }

    init(parsing bytes: [UInt8], _ checks: CeremonyChecks) throws(CeremonyRefusal) {
        let item: CBOR
        do { item = try CBOR(decoding: bytes, form: .relaxed) } catch {
            throw checks.refusal(.attestationObject, .cbor(error))
        }
        guard let members = item.map, members.count == 3, let format = members[.text("fmt")]?.text,
            let statement = members[.text("attStmt")], let data = members[.text("authData")]?.bytes
        else { throw checks.refusal(.attestationObject, .attestationObject) }
        self.format = format
        self.statement = statement
        authenticatorData = data
    }

    func readAuthenticatorData(_ checks: CeremonyChecks) throws(CeremonyRefusal) -> AuthenticatorData {
        do { return try AuthenticatorData(parsing: authenticatorData) } catch {
            switch error {
            case .key(.unsupportedAlgorithm(let number)):
                throw checks.refusal(.algorithm, .key(.unsupportedAlgorithm(number)))
            case .credentialIDLength: throw checks.refusal(.credentialID, .authenticatorData(error))
            case .key, .tooLong, .truncated, .trailingBytes, .extensions, .extensionsNotAMap, .noCredential,
                .unexpectedCredential:
                throw checks.refusal(.authenticatorData, .authenticatorData(error))
            }
        }
    }
}

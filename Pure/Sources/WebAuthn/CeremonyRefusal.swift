/// One of the two ceremonies.
public enum Ceremony: String, Hashable, Sendable, CaseIterable {
    /// Making a credential: WebAuthn Level 3, section 7.1.
    case registration = "7.1"
    /// Using one: section 7.2.
    case authentication = "7.2"
}

/// A step of a ceremony that can fail. The raw value is the name for logs.
public enum CeremonyStep: String, Hashable, Sendable, CaseIterable {
    /// The credential used is one of those asked for.
    case allowedCredential
    /// The credential belongs to the account that is signing in.
    case owner
    /// The client data are UTF-8 and a JSON object with the members that are needed.
    case clientData
    /// The ceremony that the client data are for.
    case type
    /// The challenge is the server's.
    case challenge
    /// The origin is one of ours.
    case origin
    /// The page was not in a frame of another origin, or may be.
    case crossOrigin
    /// The page around that frame may be there.
    case topOrigin
    /// The attestation object can be read.
    case attestationObject
    /// The authenticator data can be read.
    case authenticatorData
    /// The credential is bound to our relying party.
    case relyingParty
    /// Somebody was present.
    case userPresence
    /// The authenticator knew who, where that is demanded.
    case userVerification
    /// Only what may be backed up is.
    case backupState
    /// Whether it may be backed up is as it was at registration.
    case backupEligibility
    /// The key's algorithm was offered.
    case algorithm
    /// The format of the attestation statement is supported.
    case attestationFormat
    /// The attestation statement is right in itself.
    case attestationStatement
    /// The attestation is of a kind, and of a model, that is taken; where it has to be, its certificates chain to a
    /// trust anchor.
    case attestationTrust
    /// The credential's id has a length that is allowed and is what the response calls it.
    case credentialID
    /// Nobody has a credential with this id yet.
    case newCredential
    /// The signature is the registered key's.
    case signature
    /// The counter has risen.
    case counter

    /// The step's number in the text of WebAuthn Level 3 (the editors' of July 2026; the candidate recommendation of
    /// 2025 counts one more from 7.1/21 on); nil where the ceremony does not have it.
    public func number(in ceremony: Ceremony) -> Int? {
        let (registration, authentication): (Int?, Int?) =
            switch self {
            case .allowedCredential: (nil, 5)
            case .owner: (nil, 6)
            case .clientData: (6, 9)
            case .type: (7, 10)
            case .challenge: (8, 11)
            case .origin: (9, 12)
            case .crossOrigin: (10, 13)
            case .topOrigin: (11, 14)
            case .attestationObject: (13, nil)
            case .authenticatorData: (13, 7)
            case .relyingParty: (14, 15)
            case .userPresence: (15, 16)
            case .userVerification: (16, 17)
            case .backupState: (17, 18)
            case .backupEligibility: (nil, 19)
            case .algorithm: (20, nil)
            case .attestationFormat: (21, nil)
            case .attestationStatement: (22, nil)
            case .attestationTrust: (24, nil)
            case .credentialID: (25, 6)
            case .newCredential: (26, nil)
            case .signature: (nil, 21)
            case .counter: (nil, 22)
            }
        return ceremony == .registration ? registration : authentication
    }
}

/// Why a response is not accepted: the step that failed, and what was wrong there.
public struct CeremonyRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let ceremony: Ceremony
    public let step: CeremonyStep
    /// What was wrong, where the step alone does not say.
    public let cause: Cause

    /// A refusal at a step that is left to the caller, so that it gets its code.
    public init(ceremony: Ceremony, step: CeremonyStep, cause: Cause = .notAsExpected) {
        self.ceremony = ceremony
        self.step = step
        self.cause = cause
    }

    /// For logs and for machines, never changed: `7.1/10 crossOrigin`. Not for the client, who is told that the
    /// ceremony failed and no more.
    public var code: String {
        guard let number = step.number(in: ceremony) else { return "\(ceremony.rawValue) \(step.rawValue)" }
        return "\(ceremony.rawValue)/\(number) \(step.rawValue)"
    }

    /// The code, and the cause where there is one: `7.1/6 clientData: clientData(member("origin"))`.
    public var description: String { cause == .notAsExpected ? code : "\(code): \(cause.words)" }

    /// What was wrong at a step.
    public enum Cause: Hashable, Sendable {
        /// The value is not the expected one.
        case notAsExpected
        /// The client data cannot be read.
        case clientData(ClientDataRefusal)
        /// The authenticator data cannot be read.
        case authenticatorData(AuthenticatorDataRefusal)
        /// The attestation object is no CBOR.
        case cbor(MalformedCBOR)
        /// The attestation object is not the map of `fmt`, `attStmt` and `authData`.
        case attestationObject
        /// The key is not taken.
        case key(KeyRefusal)
        /// The attestation statement is wrong, or of a format that is not supported.
        case attestation(AttestationRefusal)
        /// The attestation's certificates are not to be trusted.
        case trust(TrustRefusal)
        /// The counter that is stored and the one that came: somebody may have a copy of the credential.
        case counter(stored: UInt32, received: UInt32)

        /// As it is written here, without the names of types.
        fileprivate var words: String {
            String(describing: self).replacing(#/\b(?:[A-Z]\w*\.)+(?=[A-Za-z])/#, with: "")
        }
    }
}

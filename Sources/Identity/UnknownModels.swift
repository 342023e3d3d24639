import Model
import UTC
import WebAuthn

/// Nothing is known of any authenticator model: no key's make is attested, and none is refused.
public struct UnknownModels: AuthenticatorModels {
    /// Knows nothing.
    public init() {}

    /// Nobody knows.
    public func isRefused(aaguid: String?, keyID: String?) async throws -> Bool { false }

    /// No model is known.
    public func judge(_ credential: RegisteredCredential, at now: Timestamp) async throws -> ModelJudgement {
        ModelJudgement()
    }
}

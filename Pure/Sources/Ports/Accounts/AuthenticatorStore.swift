import Accounts
import Policy
import UTC

/// The models of authenticators that the index knows, as the operator imported them.
public protocol AuthenticatorStore: Sendable {
    /// The metadata that was imported last; nil when there is none.
    func metadata() async throws -> AuthenticatorMetadata?
    /// Replaces all models of the metadata. Keys of models that are found broken, and keys for which a certificate
    /// vouches that is revoked, count as not attested from then on, and so does what they vouched for; their owners are
    /// told. Throws `AuthenticatorRefusal.notNewer` when another import was faster.
    func replace(
        _ models: [AuthenticatorModel], number: Int, nextUpdate: Day, by actor: Actor, at now: Timestamp
    ) async throws
    /// Sets the names of models that the metadata do not have, by AAGUID.
    func setNames(_ names: [String: String], by actor: Actor, at now: Timestamp) async throws
    /// The model with an AAGUID, or else one of these key ids; nil when it is not known.
    func model(aaguid: String?, keyIDs: [String]) async throws -> AuthenticatorModel?
    /// All models by name.
    func models() async throws -> [AuthenticatorModel]
    /// Trusts a certificate, in DER, to vouch for authenticators.
    func addRoot(_ certificate: [UInt8], label: String, by actor: Actor, at now: Timestamp) async throws
    /// Stops trusting one. Keys for which it vouched count as not attested from then on; their owners are told.
    func removeRoot(_ label: String, by actor: Actor, at now: Timestamp) async throws
    /// The certificates that the operator trusts, by their labels.
    func roots() async throws -> [(label: String, certificate: [UInt8])]
}

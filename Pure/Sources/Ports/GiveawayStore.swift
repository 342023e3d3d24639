import Accounts
import Giveaway
import Policy
import UTC

/// Giveaways and their codes.
public protocol GiveawayStore: Sendable {
    /// All giveaways with their figures, newest first.
    func reports() async throws -> [GiveawayReport]
    /// What came of one. Throws `GiveawayTermsRefusal.noSuchGiveaway`.
    func report(on name: GiveawayName) async throws -> GiveawayReport
    /// All giveaways as they look to somebody, newest first.
    func standings(of user: UserID?) async throws -> [GiveawayStanding]

    /// Makes one. Throws `AccessRefusal`; `GiveawayTermsRefusal` for a name that is taken, and for models of keys that
    /// are not among those that are known.
    func create(
        _ name: GiveawayName, _ terms: GiveawayTerms, by actor: Actor, at now: Timestamp
    ) async throws -> GiveawayProgramme
    /// Changes one. Another closing time opens one again that was closed.
    func change(
        _ name: GiveawayName, _ change: GiveawayChange, by actor: Actor, at now: Timestamp
    ) async throws -> GiveawayProgramme
    /// Closes one before its time. Anyone who has a code keeps it.
    func close(_ name: GiveawayName, by actor: Actor, at now: Timestamp) async throws -> GiveawayProgramme
    /// Takes in codes: all, or none and `CodeFileRefusal`. Returns how many.
    func importCodes(
        _ codes: [SealedGiveawayCode], into name: GiveawayName, by actor: Actor, at now: Timestamp
    ) async throws -> Int

    /// Gives a code to the account's holder: one that nobody has, which nobody else will ever get, or the one that they
    /// have already. They are told by mail of a new one. Throws `AccessRefusal`, or what `GiveawayPolicy` decides; then
    /// nothing has changed.
    func issueCode(
        of name: GiveawayName, to user: Username, in country: Country, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> IssuedGiveawayCode
}

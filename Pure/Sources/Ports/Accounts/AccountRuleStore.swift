import Accounts
import Policy
import UTC

/// What the operator asks of accounts, and how much each may publish.
public protocol AccountRuleStore: Sendable {
    /// What is asked of accounts; the usual where nothing was set.
    func rule() async throws -> AccountRule
    /// Sets it. Nothing is written where it is so already. Throws `AccessRefusal`.
    func set(_ rule: AccountRule, by actor: Actor, at now: Timestamp) async throws
    /// How much an account may publish, and whether that was set for it alone. Throws `AccountRefusal.noSuchUser`.
    func allowance(of name: Username) async throws -> (allowance: Allowance, isItsOwn: Bool)
    /// Sets how much an account may publish; nil lets it have what all have. Throws `AccessRefusal` or
    /// `AccountRefusal.noSuchUser`.
    func setAllowance(_ allowance: Allowance?, of name: Username, by actor: Actor, at now: Timestamp) async throws
    /// What an account published in the last 24 hours of the clock, the oldest hour first. Throws
    /// `AccountRefusal.noSuchUser`.
    func published(by name: Username, at now: Timestamp) async throws -> [PublishedHour]
    /// Marks the primary address of an account as verified: anyone who does it answers for it. Returns the address, or
    /// throws `AccessRefusal`, `AccountRefusal.noSuchUser`, or `.emailTaken` where another account has verified it.
    @discardableResult
    func verifyPrimaryAddress(of name: Username, by actor: Actor, at now: Timestamp) async throws -> EmailAddress
}

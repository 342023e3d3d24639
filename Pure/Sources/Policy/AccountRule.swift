/// What the operator asks of accounts, and how much those may publish that nobody knows.
///
/// `rind serve` stores what its settings say, so that it is judged where everything is, in the transaction of the act.
public struct AccountRule: Sendable, Hashable {
    /// Whether publishing, API tokens and roles take a primary address that was verified.
    public var needsVerifiedAddress: Bool
    /// How much an account may publish for which the operator set nothing else.
    public var allowance: Allowance

    /// A verified address, and the usual allowance.
    public static let usual = AccountRule(needsVerifiedAddress: true, allowance: .usual)

    /// What is asked of accounts.
    public init(needsVerifiedAddress: Bool, allowance: Allowance) {
        self.needsVerifiedAddress = needsVerifiedAddress
        self.allowance = allowance
    }
}

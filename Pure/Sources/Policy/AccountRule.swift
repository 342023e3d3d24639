import Accounts

/// What the operator asks of accounts, and how much those may publish that nobody knows.
///
/// `rind serve` stores what its settings say, so that it is judged where everything is, in the transaction of the act.
public struct AccountRule: Sendable, Hashable {
    /// Whether publishing, API tokens and roles take a primary address that was verified.
    public var needsVerifiedAddress: Bool
    /// How much an account may publish for which the operator set nothing else.
    public var allowance: Allowance
    /// Whether a first factor can count at once.
    public var firstFactorEvidence: FirstFactorEvidence.Setting

    /// A verified address, the usual allowance, and evidence that counts.
    public static let usual = AccountRule(needsVerifiedAddress: true, allowance: .usual)

    /// What is asked of accounts.
    public init(
        needsVerifiedAddress: Bool, allowance: Allowance, firstFactorEvidence: FirstFactorEvidence.Setting = .on
    ) {
        self.needsVerifiedAddress = needsVerifiedAddress
        self.allowance = allowance
        self.firstFactorEvidence = firstFactorEvidence
    }
}

/// What can be done to an account.
public enum AccountAct: String, SubjectAct, CaseIterable {
    // MARK: Accounts

    /// Make an account for somebody.
    case addUser = "user.add"
    /// Make an account for oneself.
    case register = "user.register"
    /// Show a password or a passkey. Sessions are no part of the index, so nothing is recorded in the journal.
    case signIn = "session.begin"
    /// End a session, or all of an account's.
    case endSession = "session.end"
    /// Show once more who one is, for an act that asks for it.
    case stepUp = "session.step-up"
    /// Say how much one account may publish.
    case setAllowance = "user.limits"
    /// Let nobody use an account, for as long as that is so.
    case disableUser = "user.disable"
    /// Let its holder use it again.
    case enableUser = "user.enable"
    /// Ask for one's account to be deleted.
    case askDeletion = "user.ask-deletion"
    /// Keep it after all.
    case stopDeletion = "user.stop-deletion"
    /// Delete an account on the day that its holder was told.
    case deleteUser = "user.delete"
    /// Make somebody an administrator.
    case makeAdministrator = "user.make-administrator"
    /// Make them an administrator no longer.
    case unmakeAdministrator = "user.unmake-administrator"
    /// Hand out a link with which an account's password can be set.
    case offerPasswordLink = "user.password-link"
    /// Set an account's password.
    case setPassword = "user.password"
    /// Add a mail address to an account.
    case addAddress = "email.add"
    /// Take an address away.
    case removeAddress = "email.remove"
    /// Make an address the one that decides.
    case setPrimaryAddress = "email.primary"
    /// Show that an address's mail arrives.
    case verifyAddress = "email.verify"
    /// Make an API token.
    case issueToken = "token.issue"
    /// End an API token.
    case revokeToken = "token.revoke"

    // MARK: Second factors

    /// Enrol a security key or passkey.
    case addSecurityKey = "security-key.add"
    /// Call a security key something else.
    case renameSecurityKey = "security-key.rename"
    /// Take a security key away.
    case removeSecurityKey = "security-key.remove"
    /// Stop taking a security key whose counter went back.
    case freezeSecurityKey = "security-key.freeze"
    /// Enrol an authenticator app.
    case addAuthenticatorApp = "authenticator-app.add"
    /// Take the authenticator app away.
    case removeAuthenticatorApp = "authenticator-app.remove"
    /// Make ten recovery codes, which voids those before.
    case makeRecoveryCodes = "recovery-codes.make"
    /// Burn a recovery code.
    case useRecoveryCode = "recovery-codes.use"
    /// End the waiting period of an account's first factor: a co-owner vouches for it.
    case endProbation = "probation.end"
    /// Say of the first factor, by the link of the mail about it, that it is not one's own: it is frozen, and what was
    /// added since.
    case disownFactors = "factors.disown"

    // MARK: Keys that are given away

    /// Get one of its codes.
    case issueGiveawayCode = "giveaway.issue-code"

    // MARK: Recovery of accounts

    /// Say that every factor is lost.
    case requestRecovery = "recovery.request"
    /// Say that it is not.
    case cancelRecovery = "recovery.cancel"
    /// Vouch for somebody who lost every factor, so that they need not wait.
    case approveRecovery = "recovery.approve"
    /// Sign in without a factor, after the waiting period.
    case completeRecovery = "recovery.complete"
}

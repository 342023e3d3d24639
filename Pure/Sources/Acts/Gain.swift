/// The strongest thing that an act of administrators can put into the hands of whoever does it.
///
/// Who gives something away has to be proven with as much as it is worth: otherwise the weaker proof would be a way
/// around the stronger.
public enum Gain: String, Sendable, CaseIterable {
    /// Nothing: something is taken away, kept, or put on record.
    case nothing
    /// An account that holds nothing yet.
    case newAccount = "a new account"
    /// Security keys that somebody pays for, and the address at which people order theirs.
    case givenKeys = "security keys that are given away"
    /// The passwords of others, by links in mails: whoever has no second factor, administrators among them.
    case passwords = "passwords of others"
    /// What keeps projects of others as they are: their names, what was removed of them, what is asked of their owners,
    /// which passwords are refused.
    case protection = "protection of others"
    /// That a factor counts which somebody has enrolled lately.
    case newFactor = "that a new factor counts"
    /// An account of somebody's, past its second factors.
    case accountPastFactors = "an account past its factors"
    /// What counts as attested hardware.
    case hardware = "what counts as attested hardware"
    /// The rights of administrators, and so all of these.
    case administration = "the rights of administrators"

    /// The least that whoever gives it away has to be proven with.
    public var leastAssurance: Assurance {
        switch self {
        case .nothing, .newAccount: .password
        case .givenKeys, .passwords, .protection, .newFactor: .secondFactor
        case .accountPastFactors: .phishingResistant
        case .hardware, .administration: .attestedHardware
        }
    }
}

extension Action {
    /// What it gives away at most where an administrator does it; nil for what administrators can do no more than others.
    ///
    /// Two acts give away more in one case: `AccountFacts.gain` says so of an account that is made an administrator's, and
    /// the rule for critical projects is changed only by those who have what it asks for.
    public var gain: Gain? {
        switch self {
        case .reserveName, .setClassifiers, .designate, .demand, .closeGiveaway: .nothing
        case .revokeToken, .endSession, .cancelRecovery, .freezeSecurityKey, .rotateKeys: .nothing
        // Publishing without a mailbox, and without a limit.
        case .setAccountRule, .setAllowance: .protection
        case .invite, .addUser: .newAccount
        case .createGiveaway, .changeGiveaway, .importGiveawayCodes: .givenKeys
        case .offerPasswordLink, .tendMail: .passwords
        case .restore, .freeName, .unreserveName, .liftDesignation, .setCriticalRule, .replaceBreachedPasswords:
            .protection
        case .endProbation: .newFactor
        case .approveRecovery: .accountPastFactors
        case .setAuthenticators: .hardware
        case .readIndex, .createProject, .createRelease, .uploadFile, .yankRelease, .unyankRelease, .addRole,
            .removeRole, .changeProjectStatus, .requireAssurance, .changeRole, .leaveProject, .inviteCollaborator,
            .cancelInvitation, .acceptRole, .declineRole, .deleteProject, .deleteRelease, .deleteFile, .recreateProject,
            .undoRemoval, .delayMandate:
            nil
        case .register, .signIn, .stepUp, .setPassword, .addAddress, .removeAddress, .setPrimaryAddress, .verifyAddress,
            .issueToken, .addSecurityKey, .renameSecurityKey, .removeSecurityKey, .addAuthenticatorApp,
            .removeAuthenticatorApp, .makeRecoveryCodes, .useRecoveryCode, .issueGiveawayCode, .requestRecovery,
            .completeRecovery:
            nil
        }
    }
}

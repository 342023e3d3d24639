/// Everything that can be done to the index. A new act is a new case, and does not compile until somebody has decided
/// what it takes.
public enum Action: String, Sendable, CaseIterable {
    /// Read pages, files, feeds. Nothing changes, so nothing is recorded.
    case readIndex = "index.read"

    // MARK: Projects

    /// Make a project by uploading under a free name.
    case createProject = "project.create"
    /// Make a release by uploading its first file.
    case createRelease = "release.create"
    /// Add a file to a release.
    case uploadFile = "file.upload"
    /// Mark a release as not to be chosen.
    case yankRelease = "release.yank"
    /// Take that mark back.
    case unyankRelease = "release.unyank"
    /// Make somebody owner or maintainer.
    case addRole = "role.add"
    /// Take a role away.
    case removeRole = "role.remove"
    /// Keep a name from being taken.
    case reserveName = "name.reserve"
    /// Renew the list of classifiers.
    case setClassifiers = "classifiers.set"
    /// Archive, deprecate or quarantine a project, or end that.
    case changeProjectStatus = "project.status"
    /// Set what whoever publishes to a project has to be proven with.
    case requireAssurance = "project.require"

    // MARK: Collaboration

    /// Make an owner a maintainer, or the other way round.
    case changeRole = "role.change"
    /// Give up one's own role.
    case leaveProject = "role.leave"
    /// Ask somebody to take a role.
    case inviteCollaborator = "role.invite"
    /// Take such a question back.
    case cancelInvitation = "role.invite-cancel"
    /// Take the role that one was asked to take.
    case acceptRole = "role.accept"
    /// Not take it.
    case declineRole = "role.decline"

    // MARK: Removal

    /// Take a project out of the index.
    case deleteProject = "project.delete"
    /// Take a release out of the index.
    case deleteRelease = "release.delete"
    /// Take a file out of the index.
    case deleteFile = "file.delete"
    /// Make a project again by uploading under the name that it had.
    case recreateProject = "project.recreate"
    /// Bring back what was taken out.
    case restore = "project.restore"
    /// Bring back what one took out oneself, lately.
    case undoRemoval = "project.undo-removal"
    /// Let everybody have the name of a project that was taken out.
    case freeName = "name.free"
    /// No longer keep a name from being taken.
    case unreserveName = "name.unreserve"

    // MARK: Critical projects

    /// Say that a name is critical.
    case designate = "critical.designate"
    /// Say that it is not any more.
    case liftDesignation = "critical.lift"
    /// Set which projects are critical and what is asked there.
    case setCriticalRule = "critical.set"
    /// Ask for something more of those who can change a critical project, and tell them.
    case demand = "critical.demand"
    /// Put off what is asked of oneself for one project, once.
    case delayMandate = "critical.delay"

    // MARK: Accounts

    /// Make an account for somebody.
    case addUser = "user.add"
    /// Make an account for oneself.
    case register = "user.register"
    /// Let somebody register.
    case invite = "user.invite"
    /// Show a password or a passkey. Sessions are no part of the index, so nothing is recorded in the journal.
    case signIn = "session.begin"
    /// End a session, or all of an account's.
    case endSession = "session.end"
    /// Show once more who one is, for an act that asks for it.
    case stepUp = "session.step-up"
    /// Look into a mail that no mail server takes, or have one tried again.
    case tendMail = "mail.tend"
    /// Say which makes of security keys are trusted.
    case setAuthenticators = "authenticators.set"
    /// Make a new key for the secrets in the database, and seal them with it.
    case rotateKeys = "keys.rotate"
    /// Replace the list of passwords that nobody may use.
    case replaceBreachedPasswords = "passwords.import"
    /// Say what is asked of accounts, and how much they may publish.
    case setAccountRule = "accounts.set"
    /// Say how much one account may publish.
    case setAllowance = "user.limits"
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

    // MARK: Keys that are given away

    /// Make a giveaway of security keys.
    case createGiveaway = "giveaway.create"
    /// Change its dates, countries, or whom it is for.
    case changeGiveaway = "giveaway.change"
    /// Close it before its time.
    case closeGiveaway = "giveaway.close"
    /// Take in the codes that its sponsor sent.
    case importGiveawayCodes = "giveaway.import-codes"
    /// Get one of its codes.
    case issueGiveawayCode = "giveaway.issue-code"

    // MARK: Recovery of accounts

    /// Say that every factor is lost.
    case requestRecovery = "recovery.request"
    /// Say that it is not.
    case cancelRecovery = "recovery.cancel"
    /// Vouch for somebody who lost every factor, so that he need not wait.
    case approveRecovery = "recovery.approve"
    /// Sign in without a factor, after the waiting period.
    case completeRecovery = "recovery.complete"

    /// The least that the actor must be proven with.
    public var assurance: Assurance {
        switch self {
        case .readIndex, .signIn, .register: .anonymous
        case .createProject, .createRelease, .uploadFile, .yankRelease, .unyankRelease: .password
        case .addRole, .removeRole, .changeProjectStatus, .requireAssurance: .password
        case .changeRole, .leaveProject, .inviteCollaborator, .cancelInvitation, .acceptRole, .declineRole: .password
        case .deleteProject, .deleteRelease, .deleteFile, .recreateProject, .undoRemoval: .password
        // What takes protection away from projects or accounts is not done with a password that somebody could have stolen.
        // For what administrators do, `gain` says the least that this can be.
        case .setAccountRule, .setAllowance: .secondFactor
        case .restore, .freeName, .unreserveName, .offerPasswordLink, .tendMail, .addUser: .secondFactor
        case .setClassifiers: .secondFactor
        case .designate, .liftDesignation, .setCriticalRule, .demand: .secondFactor
        case .rotateKeys, .replaceBreachedPasswords: .secondFactor
        case .setAuthenticators: .attestedHardware
        case .reserveName, .invite, .delayMandate: .password
        case .setPassword, .verifyAddress: .anonymous  // the link's secret is the proof
        case .endSession, .stepUp, .addAddress, .removeAddress, .setPrimaryAddress, .issueToken, .revokeToken: .password
        case .addSecurityKey, .renameSecurityKey, .removeSecurityKey, .freezeSecurityKey: .password
        case .addAuthenticatorApp, .removeAuthenticatorApp, .makeRecoveryCodes, .useRecoveryCode: .password
        case .requestRecovery, .cancelRecovery, .completeRecovery: .password
        case .createGiveaway, .changeGiveaway, .importGiveawayCodes: .secondFactor
        case .closeGiveaway, .issueGiveawayCode: .password
        // Vouching for another takes what cannot be talked out of anybody.
        case .endProbation: .secondFactor
        case .approveRecovery: .phishingResistant
        }
    }

    /// Whether it asks for a proof that is at most five minutes old, at the strongest that the account has.
    public var needsFreshProof: Bool {
        switch self {
        // A thief who could call keys by each other's names would have their owner remove the right one.
        case .issueToken, .addSecurityKey, .renameSecurityKey, .removeSecurityKey, .addAuthenticatorApp,
            .removeAuthenticatorApp, .makeRecoveryCodes, .setPassword, .addAddress, .removeAddress, .setPrimaryAddress:
            true
        case .addRole, .removeRole, .changeProjectStatus, .requireAssurance: true
        case .changeRole, .leaveProject, .inviteCollaborator, .acceptRole: true
        case .deleteProject, .deleteRelease, .deleteFile, .restore, .undoRemoval, .freeName, .unreserveName: true
        case .rotateKeys, .replaceBreachedPasswords: true
        case .cancelInvitation: true
        case .declineRole, .recreateProject: false
        case .designate, .liftDesignation, .setCriticalRule, .demand, .delayMandate, .setClassifiers: true
        case .addUser, .invite, .offerPasswordLink, .setAuthenticators, .tendMail, .reserveName, .endProbation,
            .approveRecovery:
            true
        case .createGiveaway, .changeGiveaway, .closeGiveaway, .importGiveawayCodes: true
        case .setAccountRule, .setAllowance: true
        // Most of those it is for have nothing to show but their password; what it gives is told them by mail.
        case .issueGiveawayCode: false
        case .readIndex, .signIn, .register, .stepUp, .endSession, .verifyAddress, .revokeToken,
            .freezeSecurityKey, .useRecoveryCode, .requestRecovery, .cancelRecovery, .completeRecovery:
            false
        case .createProject, .createRelease, .uploadFile, .yankRelease, .unyankRelease: false
        }
    }

    /// Whether it publishes to a project, updates or changes it: what the rule for critical projects and a project's own
    /// requirement refuse. Making a project is among them, because a name that is critical may be free for the moment.
    /// Yanking is not, because whoever finds a bad release should not be kept from marking it; nor is taking back an
    /// invitation, which makes the circle smaller.
    public var isHeldToMandate: Bool {
        switch self {
        case .createProject, .createRelease, .uploadFile, .unyankRelease: true
        case .addRole, .removeRole, .changeProjectStatus, .requireAssurance: true
        // Whoever does not fulfil it takes no role, and can always give one up.
        case .changeRole, .inviteCollaborator, .acceptRole: true
        case .deleteProject, .deleteRelease, .deleteFile, .recreateProject: true
        // Nor does anybody bring back, let go or unbind what he could not change.
        case .restore, .undoRemoval, .freeName, .unreserveName, .liftDesignation: true
        case .readIndex, .yankRelease, .reserveName, .setClassifiers: false
        case .leaveProject, .cancelInvitation, .declineRole: false
        case .designate, .setCriticalRule, .demand, .delayMandate: false
        case .addUser, .register, .invite, .signIn, .endSession, .stepUp, .tendMail, .setAuthenticators: false
        case .rotateKeys, .replaceBreachedPasswords: false
        case .setAccountRule, .setAllowance: false
        case .offerPasswordLink, .setPassword, .addAddress, .removeAddress, .setPrimaryAddress, .verifyAddress: false
        case .issueToken, .revokeToken: false
        case .addSecurityKey, .renameSecurityKey, .removeSecurityKey, .freezeSecurityKey: false
        case .addAuthenticatorApp, .removeAuthenticatorApp, .makeRecoveryCodes, .useRecoveryCode, .endProbation: false
        case .createGiveaway, .changeGiveaway, .closeGiveaway, .importGiveawayCodes, .issueGiveawayCode: false
        case .requestRecovery, .cancelRecovery, .approveRecovery, .completeRecovery: false
        }
    }

    /// Whether it takes an account whose primary address was verified, where the operator asks for that: publishing, API
    /// tokens and roles. Nobody publishes who has shown no mailbox, and nobody who cannot be reached about a project
    /// gets into one, or others.
    ///
    /// What makes things safer or smaller is not among them, nor is what only reads.
    public var needsVerifiedAddress: Bool {
        switch self {
        case .createProject, .createRelease, .uploadFile, .unyankRelease, .recreateProject: true
        case .addRole, .changeRole, .inviteCollaborator, .acceptRole: true
        case .issueToken, .issueGiveawayCode: true
        case .readIndex, .yankRelease, .removeRole, .leaveProject, .cancelInvitation, .declineRole: false
        case .changeProjectStatus, .requireAssurance, .deleteProject, .deleteRelease, .deleteFile: false
        case .reserveName, .unreserveName, .restore, .undoRemoval, .freeName: false
        case .rotateKeys, .replaceBreachedPasswords, .setClassifiers: false
        case .designate, .liftDesignation, .setCriticalRule, .demand, .delayMandate: false
        case .addUser, .register, .invite, .signIn, .endSession, .stepUp, .tendMail, .setAuthenticators: false
        case .setAccountRule, .setAllowance: false
        case .offerPasswordLink, .setPassword, .addAddress, .removeAddress, .setPrimaryAddress, .verifyAddress: false
        case .revokeToken: false
        case .addSecurityKey, .renameSecurityKey, .removeSecurityKey, .freezeSecurityKey: false
        case .addAuthenticatorApp, .removeAuthenticatorApp, .makeRecoveryCodes, .useRecoveryCode, .endProbation: false
        case .createGiveaway, .changeGiveaway, .closeGiveaway, .importGiveawayCodes: false
        case .requestRecovery, .cancelRecovery, .approveRecovery, .completeRecovery: false
        }
    }

    /// Whether somebody does it for another whose projects he owns, too.
    public var isVouching: Bool { self == .endProbation || self == .approveRecovery }

    /// Whether it can take from an account's holder a way back into the account. A factor on probation does none of it, for
    /// it may be a thief's; that it removes no earlier factor, `FactorPolicy` decides.
    public var takesAWayBack: Bool {
        [.cancelRecovery, .makeRecoveryCodes, .removeAddress, .setPrimaryAddress].contains(self)
    }

    /// Whether it enrols a factor.
    public var isEnrolment: Bool { self == .addSecurityKey || self == .addAuthenticatorApp }
}

import Accounts
import Acts
import Policy
import Primitives
import UTC

/// Where a person shows once more who they are.
struct ConfirmPage {
    struct Field {
        let fieldName: String
        let fieldValue: String
    }

    let name: String
    /// After "to": `remove the security key “Blue”`.
    let what: String
    /// Where a code or a password is sent.
    let path: String
    /// What the key's questions are asked with.
    let query: String
    /// Where the form that goes along is sent in the end; nil when none does.
    let repeatPath: String?
    /// Where anyone who does not want to show anything goes.
    let backPath: String
    let carried: [Field]
    let takesKey: Bool
    let takesCode: Bool
    let takesPassword: Bool
    /// Whether nothing that there is proves enough: every key is frozen, for example.
    let isStuck: Bool
    let lifetime = Proof.lifetime.inLetters

    init(
        name: String, what: String, path: String, query: String, repeatPath: String?, backPath: String,
        carried: [Field],
        takesKey: Bool, takesCode: Bool, takesPassword: Bool
    ) {
        self.name = name
        self.what = what
        self.path = path
        self.query = query
        self.repeatPath = repeatPath
        self.backPath = backPath
        self.carried = carried
        self.takesKey = takesKey
        self.takesCode = takesCode
        self.takesPassword = takesPassword
        isStuck = !takesKey && !takesCode && !takesPassword
    }
}

extension StepUp {
    /// What is to be done, after "to".
    func words(knowing factors: AccountFactors) -> String {
        switch action {
        case .project(let act): words(for: act)
        case .account(let act): words(for: act, knowing: factors)
        case .index(let act): words(for: act)
        }
    }

    private func words(for act: AccountAct, knowing factors: AccountFactors) -> String {
        switch act {
        case .issueToken: "make an API token\(tokenScope)"
        case .addSecurityKey: "add a security key"
        case .removeSecurityKey: "remove the security key \(quoted(label(in: factors)))"
        case .renameSecurityKey: "rename the security key \(quoted(label(in: factors)))"
        case .addAuthenticatorApp: "add an authenticator app"
        case .removeAuthenticatorApp: "remove the authenticator app"
        case .makeRecoveryCodes: "make new recovery codes"
        case .setPassword: "change your password"
        case .addAddress: "add the mail address \(object)"
        case .removeAddress: "remove the address \(object)"
        case .setPrimaryAddress: "make \(object) your primary address"
        case .addUser: "make an account"
        case .disableUser: "disable the account \(object)"
        case .enableUser: "enable the account \(object)"
        case .makeAdministrator: "make \(object) an administrator"
        case .askDeletion: "delete the account \(object)"
        case .unmakeAdministrator: "make \(object) an administrator no longer"
        case .offerPasswordLink: "hand out a link that sets a password"
        case .setAllowance: "change how much an account may publish"
        case .endProbation, .approveRecovery: "vouch for somebody"
        case .register, .signIn, .endSession, .stepUp, .verifyAddress, .revokeToken, .freezeSecurityKey,
            .useRecoveryCode, .disownFactors, .stopDeletion, .deleteUser, .requestRecovery, .cancelRecovery,
            .completeRecovery, .issueGiveawayCode:
            "go on"
        }
    }

    private func words(for act: IndexAct) -> String {
        switch act {
        case .setCriticalRule: "change the rule for critical projects"
        case .invite: object.isEmpty ? "invite somebody" : "invite \(object)"
        case .inspectMail: "look into somebody's mail, or have it sent again"
        case .setAccountRule: "change what is asked of accounts"
        case .setStagingRule: "change whether releases of critical projects wait for a person"
        case .setRemovalRule: "change what can be removed at once"
        case .setClassifiers: "renew the list of classifiers"
        case .setKnownNames: "change which names are protected from look-alikes"
        case .noteName: "note a name that is like another"
        case .setAdvisories: "change what is known to be bad"
        case .setAuthenticators: "change which models of security keys are trusted"
        case .rotateKeys: "make a new key for the secrets in the database"
        case .setLogKeys: "change the keys that the log is signed with"
        case .replaceBreachedPasswords: "replace the list of breached passwords"
        case .createGiveaway: "make a giveaway of security keys"
        case .changeGiveaway: "change a giveaway"
        case .closeGiveaway: "close a giveaway"
        case .importGiveawayCodes: "import codes"
        }
    }

    /// What the token is good for, as `NewAPIToken.object` says it.
    private var tokenScope: String {
        if object == NewAPIToken.object(for: nil) { return " for all your projects" }
        let projects = object.split(separator: " ").dropFirst()
        return projects.isEmpty ? "" : " for \(projects.joined(separator: ", "))"
    }

    private func label(in factors: AccountFactors) -> String {
        factors.securityKeys.first { $0.id.description == object }?.label ?? object
    }

    private func quoted(_ label: String) -> String { "“\(label)”" }
}

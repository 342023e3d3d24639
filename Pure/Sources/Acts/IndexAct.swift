/// What can be done to the index as a whole.
public enum IndexAct: String, SubjectAct, CaseIterable {
    /// Renew the list of classifiers.
    case setClassifiers = "classifiers.set"
    /// Say which names a new one may be a look-alike of.
    case setKnownNames = "names.set"
    /// Note that a new name is like one that others use.
    case noteName = "names.note"
    /// Take in what is known to be bad.
    case setAdvisories = "advisories.set"
    /// Set which projects are critical and what is asked there.
    case setCriticalRule = "critical.set"
    /// Let somebody register.
    case invite = "user.invite"
    /// Inspect a mail that no mail server takes, or have one tried again.
    case inspectMail = "mail.tend"
    /// Say which models of security keys are trusted.
    case setAuthenticators = "authenticators.set"
    /// Make a new key for the secrets in the database, and seal them with it.
    case rotateKeys = "keys.rotate"
    /// Change the keys that the verifiable log is signed with.
    case setLogKeys = "log.keys"
    /// Replace the list of passwords that nobody may use.
    case replaceBreachedPasswords = "passwords.import"
    /// Say what is asked of accounts, and how much they may publish.
    case setAccountRule = "accounts.set"
    /// Say what can be removed at once, and how long a request waits.
    case setRemovalRule = "removal.set"
    /// Say whether releases of critical projects wait for a person.
    case setStagingRule = "staging.set"
    /// Make a giveaway of security keys.
    case createGiveaway = "giveaway.create"
    /// Change its dates, countries, or whom it is for.
    case changeGiveaway = "giveaway.change"
    /// Close it before its time.
    case closeGiveaway = "giveaway.close"
    /// Take in the codes that its sponsor sent.
    case importGiveawayCodes = "giveaway.import-codes"
}

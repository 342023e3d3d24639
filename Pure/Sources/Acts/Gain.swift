/// The strongest thing that an act of administrators can put into the hands of anyone who does it.
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
    /// The passwords of others, by links in mails: anyone who has no second factor, administrators among them.
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

    /// The least that anyone who gives it away has to be proven with.
    public var leastAssurance: Assurance {
        switch self {
        case .nothing, .newAccount: .password
        case .givenKeys, .passwords, .protection, .newFactor: .secondFactor
        case .accountPastFactors: .phishingResistant
        case .hardware, .administration: .attestedHardware
        }
    }
}

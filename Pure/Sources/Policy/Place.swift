import Accounts
import PackagingFormats

/// A page of the index that somebody is sent to. What its address is, those know who serve it.
public enum Place: Sendable, Hashable {
    /// One's own account.
    case account
    /// What happened to it.
    case accountEvents
    /// Its second factors, where they are added.
    case factors
    /// Where a session shows a factor that its account has.
    case showFactor
    /// Its API tokens, where they are made.
    case tokens
    case recovery
    /// Where one signs in.
    case signIn
    /// One's own projects, and invitations to others.
    case projects
    /// What a critical project asks, where it is put off.
    case projectSecurity(ProjectName)
    /// Where one vouches for somebody.
    case vouch(for: Username)
    /// Which projects are critical, and what is asked there.
    case security
    /// Security keys that are given away.
    case giveaway

    /// What the page is called, in a sentence that has no address for it.
    public var words: String {
        switch self {
        case .account: "your account's page"
        case .accountEvents: "your account's history"
        case .factors, .showFactor: "your second factors"
        case .tokens: "your API tokens"
        case .recovery: "the recovery of your account"
        case .signIn: "the page to sign in"
        case .projects: "your projects"
        case .projectSecurity(let name): "the security of \(name)"
        case .vouch(let user): "the page to vouch for \(user)"
        case .security: "the critical projects"
        case .giveaway: "the page of free security keys"
        }
    }
}

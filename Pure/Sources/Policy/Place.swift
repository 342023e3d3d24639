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
    /// Where a new password is asked for.
    case passwordReset
    /// One's own projects, and invitations to others.
    case projects
    /// Where somebody puts off what a critical project asks.
    case delay(ProjectName)
    /// What is asked to be taken away of a project, for those with a role on it.
    case leaving(ProjectName)
    /// What the people who run the index propose about one's projects.
    case proposals
    /// Releases that wait for one's answer.
    case stages
    /// One of them.
    case stage(ProjectName, number: Int64)
    /// Where somebody takes back the role of an owner that they lost.
    case returning(ProjectName)
    /// Where somebody has their account deleted, or not.
    case accountDeletion
    /// A project's public page.
    case project(ProjectName)
    /// Where one vouches for somebody.
    case vouch(for: Username)
    /// Which projects are critical, and what is asked there.
    case security
    /// Security keys that are given away.
    case giveaway
    /// Those who run the index: how they are reached, where the operator says so.
    case administrators

    /// What the page is called, in a sentence that has no address for it.
    public var words: String {
        switch self {
        case .account: "your account's page"
        case .accountEvents: "your account's history"
        case .factors, .showFactor: "your second factors"
        case .tokens: "your API tokens"
        case .recovery: "the recovery of your account"
        case .signIn: "the page to sign in"
        case .passwordReset: "the page for a forgotten password"
        case .projects: "your projects"
        case .delay(let name): "the page to put off what \(name) asks"
        case .stages: "the releases that wait for you"
        case .stage(let name, _): "the page of what waits of \(name)"
        case .proposals: "the proposals about your projects"
        case .leaving(let name): "the page 'Leaving' of \(name)"
        case .returning(let name): "the page to be an owner of \(name) again"
        case .accountDeletion: "the deletion of your account"
        case .project(let name): "the page of \(name)"
        case .vouch(let user): "the page to vouch for \(user)"
        case .security: "the critical projects"
        case .giveaway: "the page of free security keys"
        case .administrators: "the people who run this index"
        }
    }
}

import Accounts
import PackagingFormats
import Policy
import UTC

/// The people of the index, for those who run it: who they are, what they could do, and whether they can do it.
public protocol PeopleStore: Sendable {
    /// Accounts whose name or address holds a text, by name.
    ///
    /// - Parameter name: begins after this one; nil begins with the first.
    func people(matching query: PersonQuery, after name: Username?, limit: Int, at now: Timestamp) async throws
        -> [PersonLine]
    /// An account; nil where there is none.
    func person(_ name: Username, at now: Timestamp) async throws -> Person?
    /// Everybody with a role on a project, owners first, and whether they could publish to it; nil where there is no
    /// such project.
    func publishers(of project: ProjectName, at now: Timestamp) async throws -> [Publisher]?
    /// What of people waits for somebody's decision.
    func waiting(at now: Timestamp) async throws -> WaitingPeople

    /// Lets nobody use an account: its sessions end, and its tokens are refused until it is enabled again. Its holder
    /// and those who own projects together with them are told. Nothing is written where it is so already.
    ///
    /// Throws `AccessRefusal` or `AccountRefusal`.
    func disable(_ name: Username, reason: String, by actor: Actor, at now: Timestamp) async throws
    /// Lets its holder use it again. Throws `AccessRefusal` or `AccountRefusal.noSuchUser`.
    func enable(_ name: Username, by actor: Actor, at now: Timestamp) async throws
    /// Makes somebody an administrator, or no longer; the other administrators are told. Nothing is written where it is
    /// so already. Throws `AccessRefusal` or `AccountRefusal`.
    func setAdministrator(_ isAdministrator: Bool, _ name: Username, by actor: Actor, at now: Timestamp) async throws

    /// Makes somebody the owner of an imported project that has none, and returns whether it had none. Of all that one
    /// run of an import gives them they hear by one mail, which waits for the end of the run. Throws `AccessRefusal`,
    /// `AccountRefusal` or `RoleRefusal`.
    @discardableResult
    func giveImported(_ project: ProjectName, to owner: Username, by actor: Actor, at now: Timestamp) async throws
        -> Bool
    /// Sends the mail that a run of an import has gathered, and one of what the critical ones among the owner's projects
    /// ask of them, where that was not told yet. Where a run ends without this, the first goes out
    /// `GatheredProjects.patience` after the last project, or with the next run, and the other with the next daily
    /// computation of critical projects.
    func endImport(for owner: Username, at now: Timestamp) async throws
}

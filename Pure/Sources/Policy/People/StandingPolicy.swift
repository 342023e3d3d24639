import Accounts

/// Decides what can be done to whether an account can be used and whether it administrates the index, by those who may
/// do it at all.
public enum StandingPolicy {
    /// Decides about disabling an account.
    ///
    /// - Parameter administrators: how many other accounts administrate the index and can be used.
    public static func decideDisabling(
        of user: User, by actor: Actor, others administrators: Int
    ) throws(AccountRefusal) {
        guard actor.userID != user.id else { throw .ownAccount }
        try requireAnother(than: user, by: actor, administrators)
    }

    /// Decides about making somebody an administrator no longer. One can do so to oneself.
    ///
    /// - Parameter administrators: how many other accounts administrate the index and can be used.
    public static func decideUnmaking(
        of user: User, by actor: Actor, others administrators: Int
    ) throws(AccountRefusal) {
        try requireAnother(than: user, by: actor, administrators)
    }

    /// An index without administrators would be closed to all of them but the one at the machine. With one stolen
    /// session of one alone left, nobody on the web could object to what is done in it: so the last other one is for
    /// the operator to take away.
    private static func requireAnother(
        than user: User, by actor: Actor, _ administrators: Int
    ) throws(AccountRefusal) {
        guard user.isAdministrator, user.disabling == nil else { return }
        guard administrators > 0 else { throw .lastAdministrator(user.name) }
        let isByAnother = actor.userID != nil && actor.userID != user.id
        guard !isByAnother || administrators > 1 else { throw .lastOtherAdministrator(user.name) }
    }
}

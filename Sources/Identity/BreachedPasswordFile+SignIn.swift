import Passwords

extension BreachedPasswordFile {
    /// Whether a password is on the list. A list that is damaged knows none: it keeps nobody from signing in, and `rind
    /// doctor` finds it.
    func isKnown(_ password: String) -> Bool { (try? contains(password)) ?? false }
}

import Accounts

extension PasswordRules {
    /// Measures a password that somebody wants to use, and throws `PasswordRefusal` when it must not be used.
    ///
    /// Takes up to three milliseconds and reads a few kilobytes of the list: not on an event loop.
    ///
    /// - Parameters:
    ///   - name: the account's name.
    ///   - addresses: its mail addresses.
    ///   - breached: the published lists; nil where there are none.
    /// - Throws: beside the refusal, `BreachedPasswordsFailure` when the list cannot be read.
    public func check(
        _ password: String, name: String, addresses: [String], breached: BreachedPasswordFile?
    ) throws {
        // Lengths first: nothing is measured of what is far too long.
        var facts = PasswordFacts(
            characters: password.count, bytes: password.utf8.count, score: minimumScore, isBreached: false)
        try check(facts)
        facts.isBreached = try breached?.contains(password) ?? false
        facts.score = PasswordStrength(of: password, knowing: [name] + addresses).score
        try check(facts)
    }
}

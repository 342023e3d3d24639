/// What each kind of secret is sealed for, and whose it is: one that was copied to another's row does not open there.
public enum SecretContext {
    /// The hash of an account's password.
    public static func password(account: Int64) -> String { "password \(account)" }
    /// The root key of an API token.
    public static func rootKey(token: String) -> String { "token \(token)" }
    /// What a job of the outbox takes, by whom or what it is for.
    public static func job(about: String) -> String { "job \(about)" }
    /// The secret of an authenticator app.
    public static func authenticatorApp(factor: Int64) -> String { "totp \(factor)" }
    /// A code of a giveaway, by its fingerprint in hexadecimal.
    public static func giveawayCode(fingerprint: String) -> String { "giveaway-code \(fingerprint)" }
    /// For the code that stands for a recovery code in the database.
    public static let recoveryCode = "recovery code"
    /// For the code that is the secret of a link by which a first factor is disowned.
    public static let disowningLink = "disowning link"
    /// For the code by which a database knows its key file.
    public static let keyFile = "key file of a database"
}

import Database

extension Migration {
    /// The schema's history, a file of SQL for each step. Files of releases are frozen; CONTRIBUTING.md has the rule.
    static let all = [
        Migration("0001-first", String(decoding: PackageResources.sqlite_0001_first_sql, as: UTF8.self))
    ]
}

import Database

extension Migration {
    /// Which projects are there, read from an index alone: the ranking asks it of all of them once a day.
    static let presentProjects = Migration(
        "0011-present",
        "CREATE INDEX project_present ON project (normalized, removed_at);")
}

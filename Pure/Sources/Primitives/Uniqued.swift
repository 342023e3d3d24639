extension [String] {
    /// Each once, where it stands first.
    public var uniqued: [String] {
        var seen = Set<String>()
        return filter { seen.insert($0).inserted }
    }
}

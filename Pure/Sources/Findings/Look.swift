/// What came of looking into one file of a release (a wheel or an sdist).
public struct Look: Sendable, Hashable {
    /// In the order of path and line.
    public let findings: [Finding]
    /// Which rules and which data they were found by: the same bytes under the same version give the same findings.
    public let version: String
    /// How far it came.
    public let end: End

    /// How a look ended.
    public enum End: Sendable, Hashable {
        /// All of it was looked at.
        case complete
        /// A bound was reached: what is beyond it was not looked at. Says which one, in words.
        case bounded(String)
        /// It did not come to an end: the process that looked died, or ran out of its time. Says how, in words.
        case failed(String)
    }

    public init(findings: [Finding], version: String, end: End) {
        self.findings = findings
        self.version = version
        self.end = end
    }
}

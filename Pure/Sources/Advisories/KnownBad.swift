import PackagingFormats

/// Which of some versions are known to be bad, and by what.
public enum KnownBad {
    /// A version of which an advisory says something.
    public struct Hit: Sendable, Hashable {
        public let project: ProjectName
        public let version: Version
        public let advisory: AdvisoryID
        /// Whether somebody meant harm: reason to hold it, where a mistake is reason to say so.
        public let isMalicious: Bool
    }

    /// What advisories that hold say about versions, in the order of these and then of the advisories' identifiers.
    public static func hits(
        among versions: some Sequence<(project: ProjectName, version: Version)>, in advisories: [Advisory]
    ) -> [Hit] {
        let sorted = advisories.filter { $0.withdrawn == nil }.sorted { $0.id < $1.id }
        return versions.flatMap { project, version in
            sorted.filter { $0.isAbout(project, version.normalized) }.map {
                Hit(project: project, version: version, advisory: $0.id, isMalicious: $0.isMalicious)
            }
        }
    }
}

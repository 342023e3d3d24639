/// Why a sound tar archive is no source distribution.
///
/// Source: packaging.python.org, "Source distribution format" (from PEP 517, 625 and 721).
public enum SourceDistributionFlaw: Sendable, Equatable {
    /// Nothing in it.
    case empty
    /// Members outside the one top-level directory; two of the names at the top.
    case severalTopLevels(String, String)
    /// No PKG-INFO in the top-level directory.
    case noPackageInfo(path: String)
    /// PKG-INFO is a directory or a link.
    case packageInfoIsNoFile(path: String)

    var code: String {
        switch self {
        case .empty: "sdist.empty"
        case .severalTopLevels: "sdist.several-top-levels"
        case .noPackageInfo: "sdist.no-pkg-info"
        case .packageInfoIsNoFile: "sdist.pkg-info-not-a-file"
        }
    }

    var explanation: String {
        switch self {
        case .empty: "The source distribution has no members."
        case .severalTopLevels(let first, let second):
            "A source distribution has one top-level directory; this one has both \(quoted(first)) and \(quoted(second))."
        case .noPackageInfo(let path):
            "There is no \(quoted(path)) in the source distribution. Build it with a current build tool."
        case .packageInfoIsNoFile(let path): "\(quoted(path)) must be a regular file."
        }
    }
}

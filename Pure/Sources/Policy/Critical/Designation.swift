import PackagingFormats
import Primitives
import UTC

/// That a name is critical, and why.
///
/// It belongs to the name: whatever becomes of the project, and under whichever spelling it comes back, the designation
/// stays until an administrator lifts it.
public struct Designation: Sendable, Hashable {
    /// Why a name is critical.
    public enum Reason: Sendable, Hashable {
        /// Its downloads put it there: the how-manieth it was, and how many there were in the window.
        case downloads(rank: Int, count: Int64)
        /// A critical project needs it.
        case dependency(of: ProjectName)
        /// The operator says so.
        case named
    }

    /// The name, as it was spelled then.
    public let name: ProjectName
    public let reason: Reason
    /// The day of the computation; downloads before it were counted.
    public let asOf: Day
    /// How many days were counted.
    public let windowDays: Int
    /// When it was stored.
    public let designatedAt: Timestamp
    /// Its rank by downloads then, whatever the reason; nil where it is not known.
    public let rank: Int?
    /// Its downloads in the window then, likewise.
    public let downloads: Int64?

    /// A designation, as it was stored.
    ///
    /// - Parameters:
    ///   - rank: where the reason says none.
    ///   - downloads: where the reason says none.
    public init(
        name: ProjectName, reason: Reason, asOf: Day, windowDays: Int, designatedAt: Timestamp, rank: Int? = nil,
        downloads: Int64? = nil
    ) {
        switch reason {
        case .downloads(let place, let count): (self.rank, self.downloads) = (place, count)
        case .dependency, .named: (self.rank, self.downloads) = (rank, downloads)
        }
        self.name = name
        self.reason = reason
        self.asOf = asOf
        self.windowDays = windowDays
        self.designatedAt = designatedAt
    }

    /// Why, in a sentence that goes on from the project's name: `flask is critical on this index: …`.
    public var why: String {
        switch reason {
        case .downloads(let rank, let count):
            "number \(rank) by downloads, \(grouped(count)) in \(windowDays) days up to \(asOf - 1)"
        case .dependency(let project): "the critical project '\(project.display)' needs it"
        case .named: "the operator named it"
        }
    }
}

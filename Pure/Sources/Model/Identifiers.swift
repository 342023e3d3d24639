/// The number of a row of `Entity`'s table. Numbers of different entities are different types.
public struct Identifier<Entity>: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// As stored.
    public let number: Int64

    /// The identifier with a number that the store gave out.
    public init(_ number: Int64) { self.number = number }

    /// The number in decimal digits.
    public var description: String { String(number) }

    /// In the order in which the store gave them out.
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The number of an account.
public typealias UserID = Identifier<User>
/// The number of a project.
public typealias ProjectID = Identifier<Project>
/// The number of a release.
public typealias ReleaseID = Identifier<Release>
/// The number of a factor.
public typealias FactorID = Identifier<Factor>
/// The number of a session.
public typealias SessionID = Identifier<Session>
/// The number of an event in an account's log.
public typealias EventID = Identifier<RecordedEvent>
/// The number of a distribution file.
public typealias FileID = Identifier<DistributionFile>

/// The position of a change in the index's history: 1 for the first, and growing with every change.
///
/// It is what mirrors compare (`X-PyPI-Last-Serial`) and the key of the journal.
public typealias Serial = Int64

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

/// The position of a change in the index's history: 1 for the first, and growing with every change.
///
/// It is what mirrors compare (`X-PyPI-Last-Serial`) and the key of the journal.
public typealias Serial = Int64

/// A row of the queue of mails. What stands in it is a matter of `Letters`; its number stands in the journal, too.
public enum MailRow {}

/// The number of a mail in the queue.
public typealias MailID = Identifier<MailRow>

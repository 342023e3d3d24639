import Primitives

/// A sentence that sends somebody to pages of the index. Which pages, it knows; their addresses, those who show it: a
/// page links them, a terminal needs them whole.
public struct Guidance: Sendable, Hashable, ExpressibleByStringInterpolation {
    fileprivate enum Part: Sendable, Hashable {
        case text(String)
        case place(Place)
    }

    /// Collects the parts of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        /// For a literal of a size that is not asked about.
        public init(literalCapacity: Int, interpolationCount: Int) {}
        /// Text.
        public mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }
        /// A place, whose address stands there.
        public mutating func appendInterpolation(_ place: Place) { parts.append(.place(place)) }
        /// Anything else, as it describes itself.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            parts.append(.text(value.description))
        }
    }

    private let parts: [Part]

    private init(_ parts: [Part]) { self.parts = parts }
    /// Text without places.
    public init(stringLiteral text: String) { parts = [.text(text)] }
    /// Text with places.
    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// The one, and then the other.
    public static func + (left: Guidance, right: Guidance) -> Guidance { Guidance(left.parts + right.parts) }

    /// The places that it sends to, in their order.
    public var places: [Place] {
        parts.compactMap { if case .place(let place) = $0 { place } else { nil } }
    }

    /// The sentence, with an address for each place.
    public func text(_ address: (Place) -> String) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .place(let place): address(place)
            }
        }.joined()
    }
}

/// What helps somebody who was refused something.
public enum Remedy: Sendable, Hashable {
    case signIn
    /// To show a factor that the account has.
    case showFactor
    /// To add a factor.
    case addFactor
    /// To make a new API token in a session that shows more.
    case newToken
    /// That a co-owner vouches, or time.
    case vouching
}

/// A refusal whose sentence sends somebody to pages of the index.
public protocol GuidingRefusal: Refusal {
    /// What was refused, and what to do, with the places where.
    var guidance: Guidance { get }
    /// What else helps, each in sentences of its own; after the first that `guidance` names.
    var otherWays: [Guidance] { get }
    /// What helps; nil where nothing does that has a page.
    var remedy: Remedy? { get }
}

extension GuidingRefusal {
    /// Nothing.
    public var otherWays: [Guidance] { [] }
    /// The same where no address can be written: with what the pages are called.
    public var explanation: String { guidance.text(\.words) }
}

// A stand-in until the real types land.
public struct ProjectName: Sendable, Hashable {
    public let display: String
    public let normalized: String
    public init(parsing text: String) throws {
        display = text
        normalized = text.lowercased()
    }
    public var isStandardLibraryModule: Bool { false }
}
public struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let description: String
    public init(parsing text: String) throws { description = text }
    public var isPrerelease: Bool { false }
    public var local: String? { nil }
    public static func < (a: Version, b: Version) -> Bool { a.description < b.description }
}

import Accounts
import PackagingFormats
import Policy
import Primitives
import UTC

/// The projects of which one letter says that somebody owns them now, while it waits for more.
public struct GatheredProjects: Sendable, Hashable, Codable {
    /// How long such a letter waits after the last project, where nobody says that it was the last.
    public static let patience = Duration.minutes(10)
    /// How many projects it names.
    public static let mostNamed = 500

    /// As they are written.
    public private(set) var names: [String] = []
    /// How many more there are.
    public private(set) var more = 0

    /// None yet.
    public init() {}

    /// How many there are.
    public var count: Int { names.count + more }

    /// One more.
    public mutating func add(_ project: ProjectName) {
        if names.count < Self.mostNamed { names.append(project.display) } else { more += 1 }
    }

    /// The letter to their owner.
    public func letter(to user: Username) -> Letter {
        let what = count == 1 ? "the project \(names.joined())" : "\(grouped(Int64(count))) projects"
        let rest = more == 0 ? "" : ", and \(grouped(Int64(more))) more"
        return Letter(
            subject: "You are now owner of \(what)", name: user.display,
            paragraphs: [
                "The people who run this index imported \(what) and made you the owner"
                    + (count == 1 ? "." : ": \(names.joined(separator: ", "))\(rest)."),
                "You publish to them with an API token, and decide who else may.",
            ], link: Letter.Link("Look at your projects", to: .projects),
            afterLink: ["If that surprises you, ask the people who run this index."],
            reason: "This is an address of the account \(user).", gathered: self)
    }
}

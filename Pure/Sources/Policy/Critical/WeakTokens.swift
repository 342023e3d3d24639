import Acts
import PackagingFormats
import Primitives
import UTC

/// An API token that is good, as far as the rule for critical projects goes.
public struct LiveToken: Sendable, Hashable {
    /// How its owner knows it: `“laptop”`; by its identifier where it has no name.
    public let words: String
    /// What the session that made it was proven with.
    public let assurance: Assurance
    /// The projects it may act on, by normalized name; nil for all of its owner's.
    public let projects: Set<String>?

    /// A token that is good.
    public init(id: String, label: String, assurance: Assurance, projects: Set<String>?) {
        words = label.isEmpty ? "the one with the identifier \(id)" : "“\(label)”"
        self.assurance = assurance
        self.projects = projects
    }

    /// Whether it can be used on a project, and was made with less than is needed.
    public func isTooWeak(for project: ProjectName, needing needed: Assurance) -> Bool {
        assurance < needed && projects?.contains(project.normalized) ?? true
    }
}

/// The API tokens of somebody that a project refuses, or will, because they were made with less than it asks for.
public struct WeakTokens: Sendable, Hashable {
    /// Those that are refused now.
    public let refused: [String]
    /// Those that will be.
    public let later: [String]
    /// From when; nil while no day is set.
    public let from: Timestamp?
    /// With what to make new ones, so that they last.
    public let needed: Assurance

    /// None.
    public static let none = WeakTokens(refused: [], later: [], from: nil, needed: .password)

    /// Whether there are none.
    public var isEmpty: Bool { refused.isEmpty && later.isEmpty }

    /// Those among somebody's tokens.
    ///
    /// - Parameter facts: about the project and that person.
    public init(_ tokens: [LiveToken], for project: ProjectName, knowing facts: MandateFacts, at now: Timestamp) {
        let required = Mandate.required(knowing: facts, at: now)
        let coming = facts.asked(at: now).filter { ($0.from ?? now) >= now && $0.demand.what.assurance > required }
        let strongest = coming.map(\.demand.what.assurance).max() ?? required
        let later = tokens.filter {
            $0.isTooWeak(for: project, needing: strongest) && !$0.isTooWeak(for: project, needing: required)
        }
        let first = coming.filter { demand in
            later.contains { $0.isTooWeak(for: project, needing: demand.demand.what.assurance) }
        }
        self.init(
            refused: tokens.filter { $0.isTooWeak(for: project, needing: required) }.map(\.words),
            later: later.map(\.words), from: first.compactMap(\.from).min(), needed: strongest)
    }

    init(refused: [String], later: [String], from: Timestamp?, needed: Assurance) {
        self.refused = refused
        self.later = later
        self.from = from
        self.needed = needed
    }

    /// The same for several projects together: what is refused at one of them is refused.
    public init(_ all: [WeakTokens]) {
        let refused = all.flatMap(\.refused).uniqued
        let waiting = all.filter { !$0.later.isEmpty }
        self.init(
            refused: refused, later: waiting.flatMap(\.later).uniqued.filter { !refused.contains($0) },
            from: waiting.compactMap(\.from).min(), needed: all.filter { !$0.isEmpty }.map(\.needed).max() ?? .password)
    }

    /// For their owner, in whole sentences; nil where there are none.
    public var explanation: String? {
        guard !isEmpty else { return nil }
        var sentences = ["API tokens that you made without \(needed.words) are too weak."]
        if !refused.isEmpty { sentences.append("Refused already: \(refused.first(10)).") }
        if !later.isEmpty {
            sentences.append(
                "Refused \(from.map { "from \($0.day.readable) on" } ?? "once a day is set"): \(later.first(10)).")
        }
        sentences.append("Sign in with \(needed.words), make new ones, and put them where the old ones are, as in CI.")
        return sentences.joined(separator: " ")
    }
}

extension [String] {
    /// The first few, and how many more there are.
    fileprivate func first(_ most: Int) -> String {
        prefix(most).joined(separator: ", ") + (count > most ? " and \(count - most) more" : "")
    }
}

/// What a project needs: `requests[socks] >=2.8.1,==2.8.* ; python_version < "2.7"`.
///
/// Requirements are equal as values: the name and the extras in normal form, the same conditions on the version, the
/// same URL, the same marker, whatever the spelling.
///
/// Source: packaging.python.org, "Dependency specifiers" (PEP 508).
public struct Requirement: Hashable, Sendable {
    /// The project that is needed.
    public let name: ProjectName
    /// The extras that are asked of it.
    public let extras: Set<ProjectName>
    /// The versions that will do. Empty when there is a URL.
    public let specifier: SpecifierSet
    /// Where to take the project from in place of an index.
    public let url: String?
    /// When the requirement holds at all.
    public let marker: Marker?

    /// Reads a requirement.
    public init(parsing text: String) throws(InvalidRequirement) {
        var parser = RequirementParser(text)
        self = try parser.requirement()
    }

    init(name: ProjectName, extras: Set<ProjectName>, specifier: SpecifierSet, url: String?, marker: Marker?) {
        self.name = name
        self.extras = extras
        self.specifier = specifier
        self.url = url
        self.marker = marker
    }

    /// The requirement in normal form: `requests[socks]==2.8.*,>=2.8.1; python_version < "2.7"`. The names keep their
    /// spelling.
    public var text: String {
        var text = name.display
        if !extras.isEmpty { text += "[" + extras.map(\.display).sorted().joined(separator: ",") + "]" }
        text += specifier.text
        if let url { text += " @ " + url }
        if let marker { text += (url == nil ? "; " : " ; ") + marker.text }
        return text
    }
}

extension Requirement: CustomStringConvertible {
    /// The requirement in normal form.
    public var description: String { text }
}

/// Why a text is not a requirement or not a marker, and where that shows.
public struct InvalidRequirement: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// Something else should stand here.
        case expected(Expectation)
        /// The name, or the name of an extra, is not one.
        case name(InvalidProjectName)
        /// The condition on the version is not one.
        case specifier(InvalidSpecifier)
        /// The text in quotation marks is not a string literal of Python.
        case quotedText
        /// Parentheses are nested deeper than ``Marker/maximumDepth``.
        case nestedTooDeeply
    }

    /// What should stand at a place.
    public enum Expectation: String, Equatable, Sendable {
        /// The name, at the beginning.
        case name = "a project name"
        /// The name of an extra, behind `[` or `,`.
        case extra = "the name of an extra"
        /// More extras or the end of them.
        case endOfExtras = "a comma or ']'"
        /// The end of conditions in parentheses.
        case endOfSpecifiers = "')'"
        /// The URL behind `@`.
        case url = "a URL after '@'"
        /// A marker behind a URL: a URL may hold `;` itself.
        case endOfURL = "a blank and ';' before a marker, or the end"
        /// A condition on the version, a marker, or the end.
        case endOfRequirement = "a version specifier, ';' before a marker, or the end"
        /// The end of a marker.
        case endOfMarker = "'and', 'or' or the end"
        /// The end of a group in a marker.
        case endOfGroup = "'and', 'or' or ')'"
        /// One side of a comparison.
        case operand = "a marker variable or a text in quotation marks"
        case comparison = "one of <=, <, !=, ==, >=, >, ~=, ===, in, not in"
        /// `in` behind `not`.
        case isIn = "'in' after 'not'"
    }

    public let problem: Problem
    /// The offset in UTF-8 bytes where it shows.
    public let offset: Int
    /// The whole text that was read.
    public let text: String

    /// What is wrong and where, in a sentence that is safe to show to anyone.
    public var explanation: String {
        let place = "\(quoted(text)), position \(offset + 1)"
        return switch problem {
        case .expected(let expectation): "\(place): expected \(expectation.rawValue) (PEP 508)."
        case .name(let error): "\(place): \(error.explanation)"
        case .specifier(let error): "\(place): \(error.explanation)"
        case .quotedText: "\(place): the quoted text is not a valid Python string."
        case .nestedTooDeeply: "\(place): parentheses are nested more than \(Marker.maximumDepth) deep."
        }
    }
}

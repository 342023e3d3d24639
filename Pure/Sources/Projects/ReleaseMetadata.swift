import PackagingFormats

/// What a release says about itself, as the JSON API and the project's page show it.
///
/// It comes from the first file that was uploaded for the release. Absent fields are nil or empty, never `UNKNOWN`.
public struct ReleaseMetadata: Sendable, Hashable, Codable {
    /// Which core metadata version it was written in, `2.4` for example.
    public var metadataVersion = ""
    /// One line about what it is.
    public var summary: String?
    /// The long description, as its author wrote it.
    public var description: String?
    /// `text/markdown`, `text/x-rst` or `text/plain`, with parameters.
    public var descriptionContentType: String?
    /// What people search for.
    public var keywords: String?
    public var homePage: String?
    /// Where to download it.
    public var downloadURL: String?
    public var author: String?
    public var authorEmail: String?
    public var maintainer: String?
    public var maintainerEmail: String?
    /// The licence as free text.
    public var license: String?
    /// The licence as an SPDX expression.
    public var licenseExpression: String?
    /// The licence files' paths.
    public var licenseFiles: [String] = []
    public var classifiers: [String] = []
    public var platforms: [String] = []
    /// What Python it needs.
    public var requiresPython: String?
    /// Its dependencies, as written.
    public var requiresDist: [String] = []
    /// The extras it offers.
    public var providesExtra: [String] = []
    /// `Label, URL`, in the order given.
    public var projectURLs: [ProjectURL] = []
    /// The fields that its build may change.
    public var dynamic: [String] = []

    /// A labelled address.
    public struct ProjectURL: Sendable, Hashable, Codable {
        /// What it is called.
        public var label: String
        public var url: String

        /// A labelled address.
        public init(label: String, url: String) {
            self.label = label
            self.url = url
        }
    }

    /// Nothing said yet.
    public init() {}
}

extension ReleaseMetadata {
    /// The projects that it needs, extras left out, each once, in the order of their first mention.
    public var needs: [ProjectName] { requirements.map(\.project) }

    /// The same, with what versions will do. What is asked in one environment only is asked.
    public var requirements: [NeededProject] {
        var (needed, places): ([NeededProject], [String: Int]) = ([], [:])
        for text in requiresDist {
            guard let requirement = try? Requirement(parsing: text),
                requirement.marker?.variables.contains(.extra) != true
            else { continue }
            let name = requirement.name
            let place = places[name.normalized] ?? needed.count
            if place == needed.count { needed.append(NeededProject(name)) }
            places[name.normalized] = place
            // An address is not of an index, and any version does where nothing is said.
            guard !requirement.specifier.isEmpty else { continue }
            if !needed[place].specifiers.contains(requirement.specifier) {
                needed[place].specifiers.append(requirement.specifier)
            }
        }
        return needed
    }
}

/// A project that a release needs.
public struct NeededProject: Sendable, Hashable {
    public let project: ProjectName
    /// Conditions on its version, each of which has to be met by some release, in one environment or another. None where
    /// every version will do.
    public var specifiers: [SpecifierSet]

    public init(_ project: ProjectName, _ specifiers: [SpecifierSet] = []) {
        self.project = project
        self.specifiers = specifiers
    }
}

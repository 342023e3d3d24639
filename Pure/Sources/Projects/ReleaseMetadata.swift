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
    public var needs: [ProjectName] {
        var known: Set<String> = []
        return requiresDist.compactMap { text in
            guard let requirement = try? Requirement(parsing: text),
                requirement.marker?.variables.contains(.extra) != true,
                known.insert(requirement.name.normalized).inserted
            else { return nil }
            return requirement.name
        }
    }
}

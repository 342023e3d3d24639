import Model
import PackagingFormats

extension ReleaseMetadata {
    /// What the index shows of a release, out of the metadata of one of its files.
    ///
    /// Texts are shown as they were written. What could not be understood (in files that are older than the rules) is
    /// left out where others would have to understand it too.
    public init(_ metadata: CoreMetadata) {
        self.init()
        metadataVersion = metadata.metadataVersion.rawValue
        summary = Self.said(metadata.summary)
        description = Self.said(metadata.description)
        descriptionContentType = metadata.descriptionContentType.flatMap { _ in
            Self.said(metadata.raw.text(.descriptionContentType))
        }
        keywords = Self.said(metadata.keywords.joined(separator: ","))
        homePage = Self.said(metadata.homePage)
        downloadURL = Self.said(metadata.downloadURL)
        author = Self.said(metadata.author)
        authorEmail = Self.said(metadata.authorEmail)
        maintainer = Self.said(metadata.maintainer)
        maintainerEmail = Self.said(metadata.maintainerEmail)
        license = Self.said(metadata.license)
        licenseExpression = metadata.licenseExpression?.normalized
        licenseFiles = metadata.licenseFiles
        classifiers = metadata.classifiers.filter { !$0.isEmpty }
        platforms = metadata.platforms.compactMap(Self.said)
        requiresPython = metadata.requiresPython.flatMap { $0.isEmpty ? nil : metadata.raw.text(.requiresPython) }
        requiresDist = metadata.requiresDist.isEmpty ? [] : metadata.raw.list(.requiresDist) ?? []
        providesExtra = metadata.providesExtra.map(\.display)
        projectURLs = metadata.projectURLs.map { ProjectURL(label: $0.label, url: $0.url) }
        dynamic = metadata.dynamic.map(\.header)
    }

    /// Nil for nothing, and for `UNKNOWN`, which distutils wrote for what it was not told.
    private static func said(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text != "UNKNOWN" else { return nil }
        return text
    }
}

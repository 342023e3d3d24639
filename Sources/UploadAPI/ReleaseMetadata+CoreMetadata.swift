import Bytes
import PackagingFormats
import Projects

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
        homePage = Self.said(metadata.homePage).flatMap { $0.isSafeToFollow ? $0 : nil }
        downloadURL = Self.said(metadata.downloadURL).flatMap { $0.isSafeToFollow ? $0 : nil }
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
        projectURLs = metadata.projectURLs.filter(\.url.isSafeToFollow).map { ProjectURL(label: $0.label, url: $0.url) }
        dynamic = metadata.dynamic.map(\.header)
    }

    /// Nil for nothing, and for `UNKNOWN`, which distutils wrote for what it was not told.
    private static func said(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text != "UNKNOWN" else { return nil }
        return text
    }
}

extension String {
    /// Whether following a link to the text runs nothing, and reads nothing of the reader's machine: it has a scheme of
    /// the web and its like, or none, as in `www.example.org`. Uploads take nothing but http and https; old files say
    /// anything, `javascript:` too, and programs make links of what the JSON API says.
    var isSafeToFollow: Bool {
        // Browsers pass over blanks and control characters before a scheme, and over some within it.
        var text = ""
        for scalar in unicodeScalars where !scalar.properties.isWhitespace {
            switch scalar.properties.generalCategory {
            case .control, .format: break
            default: text.unicodeScalars.append(scalar)
            }
        }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let scheme = text[..<colon].lowercased()
        // A dot makes a host of it: `www.example.org:8080`.
        let isScheme =
            !scheme.isEmpty
            && scheme.utf8.allSatisfy { $0.isASCIIAlphanumeric || "+-".utf8.contains($0) }
        return !isScheme || ["http", "https", "ftp", "ftps", "git", "svn", "mailto", "irc"].contains(scheme)
    }
}

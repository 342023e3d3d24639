import Bytes
import PackagingFormats
import Projects

/// What an index notes of a project so that it is found: made when the project changes, so that a search has nothing to
/// take apart.
public struct SearchEntry: Sendable, Hashable {
    /// The name, in the form in which names are compared.
    public let name: String
    /// The words of the name, and all of them as one.
    public let nameWords: String
    public let keywords: String
    public let summary: String
    /// The words of what it is about by its classifiers.
    public let topics: String
    /// Words of the long description that are in none of the others.
    public let description: String
    /// What filters ask for, each a word that no text has.
    public let facets: String

    /// What a project says by the release that is shown first.
    public init(_ name: ProjectName, _ metadata: ReleaseMetadata) {
        self.name = name.normalized
        let parts = SearchWords.words(of: name.normalized)
        let joined = parts.joined()
        nameWords = (parts.contains(joined) ? parts : parts + [joined]).joined(separator: " ")
        func words(_ text: String?, _ limit: Int) -> [String] { SearchWords.words(of: text ?? "", limit: limit) }
        let keywords = words(metadata.keywords, 100)
        let summary = words(metadata.summary, 100)
        let topics = words(
            metadata.classifiers.filter { $0.hasPrefix("Topic ::") || $0.hasPrefix("Framework ::") }
                .flatMap { $0.split(separator: " :: ").dropFirst() }.joined(separator: " "), 100)
        let said = Set(parts + keywords + summary + topics)
        // The beginning says what it is; what follows says everything.
        let beginning = String(String.UnicodeScalarView((metadata.description ?? "").unicodeScalars.prefix(20_000)))
        self.keywords = keywords.joined(separator: " ")
        self.summary = summary.joined(separator: " ")
        self.topics = topics.joined(separator: " ")
        description = words(beginning, 1_500).filter { !said.contains($0) }.joined(separator: " ")
        facets = SearchFacets.words(of: metadata).joined(separator: " ")
    }

    /// What ranking looks at, in lines: the name, its words, keywords, summary, topics.
    public var rankedText: String { [name, keywords, summary, topics].joined(separator: "\n") }

    /// What is said in short, word by word: all that is in the text by which a project is ranked. One may come twice.
    static func words(ofRanked text: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let parts = lines[0].split(separator: "-")
        return parts + (parts.count > 1 ? [Substring(parts.joined())] : [])
            + lines.dropFirst().flatMap { $0.split(separator: " ") }
    }

    /// Every word of it, once each or more: what an engine looks through when what is said in short is not enough.
    public var allWords: String { [nameWords, keywords, summary, topics, description].joined(separator: " ") }
}

/// What filters ask for, as words of an index: letters and digits, and no word of a language among them.
public enum SearchFacets {
    /// All that a release is.
    static func words(of metadata: ReleaseMetadata) -> [String] {
        var words: Set<String> = []
        for classifier in metadata.classifiers {
            // What is below a classifier is one of it.
            var parts = classifier.split(separator: " :: ", omittingEmptySubsequences: false)[...]
            while !parts.isEmpty {
                words.insert(classifierWord(parts.joined(separator: " :: ")))
                parts.removeLast()
            }
        }
        let specifiers = metadata.requiresPython.flatMap { try? SpecifierSet(parsing: $0) }
        for series in PythonSeries.all where specifiers.map(series.isAdmitted) ?? true { words.insert(word(series)) }
        for license in licenses(of: metadata) { words.insert(licenseWord(license)) }
        return words.sorted()
    }

    /// What a project must have to pass filters.
    public static func words(asked filters: SearchFilters) -> [String] {
        [
            filters.classifier.map(classifierWord), filters.python.map(word), filters.license.map(licenseWord),
            filters.isCritical ? criticalWord : nil,
        ].compactMap(\.self)
    }

    /// What a critical project has, which no release says of itself.
    static let criticalWord = "qcritical"

    private static func classifierWord(_ classifier: String) -> String { "qc" + spelled(classifier) }
    private static func word(_ series: PythonSeries) -> String { "qp" + spelled(series.text) }
    private static func licenseWord(_ license: String) -> String { "ql" + spelled(license) }

    /// A text as one word: what is neither letter nor digit is written as its number.
    private static func spelled(_ text: String) -> String {
        text.utf8.reduce(into: "") { word, byte in
            if byte.isASCIIAlphanumeric, byte.asciiLowercased != UInt8(ascii: "x") {
                word.unicodeScalars.append(Unicode.Scalar(byte.asciiLowercased))
            } else {
                word += "x" + [byte].hexadecimal
            }
        }
    }

    /// Classifiers that a form offers: those that people look for. Any other one can be written.
    public static let offeredClassifiers = [
        "Development Status :: 5 - Production/Stable", "Environment :: Console", "Framework :: AsyncIO",
        "Framework :: Celery", "Framework :: Django", "Framework :: FastAPI", "Framework :: Flask",
        "Framework :: Jupyter",
        "Framework :: Matplotlib", "Framework :: Pydantic", "Framework :: Pytest", "Framework :: Scrapy",
        "Framework :: Sphinx", "Framework :: Trio", "Intended Audience :: Science/Research",
        "Operating System :: Microsoft",
        "Programming Language :: C", "Programming Language :: Cython",
        "Programming Language :: Python :: Free Threading", "Programming Language :: Rust", "Topic :: Communications",
        "Topic :: Database", "Topic :: Documentation", "Topic :: Education", "Topic :: Games/Entertainment",
        "Topic :: Home Automation", "Topic :: Internet :: WWW/HTTP", "Topic :: Multimedia :: Graphics",
        "Topic :: Multimedia :: Sound/Audio", "Topic :: Multimedia :: Video", "Topic :: Office/Business",
        "Topic :: Printing",
        "Topic :: Scientific/Engineering", "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Scientific/Engineering :: Bio-Informatics", "Topic :: Scientific/Engineering :: GIS",
        "Topic :: Scientific/Engineering :: Mathematics", "Topic :: Scientific/Engineering :: Visualization",
        "Topic :: Security", "Topic :: Security :: Cryptography", "Topic :: Software Development :: Build Tools",
        "Topic :: Software Development :: Quality Assurance", "Topic :: Software Development :: Testing",
        "Topic :: System :: Monitoring", "Topic :: System :: Networking", "Topic :: System :: Systems Administration",
        "Topic :: Terminals", "Topic :: Text Processing", "Typing :: Typed",
    ]

    // MARK: Licences

    /// The SPDX identifiers of a release's licence: of its expression, or of what classifiers or the old field say.
    public static func licenses(of metadata: ReleaseMetadata) -> [String] {
        if let text = metadata.licenseExpression, let expression = try? LicenseExpression(parsing: text) {
            return expression.licenses
        }
        let classified = metadata.classifiers.compactMap { byClassifier[$0] }
        if !classified.isEmpty { return classified }
        // Some write an identifier or an expression where the licence's name was wanted, and some the name.
        guard let text = metadata.license, text.utf8.count <= 100 else { return [] }
        if let expression = try? LicenseExpression(parsing: text) { return expression.licenses }
        return byName[text.lowercased()].map { [$0] } ?? []
    }

    /// Those that a form offers.
    public static let offeredLicenses = [
        "MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "GPL-3.0-or-later", "GPL-2.0-or-later",
        "LGPL-3.0-or-later",
        "AGPL-3.0-or-later", "MPL-2.0", "ISC", "PSF-2.0", "Unlicense",
    ]

    private static let byClassifier: [String: String] = Dictionary(
        uniqueKeysWithValues: [
            ("MIT License", "MIT"), ("Apache Software License", "Apache-2.0"), ("BSD License", "BSD-3-Clause"),
            ("ISC License (ISCL)", "ISC"), ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
            ("Python Software Foundation License", "PSF-2.0"), ("The Unlicense (Unlicense)", "Unlicense"),
            ("GNU General Public License v2 (GPLv2)", "GPL-2.0-only"),
            ("GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later"),
            ("GNU General Public License v3 (GPLv3)", "GPL-3.0-only"),
            ("GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"),
            ("GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"),
            ("GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"),
            ("GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later"),
            ("GNU Affero General Public License v3", "AGPL-3.0-only"),
            ("GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"),
            ("zlib/libpng License", "Zlib"), ("Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"),
        ].map { ("License :: OSI Approved :: \($0)", $1) })

    private static let byName: [String: String] = [
        "mit license": "MIT", "the mit license": "MIT", "apache 2.0": "Apache-2.0", "apache 2": "Apache-2.0",
        "apache license 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0", "apache-2": "Apache-2.0",
        "bsd": "BSD-3-Clause", "bsd license": "BSD-3-Clause", "new bsd": "BSD-3-Clause", "bsd 3-clause": "BSD-3-Clause",
        "gplv3": "GPL-3.0-only", "gplv3+": "GPL-3.0-or-later", "gplv2": "GPL-2.0-only", "lgplv3": "LGPL-3.0-only",
        "psf": "PSF-2.0", "mpl 2.0": "MPL-2.0", "isc license": "ISC",
    ]
}

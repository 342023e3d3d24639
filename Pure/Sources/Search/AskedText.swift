import Bytes
import Names
import PackagingFormats

/// What somebody typed into a search field, as what they mean by it: names of projects, or words.
///
/// People paste what they have at hand: a line of requirements, a command, an import, an address, the name of a file.
public struct AskedText: Sendable, Hashable {
    /// The projects that are named, as they would be written: one in most cases, several in a command; none where the
    /// text cannot be a name.
    public let names: [String]
    /// The words to look for.
    public let words: [String]
    /// Whether the text was read as something else than words, and is nothing but the names in it.
    public let isNamesOnly: Bool
    /// What was understood, to be shown in a field: names, or else words.
    public let understood: String

    /// How much of what was typed is looked at, in Unicode scalars.
    public static let longest = 200
    /// How many words are looked for.
    public static let mostWords = 12
    private static let mostNames = 5

    /// Reads anything; what says nothing has no names and no words.
    public init(_ text: some StringProtocol) {
        let cut = String(
            String.UnicodeScalarView(text.unicodeScalars.prefix(Self.longest).filter { !Self.isUnseen($0) }))
        let plain = Self.unquoted(cut)
        let found =
            Self.address(plain) ?? Self.filename(plain) ?? Self.command(plain) ?? Self.importLine(plain)
            ?? Self.requirement(plain)
        if let found {
            names = Array(found.prefix(Self.mostNames))
            words = SearchWords.words(of: names.joined(separator: " "), limit: Self.mostWords)
            isNamesOnly = true
            understood = names.joined(separator: " ")
        } else {
            // A name in which the separators are spaces, or nothing: `scikit learn`.
            words = SearchWords.words(of: plain, limit: Self.mostWords)
            let joined = plain.split(whereSeparator: \.isWhitespace).joined(separator: "-")
            names = Self.name(joined).map { [$0] } ?? []
            isNamesOnly = false
            understood =
                names.first { $0 == joined && !plain.contains(where: \.isWhitespace) } ?? words.joined(separator: " ")
        }
    }

    /// The words that say something: all of them where none does.
    public var tellingWords: [String] {
        let telling = words.filter { !SearchWords.empty.contains($0) }
        return telling.isEmpty ? words : telling
    }

    // MARK: What people paste

    /// `https://…/project/requests/`, `…/simple/requests/`, `github.com/psf/requests`.
    private static func address(_ text: String) -> [String]? {
        guard !text.contains(" ") else { return nil }
        let path: Substring
        if let scheme = text.range(of: "://") {
            path = text[scheme.upperBound...]
        } else if let host = text.split(separator: "/", maxSplits: 1).first, text.contains("/"), host.contains("."),
            !host.hasPrefix(".")
        {
            path = text[...]
        } else {
            return nil
        }
        let parts = path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").dropFirst().map {
            String(decoding: $0.utf8.percentDecoded().bytes, as: UTF8.self)
        }
        if let place = parts.firstIndex(where: { pages.contains($0.lowercased()) }), place + 1 < parts.count {
            return name(parts[place + 1]).map { [$0] }
        }
        guard let last = parts.last else { return nil }
        if let file = filename(last) { return file }
        // Owner and repository, and whatever follows.
        let repository = parts.count > 1 ? parts[1] : last
        return name(repository.hasSuffix(".git") ? String(repository.dropLast(4)) : repository).map { [$0] }
    }

    /// What stands before a project's name in addresses of indexes.
    private static let pages: Set<String> = ["project", "simple", "pypi", "p", "projects"]

    private static func filename(_ text: String) -> [String]? {
        guard text.utf8.contains(UInt8(ascii: "-")), let file = try? DistributionFilename(lenient: text) else {
            return nil
        }
        return [file.project.display]
    }

    /// `pip install "requests[socks]>=2" flask`, `uv add requests`, `python -m pip install -U requests`.
    private static func command(_ text: String) -> [String]? {
        var words = text.split(whereSeparator: \.isWhitespace)[...]
        while let first = words.first, first == "$" || first == "%" || first == "sudo" || first == "!" {
            words.removeFirst()
        }
        guard let program = words.popFirst().map({ $0.lowercased().trimmed(of: "!%") }), programs.contains(program),
            let verb = words.firstIndex(where: { verbs.contains($0.lowercased()) }), verb - words.startIndex <= 3
        else { return nil }
        var names: [String] = []
        var isValue = false
        for word in words[(verb + 1)...] {
            if word.hasPrefix("-") {
                isValue = optionsWithValue.contains(String(word))
            } else if isValue {
                isValue = false
            } else if let name = requirement(unquoted(String(word)))?.first ?? name(unquoted(String(word))) {
                names.append(name)
            }
        }
        return names.isEmpty ? nil : names
    }

    private static let programs: Set<String> = [
        "pip", "pip3", "pipx", "pipenv", "python", "python3", "py", "uv", "uvx", "poetry", "pdm", "hatch", "conda",
        "mamba",
        "easy_install", "rye",
    ]
    private static let verbs: Set<String> = ["install", "add", "download", "uninstall", "show", "inject", "run"]
    private static let optionsWithValue: Set<String> = [
        "-r", "-c", "-i", "-f", "-t", "--requirement", "--constraint", "--index-url", "--extra-index-url",
        "--find-links",
        "--target", "--python", "--index", "--group", "--proxy", "--trusted-host", "-p",
    ]

    /// `import requests`, `from requests.auth import HTTPBasicAuth`.
    private static func importLine(_ text: String) -> [String]? {
        let words = text.split(whereSeparator: \.isWhitespace)
        let module: Substring
        if words.count >= 2, words[0] == "import" {
            module = words[1].prefix { $0 != "," && $0 != ";" }
        } else if words.count >= 3, words[0] == "from", words[2] == "import" {
            module = words[1]
        } else {
            return nil
        }
        if let project = LikelyNames.project(ofModule: module) { return [project] }
        return name(module.split(separator: ".").first.map(String.init) ?? "").map { [$0] }
    }

    /// `requests[socks]==1.0; python_version < "3.9"`, `requests @ https://…`: a name with something behind it.
    private static func requirement(_ text: String) -> [String]? {
        guard let end = text.firstIndex(where: { "[=<>~!;@(".contains($0) }), end > text.startIndex else { return nil }
        let before = text[..<end].trimmed(of: " \t")
        guard !before.contains(where: \.isWhitespace) else { return nil }
        return name(before).map { [$0] }
    }

    private static func name(_ text: String) -> String? {
        let edges = text.trimmed(of: "-_.")
        return (try? ProjectName(parsing: edges))?.display
    }

    /// Without the quotes and the punctuation around it.
    private static func unquoted(_ text: String) -> String { text.trimmed(of: " \t\r\n\"'`“”‘’«»,;:?*") }

    /// Control characters, and those that turn the direction of writing or are not seen.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x20 { return ![0x09, 0x0A, 0x0D].contains(scalar.value) }
        return [.control, .format, .privateUse, .surrogate, .unassigned].contains(scalar.properties.generalCategory)
    }
}

extension StringProtocol {
    fileprivate func trimmed(of characters: String) -> String {
        guard let first = firstIndex(where: { !characters.contains($0) }),
            let last = lastIndex(where: { !characters.contains($0) })
        else { return "" }
        return String(self[first...last])
    }

    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}

import Bytes
import PackagingFormats

/// A file that a lock file names.
public struct LockedFile: Sendable, Hashable {
    /// The project's name, as it is written.
    public let name: ProjectName
    public let version: Version
    /// In lower-case hexadecimal.
    public let sha256: String
    /// What it is called; nil where the lock says its digest alone.
    public let filename: String?
    /// Where it is; nil where the lock does not say.
    public let url: String?

    /// A file that is locked.
    public init(name: ProjectName, version: Version, sha256: String, filename: String?, url: String?) {
        self.name = name
        self.version = version
        self.sha256 = sha256
        self.filename = filename
        self.url = url
    }
}

/// What lock files there are.
public enum LockFile: Sendable {
    /// `uv.lock`
    case uv
    /// `pylock.toml` and `pylock.NAME.toml` (PEP 751).
    case pylock
    /// `requirements.txt` with a hash for each file.
    case requirements

    /// The kind of a file, by its name.
    public init(filename: String) {
        if filename == "uv.lock" {
            self = .uv
        } else if filename == "pylock.toml" || (filename.hasPrefix("pylock.") && filename.hasSuffix(".toml")) {
            self = .pylock
        } else {
            self = .requirements
        }
    }

    /// The files that a lock file names, each once, in its order.
    public func files(in text: String) throws(InvalidLockFile) -> [LockedFile] {
        let files =
            switch self {
            case .uv: try LockFileReader.uv(text)
            case .pylock: try LockFileReader.pylock(text)
            case .requirements: try LockFileReader.requirements(text)
            }
        var seen: Set<LockedFile> = []
        return files.filter { seen.insert($0).inserted }
    }
}

/// Why a lock file cannot be checked.
public enum InvalidLockFile: Error, Hashable, Sendable, CustomStringConvertible {
    case toml(InvalidTOML)
    /// A file of this package has no SHA-256, or something that cannot be read.
    case package(String)
    /// A line of requirements that pins no version, has no hash, or names an address.
    case line(Int)
    /// It names no file.
    case empty

    public var description: String {
        switch self {
        case .toml(let failure): failure.description
        case .package(let name): "the package '\(name)' has a file without a SHA-256, or without a name and version"
        case .line(let number): "line \(number) does not say NAME==VERSION --hash=sha256:DIGEST"
        case .empty: "no file of an index is named in it"
        }
    }
}

private enum LockFileReader {
    /// Each package has an sdist, wheels, or both; one that comes from a folder, an address or a repository has no index.
    static func uv(_ text: String) throws(InvalidLockFile) -> [LockedFile] {
        try files(in: text, list: "package") { package in
            guard package["source"]?.table?["registry"] != nil else { return nil }
            return (package["sdist"].map { [$0] } ?? []) + (package["wheels"]?.array ?? [])
        } digest: { file in
            file["hash"]?.string.flatMap { $0.hasPrefix("sha256:") ? String($0.dropFirst(7)) : nil }
        }
    }

    /// PEP 751. A package of a folder, an archive's address or a repository is not an index's.
    static func pylock(_ text: String) throws(InvalidLockFile) -> [LockedFile] {
        try files(in: text, list: "packages") { package in
            guard ["vcs", "directory", "archive"].allSatisfy({ package[$0] == nil }) else { return nil }
            return (package["sdist"].map { [$0] } ?? []) + (package["wheels"]?.array ?? [])
        } digest: { file in
            file["hashes"]?.table?["sha256"]?.string
        }
    }

    private static func files(
        in text: String, list: String, listed: ([String: TOML]) -> [TOML]?, digest: ([String: TOML]) -> String?
    ) throws(InvalidLockFile) -> [LockedFile] {
        let document: TOML
        do throws(InvalidTOML) { document = try TOML(parsing: text) } catch { throw .toml(error) }
        var files: [LockedFile] = []
        for package in document.table?[list]?.array ?? [] {
            guard let package = package.table, let listed = listed(package) else { continue }
            let text = package["name"]?.string ?? ""
            guard let name = try? ProjectName(parsing: text), let written = package["version"]?.string,
                let version = try? Version(parsing: written)
            else { throw .package(text) }
            for file in listed {
                guard let file = file.table, let sha256 = digest(file), isDigest(sha256) else { throw .package(text) }
                let url = file["url"]?.string
                let filename = file["name"]?.string ?? (url ?? file["path"]?.string).flatMap(lastElement)
                files.append(
                    LockedFile(name: name, version: version, sha256: sha256, filename: filename, url: url))
            }
        }
        guard !files.isEmpty else { throw .empty }
        return files
    }

    /// As `pip install --require-hashes` reads it: a pinned version and its hashes, over as many lines as end in `\`.
    static func requirements(_ text: String) throws(InvalidLockFile) -> [LockedFile] {
        var files: [LockedFile] = []
        var (joined, first): (String, Int) = ("", 0)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.hasSuffix("\r") ? line.dropLast() : line
            if joined.isEmpty { first = number + 1 }
            if line.hasSuffix("\\") {
                joined += line.dropLast() + " "
                continue
            }
            files += try requirement(joined + line, line: first)
            joined = ""
        }
        if !joined.isEmpty { files += try requirement(joined, line: first) }
        guard !files.isEmpty else { throw .empty }
        return files
    }

    private static func requirement(_ line: String, line number: Int) throws(InvalidLockFile) -> [LockedFile] {
        let comment = line.hasPrefix("#") ? line.startIndex : line.firstRange(of: " #")?.lowerBound
        let words = line[..<(comment ?? line.endIndex)].split { $0 == " " || $0 == "\t" }
        guard let word = words.first else { return [] }
        // Where the files come from decides nothing: digests are what is checked.
        let harmless = ["--index-url", "--extra-index-url", "-i", "--find-links", "-f", "--trusted-host"]
        if word.hasPrefix("-") {
            let option = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? ""
            guard
                harmless.contains(option)
                    || ["--require-hashes", "--pre", "--no-binary", "--only-binary"].contains(option)
            else { throw .line(number) }
            return []
        }
        let pin = word.split(separator: "==", maxSplits: 1, omittingEmptySubsequences: false)
        // Extras stand behind the name, a marker behind the version.
        let name = pin[0].prefix { $0 != "[" }
        let hashes = words.filter { $0.hasPrefix("--hash=") }
        guard pin.count == 2, let version = try? Version(parsing: String(pin[1].prefix { $0 != ";" })),
            let name = try? ProjectName(parsing: String(name)), !hashes.isEmpty
        else { throw .line(number) }
        return try hashes.map { hash throws(InvalidLockFile) in
            let sha256 = hash.hasPrefix("--hash=sha256:") ? String(hash.dropFirst(14)) : ""
            guard isDigest(sha256) else { throw .line(number) }
            return LockedFile(name: name, version: version, sha256: sha256, filename: nil, url: nil)
        }
    }

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy("0123456789abcdef".utf8.contains)
    }

    private static func lastElement(_ address: String) -> String? {
        let path = address.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").last.map { String(decoding: $0.utf8.percentDecoded().bytes, as: UTF8.self) }
    }
}

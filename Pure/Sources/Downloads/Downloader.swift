import Bytes

/// The program that fetches a file, as it calls itself.
public struct Installer: Hashable, Sendable {
    /// One of the names in `DownloaderRules`: `pip`, never a name that a client made up.
    public let name: String
    /// Letters, digits and `.+!_-`, at most 32 of them and a digit first; empty when it says none, or another.
    public let version: String

    /// An installer of this name, without a version when `version` is not of that form.
    public init(name: String, version: some StringProtocol) {
        self.name = name
        self.version = Self.isVersion(version.utf8) ? String(version) : ""
    }

    /// Longest version that is kept.
    public static let maximumVersionLength = 32

    /// A User-Agent is what a stranger writes: pages, charts and the database shall not have to fear it.
    private static func isVersion(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, first.isASCIIDigit, text.count <= maximumVersionLength else {
            return false
        }
        return text.allSatisfy { $0.isASCIIAlphanumeric || ".+!_-".utf8.contains($0) }
    }
}

/// Who fetches a file, as far as counting goes.
public enum Downloader: Hashable, Sendable {
    /// A program that installs it, for a person or a build.
    case installer(Installer)
    /// A mirror or a cache: one download on behalf of nobody or of many, so counted apart.
    case mirror(Installer)
    /// A browser, a crawler, a library, or nobody we know: not counted.
    case other
}

/// Which User-Agents are installers, and which are mirrors.
///
/// Both lists are the operator's to change. They are what the public counts of PyPI (its "linehaul" rules) recognise,
/// with two departures: general HTTP libraries, downloaders and browsers are not installers here, and twine, which only
/// uploads, is not either.
public struct DownloaderRules: Sendable {
    /// From the product at the start of the User-Agent, in lower case, to the name that is counted.
    public var installers: [String: String] = [
        "pip": "pip", "uv": "uv", "poetry": "poetry", "pdm": "pdm", "unearth": "pdm", "pipx": "pipx", "hatch": "hatch",
        "pex": "pex", "rye": "rye", "pixi": "pixi", "maturin": "maturin", "setuptools": "setuptools",
        "distribute": "distribute", "conda": "conda", "mamba": "mamba", "micromamba": "mamba", "libmamba": "mamba",
        "bazel": "Bazel", "homebrew": "Homebrew",
        // What ports and packages of operating systems fetch with.
        "libfetch": "OS", "fetch": "OS", "openbsd": "OS", "macports": "OS", "netbsd-ftp": "OS", "slapt-get": "OS",
        "pypi-install": "OS", "slackrepo": "OS", "ptxdist": "OS", "garstow": "OS", "xbps": "OS",
    ]

    /// The same for mirrors and caches. Wins over `installers`.
    public var mirrors: [String: String] = [
        "bandersnatch": "bandersnatch", "z3c.pypimirror": "z3c.pypimirror", "pep381client": "pep381client",
        "pep381client-proxy": "pep381client", "devpi-server": "devpi", "devpi-mirror": "devpi",
        "artifactory": "Artifactory", "nexus": "Nexus", "proxpi": "proxpi", "pulpcore": "Pulp",
        "pypicloud": "pypicloud", "proget": "ProGet",
    ]

    public init() {}

    /// Changes the list of installers: `acme-pip=pip, acme-tool, -conda` takes `acme-pip` for pip, `acme-tool` for one
    /// of its own, and conda for none any more.
    public mutating func changeInstallers(_ text: String) throws(InvalidDownloaderList) {
        installers = try Self.changed(installers, by: text)
    }

    /// The same for mirrors.
    public mutating func changeMirrors(_ text: String) throws(InvalidDownloaderList) {
        mirrors = try Self.changed(mirrors, by: text)
    }

    private static func changed(
        _ list: [String: String], by text: String
    ) throws(InvalidDownloaderList) -> [String: String] {
        var list = list
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = item.split(separator: " ")
            guard words.count == 1, let word = words.first, word.utf8.count <= 64 else {
                throw InvalidDownloaderList(item: String(item))
            }
            if word.hasPrefix("-") {
                guard list.removeValue(forKey: word.dropFirst().lowercased()) != nil else {
                    throw InvalidDownloaderList(item: String(item))
                }
                continue
            }
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count <= 2, let product = parts.first, let name = parts.last, isToken(product), isToken(name)
            else { throw InvalidDownloaderList(item: String(item)) }
            list[product.lowercased()] = String(name)
        }
        return list
    }

    /// A product as a User-Agent can name it (RFC 9110, section 5.6.2), without what means something in the list.
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || ".-_+".utf8.contains($0) }
    }

    /// Who sends this User-Agent: the product that it begins with and its version (RFC 9110, section 10.1.5). What pip,
    /// uv and Hatch add as JSON says the same again.
    ///
    /// Looks at three words of at most 64 bytes, and allocates nothing for names and versions that are as short as they
    /// are in practice: a `String` holds 15 bytes in itself.
    public func downloader(userAgent: String?) -> Downloader {
        guard let userAgent else { return .other }
        var words = Words(rest: Substring(userAgent))
        var product = words.next()
        var next = words.next()
        // setuptools and its fork distribute have named Python's library before themselves.
        if product.hasPrefix("Python-urllib/") {
            guard next.hasPrefix("setuptools/") || next.hasPrefix("distribute/"), words.next().isEmpty else {
                return .other
            }
            product = next
            next = ""
        }
        let slash = product.utf8.firstIndex(of: UInt8(ascii: "/"))
        let key = product[..<(slash ?? product.endIndex)].lowercased()
        var version = slash.map { product[product.utf8.index(after: $0)...] } ?? ""
        // `Bazel/release 7.1.0`, and bandersnatch's second form, `bandersnatch 6.8.0 …`.
        if version.isEmpty || version == "release" { version = next }

        if let mirror = mirrors[key] { return .mirror(Installer(name: mirror, version: version)) }
        guard let installer = installers[key] else { return .other }
        return .installer(Installer(name: installer, version: installer == "OS" ? "" : version))
    }
}

/// What was given to change a list of installers or mirrors is no change of it.
public struct InvalidDownloaderList: Error, Equatable {
    /// The item that could not be read.
    public let item: String
}

/// What stands between spaces, word by word; empty when there is no more, or none of a sensible length.
private struct Words {
    var rest: Substring

    mutating func next() -> Substring {
        let end = rest.utf8.prefix(65).firstIndex(of: UInt8(ascii: " "))
        guard let end = end ?? (rest.utf8.count <= 64 ? rest.endIndex : nil) else {
            rest = ""
            return ""
        }
        defer { rest = rest[end...].utf8.isEmpty ? "" : rest[rest.utf8.index(after: end)...] }
        return rest[..<end]
    }
}

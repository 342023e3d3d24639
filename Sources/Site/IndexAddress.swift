import Bytes
import PackagingFormats

/// The address of this index, and what clients are told to type to use it.
struct IndexAddress: Sendable {
    /// Without a slash at its end.
    let base: String

    init(baseURL: String) {
        let end = baseURL.lastIndex { $0 != "/" }
        base = end.map { String(baseURL[...$0]) } ?? ""
    }

    var simple: String { base + "/simple/" }
    var upload: String { base + "/legacy/" }

    /// The host's name, and whether the connection to it is open to anyone on the way. pip refuses such a host unless
    /// it is this machine or named as trusted.
    private var untrustedHost: String? {
        guard base.hasPrefix("http://") else { return nil }
        let authority = base.dropFirst("http://".count).prefix { $0 != "/" }
        if authority.hasPrefix("[") { return authority.hasPrefix("[::1]") ? nil : String(authority) }
        let host = authority.prefix { $0 != ":" }
        return host == "localhost" || host.hasPrefix("127.") ? nil : String(host)
    }

    /// The commands that install a project, in a version if one is named.
    func installCommands(for project: ProjectName, version: Version?) -> [Snippet] {
        let what = Self.shellWord(project.normalized + (version.map { "==\($0)" } ?? ""))
        let trust = untrustedHost.map { " --trusted-host \($0)" } ?? ""
        return [
            Snippet("install-pip", "pip", "pip install --index-url \(simple)\(trust) \(what)"),
            Snippet("install-uv", "uv", "uv pip install --index-url \(simple) \(what)"),
        ]
    }

    /// The commands that make this index the one that a client asks.
    var configurationCommands: [Snippet] {
        let trust = untrustedHost.map { "\npip config set global.trusted-host \($0)" } ?? ""
        return [
            Snippet("use-pip", "pip", "pip config set global.index-url \(simple)\(trust)"),
            Snippet("use-uv", "uv", "export UV_DEFAULT_INDEX=\(simple)"),
        ]
    }

    /// The commands that publish what was built.
    var publishCommands: [Snippet] {
        [
            Snippet("publish-twine", "twine", "twine upload --repository-url \(upload) -u __token__ dist/*"),
            Snippet("publish-uv", "uv", "uv publish --publish-url \(upload)"),
        ]
    }

    /// One word for a shell: an epoch's `!` means something to it.
    private static func shellWord(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._=-+".utf8.contains($0) }
        return isPlain ? word : "'\(word)'"
    }
}

/// A command to copy.
struct Snippet: Equatable {
    let snippetID: String
    /// Which tool it is for.
    let tool: String
    let command: String

    init(_ snippetID: String, _ tool: String, _ command: String) {
        self.snippetID = snippetID
        self.tool = tool
        self.command = command
    }
}

import Bytes
import PackagingFormats

/// The address of this index, and what clients are told to type to use it.
package struct IndexAddress: Sendable {
    /// Without a slash at its end.
    package let base: String

    package init(baseURL: String) {
        let end = baseURL.lastIndex { $0 != "/" }
        base = end.map { String(baseURL[...$0]) } ?? ""
    }

    /// As people say it: without `https://`.
    var host: String { base.firstRange(of: "://").map { String(base[$0.upperBound...]) } ?? base }
    package var simple: String { base + "/simple/" }
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
    package func installCommands(for project: ProjectName, version: Version?) -> [Snippet] {
        let what = Self.shellWord(project.normalized + (version.map { "==\($0)" } ?? ""))
        let trust = untrustedHost.map { " --trusted-host \($0)" } ?? ""
        return [
            Snippet("install-pip", "pip", "pip install --index-url \(simple)\(trust) \(what)"),
            Snippet("install-uv", "uv", "uv pip install --index-url \(simple) \(what)"),
        ]
    }

    /// The commands that make this index the one that a client asks.
    package var configurationCommands: [Snippet] {
        let trust = untrustedHost.map { "\npip config set global.trusted-host \($0)" } ?? ""
        return [
            Snippet("use-pip", "pip", "pip config set global.index-url \(simple)\(trust)"),
            Snippet("use-uv", "uv", "export UV_DEFAULT_INDEX=\(simple)"),
        ]
    }

    /// The commands that publish what was built.
    package var publishCommands: [Snippet] {
        [
            Snippet("publish-twine", "twine", "twine upload --repository-url \(upload) -u __token__ dist/*"),
            Snippet("publish-uv", "uv", "uv publish --publish-url \(upload)"),
        ]
    }

    /// What twine takes a token from in the shell.
    func twine(publishingWith token: String) -> Snippet {
        Snippet("token-twine", "twine", "export TWINE_USERNAME=__token__ TWINE_PASSWORD=\(token)")
    }

    /// What else takes a token: twine's file, `~/.pypirc`, and uv.
    func settings(publishingWith token: String) -> [Snippet] {
        [
            Snippet(
                "token-pypirc", ".pypirc",
                "[distutils]\nindex-servers = rind\n\n[rind]\nrepository = \(upload)\nusername = __token__\npassword = \(token)"
            ),
            Snippet("token-uv", "uv", "export UV_PUBLISH_URL=\(upload) UV_PUBLISH_TOKEN=\(token)"),
        ]
    }

    /// What installs with a token that reads the index as it was.
    func reading(with token: String) -> [Snippet] {
        let parts = base.split(separator: "://", maxSplits: 1)
        let signedIn = "\(parts.first ?? "https")://__token__:\(token)@\(parts.last ?? "")/simple/"
        return [
            Snippet("past-pip", "pip", "export PIP_INDEX_URL=\(signedIn)"),
            Snippet("past-uv", "uv", "export UV_DEFAULT_INDEX=\(signedIn)"),
        ]
    }

    /// One word for a shell: an epoch's `!` means something to it.
    private static func shellWord(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._=-+".utf8.contains($0) }
        return isPlain ? word : "'\(word)'"
    }
}

/// A command to copy.
package struct Snippet: Equatable, Sendable {
    let snippetID: String
    /// Which tool it is for.
    let tool: String
    let command: String

    package init(_ snippetID: String, _ tool: String, _ command: String) {
        self.snippetID = snippetID
        self.tool = tool
        self.command = command
    }
}

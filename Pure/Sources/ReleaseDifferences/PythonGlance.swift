import Bytes

/// What the words of a Python file say that it can do, read in one pass without understanding it: names in code, and
/// texts. Comments say nothing.
///
/// It is meant for comparing two releases, where what it overlooks in both does no harm. A scanner that follows values
/// finds more in one file.
struct PythonGlance {
    private(set) var uses: [CapabilityUse] = []
    private(set) var blobs: [EmbeddedBlob] = []
    /// Whether `cmdclass` is given a value.
    private(set) var namesCommandClass = false

    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    private var found: Set<Capability> = []
    /// What an import statement on this line takes names from: `os` in `from os import system`.
    private var source: String?
    private var isImporting = false
    private var depth = 0
    /// Where the last name is, as long as nothing but spaces and brackets came since; empty otherwise.
    private var lastPlace = 0..<0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        while place < bytes.count { step() }
    }

    private mutating func step() {
        let byte = bytes[place]
        switch byte {
        case UInt8(ascii: "#"):
            while place < bytes.count, bytes[place] != 0x0A { place += 1 }
        case 0x0A:
            line += 1
            place += 1
            if depth == 0 { endStatement() }
        case UInt8(ascii: ";"):
            place += 1
            endStatement()
        case UInt8(ascii: "\\"):
            place += 1
            if place < bytes.count, bytes[place] == 0x0A {
                line += 1
                place += 1
            }
        case UInt8(ascii: "\""), UInt8(ascii: "'"): readText(isRaw: false)
        case _ where byte.isASCIILetter || byte == UInt8(ascii: "_") || byte >= 0x80: readName()
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            depth += 1
            place += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            depth = max(0, depth - 1)
            place += 1
            lastPlace = 0..<0
        case 0x20, 0x09, 0x0D: place += 1
        default:
            place += 1
            lastPlace = 0..<0
        }
    }

    private mutating func endStatement() {
        source = nil
        isImporting = false
        lastPlace = 0..<0
    }

    private mutating func note(_ capability: Capability, _ evidence: String) {
        guard found.insert(capability).inserted else { return }
        uses.append(CapabilityUse(capability, line: line, evidence: evidence))
    }

    // MARK: Names

    private mutating func readName() {
        let start = place
        let isMember = start > 0 && bytes[start - 1] == UInt8(ascii: ".")
        while place < bytes.count, isNameByte(bytes[place]) || isDotInName() { place += 1 }
        if place < bytes.count, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'"),
            place - start <= 2, bytes[start..<place].allSatisfy({ Self.prefixes.contains($0.asciiLowercased) })
        {
            readText(isRaw: bytes[start..<place].contains { $0.asciiLowercased == UInt8(ascii: "r") })
            return
        }
        let previous = lastPlace
        lastPlace = start..<place
        guard isImporting || source != nil || Self.mayMatter(bytes[start..<place]) else { return }
        let name = lastName
        switch name {
        case "import":
            isImporting = true
        case "from": source = ""
        case "as": break
        default:
            if isImporting {
                imported(source.flatMap { $0.isEmpty ? nil : "\($0).\(name)" } ?? name)
            } else if source == "" {
                source = name
                imported(name)
            } else if !isMember {
                read(name, after: previous)
            } else if let method = Self.methods[name] {
                note(method, name)
            }
        }
    }

    private static let prefixes = Set("rbuft".utf8)

    private var lastName: String { String(decoding: bytes[lastPlace], as: UTF8.self) }

    /// Whether a name, or the part of it behind the last dot, is as long and begins and ends as one that means something:
    /// nearly all names do not, and need not become texts.
    private static func mayMatter(_ name: ArraySlice<UInt8>) -> Bool {
        if ends.contains(End(name)) { return true }
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return ends.contains(End(name[(dot + 1)...]))
    }

    private struct End: Hashable {
        let length: Int
        let first: UInt8
        let last: UInt8

        init(_ name: some BidirectionalCollection<UInt8>) {
            length = name.count
            first = name.first ?? 0
            last = name.last ?? 0
        }
    }

    private static let ends = Set(
        (Array(functions.keys) + Array(builtins.keys) + Array(methods.keys)
            + ["import", "from", "as", "cmdclass", "environ", "os.environ", "os.environ.items", "os.environ.values"])
            .map { End($0.utf8) })

    private func isNameByte(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || byte == UInt8(ascii: "_") || byte >= 0x80
    }
    private func isDotInName() -> Bool {
        bytes[place] == UInt8(ascii: ".") && place + 1 < bytes.count && !bytes[place + 1].isASCIIDigit
            && isNameByte(bytes[place + 1])
    }

    private mutating func imported(_ module: String) {
        for (capability, names) in Self.modules where Self.isPart(module, of: names) { note(capability, module) }
        if let capability = Self.functions[module] { note(capability, module) }
    }

    /// Whether a module is one of `names`, or in one of them.
    private static func isPart(_ module: String, of names: Set<String>) -> Bool {
        var end = module.endIndex
        while true {
            if names.contains(String(module[..<end])) { return true }
            guard let dot = module[..<end].lastIndex(of: ".") else { return false }
            end = dot
        }
    }

    private mutating func read(_ name: String, after previous: Range<Int>) {
        if name == "cmdclass", nextSign() == UInt8(ascii: "=") { namesCommandClass = true }
        let isCalled = nextSign() == UInt8(ascii: "(")
        if isCalled, let capability = Self.builtins[name] { note(capability, name) }
        // `def exec(…)` and `def compile(…)` define something else.
        if let capability = Self.functions[name] { note(capability, name) }
        if name.hasPrefix("os.environ") || name == "environ" { readEnvironment(name, after: previous) }
        if let dot = name.lastIndex(of: "."), let capability = Self.methods[String(name[name.index(after: dot)...])] {
            note(capability, name)
        }
    }

    /// `os.environ` as a whole: anything but one of its variables.
    private mutating func readEnvironment(_ name: String, after previous: Range<Int>) {
        guard name.hasSuffix("environ") else {
            if ["os.environ.items", "os.environ.values"].contains(name) { note(.environment, name) }
            return
        }
        let caller = String(decoding: bytes[previous], as: UTF8.self)
        if nextSign() == UInt8(ascii: ")"), ["dict", "str", "repr", "json.dumps", "list", "dumps"].contains(caller) {
            note(.environment, "\(caller)(\(name))")
        }
    }

    /// The next byte that is no space.
    private func nextSign() -> UInt8? { bytes[place...].first { $0 != 0x20 && $0 != 0x09 } }

    // MARK: Texts

    private mutating func readText(isRaw: Bool) {
        let quote = bytes[place]
        let begin = line
        let isLong = place + 2 < bytes.count && bytes[place + 1] == quote && bytes[place + 2] == quote
        place += isLong ? 3 : 1
        let start = place
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\\") {
                if place + 1 < bytes.count, bytes[place + 1] == 0x0A { line += 1 }
                place += 2
                continue
            }
            if byte == 0x0A {
                if !isLong { break }
                line += 1
            }
            if byte == quote {
                if !isLong { break }
                if place + 2 < bytes.count, bytes[place + 1] == quote, bytes[place + 2] == quote { break }
            }
            place += 1
        }
        let end = min(place, bytes.count)
        place = min(bytes.count, end + (isLong ? 3 : end < bytes.count && bytes[end] == quote ? 1 : 0))
        judgeText(bytes[start..<max(start, end)], isStatement: isLong && lastPlace.isEmpty && depth == 0, at: begin)
    }

    private mutating func judgeText(_ text: ArraySlice<UInt8>, isStatement: Bool, at begin: Int) {
        if isStatement, !Blob.isLikely(text) { return }
        let end = line
        line = begin
        defer { line = end }
        if text.count < 200 {
            if !lastPlace.isEmpty {
                let caller = lastName
                if caller.hasSuffix("__import__") || caller.hasSuffix("import_module") || caller.hasSuffix("getattr") {
                    imported(String(decoding: text, as: UTF8.self))
                }
            }
            notePlaces(text)
        } else if Blob.isLikely(text) {
            blobs.append(EmbeddedBlob(line: begin, length: text.count, fingerprint: Blob.fingerprint(text)))
        } else if text.count < 20_000 {
            // A program in a text: what it names counts.
            notePlaces(text)
        }
    }

    private mutating func notePlaces(_ text: ArraySlice<UInt8>) {
        for start in text.indices {
            for (capability, place) in Self.placesByFirst[Int(text[start])] where text[start...].starts(with: place) {
                note(capability, String(decoding: place, as: UTF8.self))
            }
        }
    }

    // MARK: What the words mean

    private static let modules: [(Capability, Set<String>)] = [
        (
            .network,
            [
                "urllib.request", "urllib2", "urllib3", "http.client", "httplib", "socket", "ssl", "ftplib", "smtplib",
                "telnetlib", "xmlrpc.client", "asyncio.open_connection", "requests", "httpx", "aiohttp", "websocket",
                "websockets", "paramiko", "pycurl", "httplib2", "tornado.httpclient", "telegram", "telebot", "discord",
                "dns.resolver", "niquests", "curl_cffi", "grpc", "socketio", "boto3", "botocore",
            ]
        ),
        (.execution, ["subprocess", "pty", "commands", "popen2", "pexpect", "sh", "plumbum"]),
        (.nativeCode, ["ctypes", "cffi", "_ctypes"]),
        (.dynamicCode, ["marshal", "runpy", "code", "codeop"]),
        (.decoding, ["base64", "binascii", "zlib", "lzma", "bz2", "codecs.decode"]),
        (.clipboard, ["pyperclip", "win32clipboard", "clipboard"]),
        (.credentials, ["browser_cookie3", "win32crypt", "secretstorage"]),
        (.persistence, ["winreg", "_winreg"]),
    ]

    private static let functions: [String: Capability] = [
        "os.system": .execution, "os.popen": .execution, "os.startfile": .execution, "os.execv": .execution,
        "os.execve": .execution, "os.execvp": .execution, "os.execvpe": .execution, "os.execl": .execution,
        "os.execle": .execution, "os.execlp": .execution, "os.spawnv": .execution, "os.spawnl": .execution,
        "os.posix_spawn": .execution, "os.fork": .execution, "os.forkpty": .execution,
        "asyncio.create_subprocess_exec": .execution, "asyncio.create_subprocess_shell": .execution,
        "types.CodeType": .dynamicCode, "types.FunctionType": .dynamicCode, "builtins.exec": .dynamicCode,
        "builtins.eval": .dynamicCode, "__builtins__.exec": .dynamicCode, "__builtins__.eval": .dynamicCode,
        "pickle.loads": .decoding, "bytes.fromhex": .decoding, "codecs.decode": .decoding, "os.chmod": .permission,
        "asyncio.open_connection": .network, "ImageGrab.grabclipboard": .clipboard, "os.setsid": .persistence,
    ]

    /// Only where they are called.
    private static let builtins: [String: Capability] = ["exec": .dynamicCode, "eval": .dynamicCode]

    /// Of any object.
    private static let methods: [String: Capability] = [
        "fromhex": .decoding, "b64decode": .decoding, "a85decode": .decoding, "b85decode": .decoding,
        "chmod": .permission, "urlopen": .network, "urlretrieve": .network, "clipboard_get": .clipboard,
        "create_subprocess_exec": .execution, "create_subprocess_shell": .execution,
    ]

    /// Parts of texts, by their first byte.
    private static let placesByFirst: [[(Capability, [UInt8])]] = {
        var byFirst = [[(Capability, [UInt8])]](repeating: [], count: 256)
        for (capability, texts) in places {
            for text in texts.map({ Array($0.utf8) }) { byFirst[Int(text[0])].append((capability, text)) }
        }
        return byFirst
    }()

    /// Parts of texts. `.netrc` and `.npmrc` are left out: clients of the network read them, and honest releases begin to.
    private static let places: [(Capability, [String])] = [
        (
            .credentials,
            [
                ".aws/credentials", ".aws/config", "169.254.169.254", "169.254.170.2", "metadata.google.internal",
                ".ssh/id_", "id_rsa", "id_ed25519", ".pypirc", ".git-credentials",
                ".docker/config.json", ".kube/config", "application_default_credentials", "wallet.dat",
                "Login Data", "logins.json", "Local State", ".gnupg", "/etc/shadow", "serviceaccount/token",
                "Local Storage/leveldb", "Local Storage\\\\leveldb", "Exodus", ".config/gcloud", ".azure/",
                "AWS_SECRET_ACCESS_KEY", "aws_secret_access_key", ".vault-token", ".bash_history", "keystore.json",
                "/.ssh", "Cookies.binarycookies", "key4.db", "GITHUB_TOKEN", "KEY_MNEMONIC",
            ]
        ),
        (
            .persistence,
            [
                "CurrentVersion\\\\Run", "CurrentVersion\\Run", "/etc/cron", "crontab", ".config/systemd/user",
                "/etc/systemd/system", "LaunchAgents", ".bashrc", ".zshrc", "Start Menu", "/etc/ld.so.preload",
                "schtasks",
            ]
        ),
        (
            .network,
            ["curl ", "wget ", "Invoke-WebRequest", "api.telegram.org", "discord.com/api/webhooks", "/dev/tcp/"]
        ),
    ]
}

/// Long texts that nobody wrote.
private enum Blob {
    /// In bytes: shorter ones are digests and keys.
    static let leastLength = 300

    /// Whether a text looks like encoded bytes: hardly a space, and the signs of base64, base85 or hexadecimal, or
    /// escapes in a row.
    static func isLikely(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= leastLength else { return false }
        let head = text.prefix(4_096)
        var (spaces, coded, escapes) = (0, 0, 0)
        for byte in head {
            if byte == 0x20 || byte == 0x09 { spaces += 1 }
            if byte == UInt8(ascii: "\\") { escapes += 1 }
            if byte.isASCIIAlphanumeric || [0x2B, 0x2F, 0x3D, 0x2D, 0x5F, 0x0A, 0x0D].contains(byte) { coded += 1 }
        }
        if escapes * 5 >= head.count { return true }
        guard spaces * 50 <= head.count else { return false }
        guard coded * 100 >= head.count * 99 || spaces == 0 && Entropy.bitsPerByte(of: head) > 5.6 else { return false }
        return Entropy.bitsPerByte(of: head) > 3.3 && !hasWords(head)
    }

    /// Lists of names have a line break or a sign that parts them now and then; encoded bytes have long runs of letters
    /// and digits in both cases.
    private static func hasWords(_ text: ArraySlice<UInt8>) -> Bool {
        let (upper, digits) = text.reduce(into: (0, 0)) { counts, byte in
            if byte.isASCIIDigit { counts.1 += 1 }
            if byte.isASCIILetter, byte != byte.asciiLowercased { counts.0 += 1 }
        }
        return digits * 50 < text.count && upper * 10 < text.count
    }

    /// FNV-1a.
    static func fingerprint(_ text: ArraySlice<UInt8>) -> UInt64 {
        text.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

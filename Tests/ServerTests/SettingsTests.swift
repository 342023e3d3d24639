import Accounts
import Foundation
import Mail
import Policy
import Projects
import Server
import Testing

@Suite("The settings") struct SettingsTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")

    func read(
        flags: [SettingName: String] = [:], environment: [String: String] = [:], file: String? = nil
    ) async throws -> Settings {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if let file { try file.write(to: folder.appending(path: "rind.yaml"), atomically: true, encoding: .utf8) }
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await Settings.read(data: folder.path, flags: flags, environment: environment, file: nil)
    }

    @Test("serve without any of them given")
    func defaults() async throws {
        let settings = try await read()
        #expect(settings.host == "127.0.0.1" && settings.port == 8080)
        #expect(settings.database == "\(folder.path)/index.sqlite")
        #expect(settings.blobs == "\(folder.path)/blobs")
        #expect(settings.keys == "\(folder.path)/keys.json")
    }

    @Test("are taken from the flag, then the variable, then the file")
    func precedence() async throws {
        let settings = try await read(
            flags: [.port: "1"], environment: ["RIND_PORT": "2", "RIND_HOST": "::1"],
            file: "port: 3\nhost: 0.0.0.0\nmax-file-size: 5MB\nbase-url: https://packages.example.org/\n")
        #expect(settings.port == 1)
        #expect(settings.host == "::1")
        #expect(settings.limits.fileSize == 5_000_000)
        #expect(settings.baseURL == "https://packages.example.org")
    }

    @Test("say whose first factor can count at once; a word that is none of the three is a mistake")
    func evidence() async throws {
        #expect(try await read().accounts.rule.firstFactorEvidence == .on)
        for setting in FirstFactorEvidence.Setting.allCases {
            let settings = try await read(file: "first-factor-evidence: \"\(setting.rawValue)\"\n")
            #expect(settings.accounts.rule.firstFactorEvidence == setting)
        }
        await #expect(throws: SettingsMistakes.self) { try await read(flags: [.firstFactorEvidence: "never"]) }
    }

    @Test("say whether the edge serves, which it does unasked")
    func edge() async throws {
        #expect(try await read().hasEdge)
        #expect(try await !read(environment: ["RIND_EDGE": "off"]).hasEdge)
        await #expect(throws: SettingsMistakes.self) { try await read(flags: [.edge: "no"]) }
    }

    @Test("give the index a name of one line, short enough for every authenticator")
    func name() async throws {
        #expect(try await read().profile.name == nil)
        #expect(try await read(file: "name: Käse & Söhne\n").profile.name == "Käse & Söhne")
        #expect(try await read(flags: [.name: String(repeating: "x", count: 64)]).profile.name?.count == 64)
        for name in [String(repeating: "ä", count: 33), "two\nlines", " "] {
            await #expect(throws: SettingsMistakes.self) { try await read(flags: [.name: name]) }
        }
    }

    @Test("report all mistakes together, by name")
    func mistakes() async throws {
        let error = await #expect(throws: SettingsMistakes.self) {
            try await read(
                flags: [.port: "http", .maxFileSize: "0"],
                environment: ["RIND_BASE_URL": "packages.example.org", "RIND_PROT": "1", "RIND_DATABASE": "mysql://x"],
                file: "log-level: loud\nprot: 1\n")
        }
        let text = error?.description ?? ""
        for name in [
            "--port", "--max-file-size", "RIND_BASE_URL", "RIND_PROT", "--database", "--log-level", "prot in ",
        ] {
            #expect(text.contains(name), "\(name) is not in: \(text)")
        }
        #expect(error?.mistakes.count == 7)
    }

    // The columns are the point.
    // swift-format-ignore
    static let mailServers: [(smtp: String, tls: String?, host: String, port: Int, SMTPServer.Security)] = [
        ("smtp://mail.example.org",       nil,        "mail.example.org", 587, .startTLS),
        ("smtp://mail.example.org:25/",   "required", "mail.example.org", 25,  .startTLS),
        ("smtp://mail.example.org",       "none",     "mail.example.org", 587, .none),
        ("smtps://mail.example.org",      nil,        "mail.example.org", 465, .tls),
        ("smtp://localhost:25",           nil,        "localhost",        25,  .none),
        ("smtp://127.0.0.1:25",           nil,        "127.0.0.1",        25,  .none),
        ("smtp://[::1]:25",               nil,        "::1",              25,  .none),
        ("smtp://localhost:25",           "required", "localhost",        25,  .startTLS),
        ("smtp://127.example.org",        nil,        "127.example.org",  587, .startTLS),
    ]

    @Test("keep mail under TLS, but on loopback or where that is said", arguments: mailServers)
    func mailServer(
        smtp: String, tls: String?, host: String, port: Int, security: SMTPServer.Security
    ) async throws {
        var environment = ["RIND_SMTP": smtp, "RIND_BASE_URL": "https://packages.example.org"]
        environment["RIND_SMTP_TLS"] = tls
        let mail = try await read(environment: environment).mail
        #expect(mail.server == SMTPServer(host: host, port: port, security: security))
        #expect(mail.sender?.address.text == "rind@packages.example.org")
    }

    @Test("take the mail server's password from a file or a variable", arguments: [true, false])
    func mailPassword(isFile: Bool) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "password-\(UUID().uuidString)")
        try "hunter2\nnot this\n".write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let mail = try await read(
            flags: [.smtp: "smtp://rind%40example.org@mail.example.org", .mailFrom: "Packages <p@example.org>"],
            environment: isFile ? ["RIND_SMTP_PASSWORD_FILE": file.path] : ["RIND_SMTP_PASSWORD": "hunter2"]
        ).mail
        #expect(mail.server?.user == "rind@example.org" && mail.server?.password == Secret("hunter2"))
        #expect(mail.sender == MailSender(parsing: "Packages <p@example.org>"))
        #expect(!"\(mail)".contains("hunter2"))
    }

    static let mailMistakes: [([SettingName: String], [SettingName])] = [
        ([.smtp: "mail.example.org:25"], [.smtp]),
        ([.smtp: "http://mail.example.org"], [.smtp]),
        ([.smtp: "smtp://ada:hunter2@mail.example.org", .mailFrom: "a@example.org"], [.smtp]),
        ([.smtp: "smtp://ada@mail.example.org", .mailFrom: "a@example.org"], [.smtp]),
        ([.smtp: "smtp://mail.example.org", .mailFrom: "a@example.org", .smtpPassword: "hunter2"], [.smtp]),
        ([.smtp: "smtp://mail.example.org"], [.mailFrom]),
        ([.smtp: "smtp://mail.example.org", .baseURL: "http://192.0.2.1"], [.mailFrom]),
        ([.smtp: "smtps://mail.example.org", .smtpTLS: "none", .mailFrom: "nobody"], [.smtpTLS, .mailFrom]),
        ([.smtpTLS: "none", .smtpPassword: "hunter2"], [.smtpTLS, .smtpPassword]),
        (
            [.smtp: "smtp://mail.example.org", .mailFrom: "a@b.example", .smtpCAFile: "/nowhere", .smtpTLS: "often"],
            [.smtpTLS, .smtpCAFile]
        ),
        (
            [.smtp: "smtp://a@b.example", .mailFrom: "a@b.example", .smtpPasswordFile: "/nowhere"],
            [.smtpPasswordFile, .smtp]
        ),
    ]

    @Test("name every mistake about mail, and no password", arguments: mailMistakes)
    func mailMistake(flags: [SettingName: String], names: [SettingName]) async throws {
        let error = await #expect(throws: SettingsMistakes.self) { try await read(flags: flags) }
        let mistakes = error?.mistakes ?? []
        #expect(mistakes.map { $0.prefix { $0 != " " } } == names.map { $0.rawValue[...] })
        #expect(!mistakes.joined().contains("hunter2"))
    }

    @Test("are all in the documentation, and those that are flags in `rind serve`")
    func documented() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
        let manual = try String(contentsOf: root.appending(path: "docs/operating.md"), encoding: .utf8)
        let serve = try String(contentsOf: root.appending(path: "Sources/rind/Commands/Serve.swift"), encoding: .utf8)
        for name in SettingName.allCases {
            #expect(manual.contains("| `\(name.variable)` |"), "\(name.variable)")
            #expect(manual.contains("| `--\(name.rawValue)` |") == name.hasFlag, "--\(name.rawValue)")
            #expect(serve.contains("(.\(name), ") == name.hasFlag, "\(name)")
        }
    }

    @Test("take no list and no mapping in the file for a text, and say so beside the other mistakes")
    func listsInTheFile() async throws {
        let error = await #expect(throws: SettingsMistakes.self) {
            try await read(
                flags: [.host: "::1"],
                file: "host: [a, b]\nport:\n  - 1\n  - 2\nbase-url:\n  scheme: https\nlog-level: loud\nlog-format:\n")
        }
        let mistakes = error?.mistakes ?? []
        for name in ["host in ", "port in ", "base-url in ", "log-level ("] {
            #expect(mistakes.contains { $0.hasPrefix(name) }, "\(name) is not in: \(mistakes)")
        }
        #expect(mistakes.count == 4)
    }
}

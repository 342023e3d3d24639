import Foundation
import Identity
import PackagingFormats
import Projects
import Web

/// What an operator can choose. Every setting is a flag of `rind serve` (passwords excepted), a variable `RIND_…` or a
/// line of `rind.yaml`, in this order of precedence, and has a default that serves.
public struct Settings: Sendable {
    /// Where everything is, unless a setting says otherwise.
    public var data: String
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 lets the system choose.
    public var port: Int
    /// What people type before a path of this index, without the slash at the end; nil means the address listened on.
    public var baseURL: String?
    public var database: String
    /// The folder of files by digest.
    public var blobs: String
    /// The file of the keys that secrets in the database are encrypted with.
    public var keys: String
    /// How much is taken.
    public var limits: UploadLimits
    /// The least severe messages that are logged: trace, debug, info, notice, warning, error.
    public var logLevel: String
    /// How log lines look: `text` for people, `json` for programs.
    public var logFormat: String
    /// Bytes of rendered pages that are kept in memory.
    public var pageCacheSize: Int64
    /// Open connections at most, and those of one address; loopback is not counted by address.
    public var maxConnections: Int
    /// Open connections of one address at most.
    public var maxConnectionsPerAddress: Int
    /// Whether the index's own HTTP edge stands in front of Hummingbird.
    public var hasEdge: Bool
    /// Who may make an account on the web.
    public var registration: RegistrationPolicy
    /// The proxies that are believed when they say whom they speak for.
    public var trustedProxies: TrustedProxies
    /// Who may read the figures at `/metrics`.
    public var metrics: MetricsAccess
    /// How mail is sent.
    public var mail: MailSettings
    /// How downloads are counted.
    public var downloads: DownloadSettings
    /// What is asked of accounts.
    public var accounts: AccountSettings
}

extension Settings {
    /// The list of breached passwords, where there is one. It has no setting: it is made by a command that knows the
    /// data folder, and can be a link.
    public var breachedPasswords: String { "\(data)/breached-passwords" }
}

extension Settings {
    /// Reads the settings of a data folder.
    ///
    /// - Parameters:
    ///   - data: the data folder.
    ///   - flags: what was given on the command line.
    ///   - environment: the process's variables.
    ///   - file: the path of the settings file; nil means `rind.yaml` in the data folder, which may be missing.
    /// - Throws: `SettingsMistakes` with all of them.
    public static func read(
        data: String, flags: [SettingName: String], environment: [String: String], file: String?
    ) async throws -> Settings {
        var reader = try await SettingsReader(flags: flags, environment: environment, data: data, file: file)
        let baseURL = reader.baseURL()
        let mail = MailSettings(&reader, baseURL: baseURL)
        let settings = Settings(
            data: data,
            host: reader.text(.host) ?? "127.0.0.1",
            port: reader.number(.port, in: 0...65_535) ?? 8080,
            baseURL: baseURL,
            database: reader.path(.database, scheme: "sqlite") ?? "\(data)/index.sqlite",
            blobs: reader.path(.blobs, scheme: "file") ?? "\(data)/blobs",
            keys: reader.path(.keys, scheme: "file") ?? "\(data)/keys.json",
            limits: UploadLimits(
                fileSize: reader.size(.maxFileSize) ?? UploadLimits().fileSize,
                projectSize: reader.size(.maxProjectSize) ?? UploadLimits().projectSize,
                projectFiles: reader.number(.maxProjectFiles, in: 1...1_000_000) ?? UploadLimits().projectFiles,
                rules: UploadRules(&reader)),
            logLevel: reader.choice(.logLevel, of: ["trace", "debug", "info", "notice", "warning", "error"])
                ?? "info",
            logFormat: reader.choice(.logFormat, of: ["text", "json"]) ?? "text",
            pageCacheSize: reader.size(.pageCacheSize) ?? 32 << 20,
            maxConnections: reader.number(.maxConnections, in: 1...1_000_000) ?? 20_000,
            maxConnectionsPerAddress: reader.number(.maxConnectionsPerAddress, in: 1...1_000_000) ?? 512,
            hasEdge: reader.choice(.edge, of: ["on", "off"]) != "off",
            registration: reader.choice(.registration, of: RegistrationPolicy.allCases.map(\.rawValue))
                .flatMap(RegistrationPolicy.init(rawValue:)) ?? .open,
            trustedProxies: reader.proxies() ?? .none, metrics: MetricsAccess(&reader),
            mail: mail, downloads: DownloadSettings(&reader),
            accounts: AccountSettings(&reader, hasMailServer: mail.server != nil))
        guard reader.mistakes.isEmpty else {
            throw SettingsMistakes(mistakes: reader.mistakes, areOfFlags: reader.hasMistakenFlag)
        }
        return settings
    }
}

extension UploadRules {
    /// Reads what the settings say about kinds of files.
    fileprivate init(_ reader: inout SettingsReader) {
        self.init()
        func isAllowed(_ name: SettingName, _ usual: Bool) -> Bool {
            reader.choice(name, of: ["allow", "refuse"]).map { $0 == "allow" } ?? usual
        }
        takesLocalVersions = isAllowed(.localVersions, takesLocalVersions)
        takesZipSourceDistributions = isAllowed(.zipSourceDistributions, takesZipSourceDistributions)
        takesUnportableWheels = isAllowed(.unportableWheels, takesUnportableWheels)
        takesPrivateClassifiers = isAllowed(.privateClassifiers, takesPrivateClassifiers)
    }
}

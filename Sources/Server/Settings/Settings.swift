import Descriptions
import Foundation
import Identity
import Leaving
import PackagingFormats
import Policy
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
    /// The Python whose docutils and Pygments render descriptions; nil for none.
    public var python: String?
    /// Open connections at most, and those of one address; loopback is not counted by address.
    public var maxConnections: Int
    /// Open connections of one address at most.
    public var maxConnectionsPerAddress: Int
    /// Whether the index's own HTTP edge stands in front of Hummingbird.
    public var hasEdge: Bool
    /// Who may make an account on the web.
    public var registration: RegistrationPolicy
    /// What becomes of new names that are like those that others use.
    public var lookAlikes: LookAlikeSetting
    /// The proxies that are believed when they say whom they speak for.
    public var trustedProxies: TrustedProxies
    /// Who may read the figures at `/metrics`.
    public var metrics: MetricsAccess
    /// How mail is sent.
    public var mail: MailSettings
    /// What the index says of itself.
    public var profile: IndexProfile
    /// How downloads are counted.
    public var downloads: DownloadSettings
    /// What is asked of accounts.
    public var accounts: AccountSettings
    /// What can be removed at once, and how long a request waits.
    public var removals: RemovalRule
    /// The settings file, and every file and folder that a setting names: nothing else is written in their place.
    public var namedPaths: [String]
}

extension Settings {
    /// The list of breached passwords, where there is one. It has no setting: it is made by a command that knows the
    /// data folder, and can be a link.
    public var breachedPasswords: String { "\(data)/breached-passwords" }

    /// The folder of the verifiable log, as it is served. It has no setting: all of it can be made again from the database.
    public var log: String { "\(data)/log" }

    /// The policy (C2SP's tlog-policy) that names the logs whose checkpoints this index signs as a witness; there may be
    /// none.
    var witnessPolicy: String { "\(data)/witness.policy" }

    /// The policy that names the witnesses that are asked to sign the log of this index; there may be none.
    public var logPolicy: String { "\(data)/log.policy" }

    /// What the verifiable log is called from its first checkpoint on: where it is, without the scheme.
    ///
    /// - Parameter baseURL: where people find the index, without a slash at its end.
    static func logOrigin(baseURL: String) -> String {
        "\(baseURL.split(separator: "://", maxSplits: 1).last ?? "")/log"
    }

    /// The folder of descriptions that were rendered: what is in it may be thrown away.
    var rendered: String { "\(data)/rendered" }

    /// What renders descriptions, and keeps what it made; nil where the settings name no Python.
    func markupHelper(report: @escaping @Sendable (String) -> Void = { _ in }) -> MarkupHelper? {
        python.map { MarkupHelper(python: $0, folder: rendered, report: report) }
    }
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
            python: reader.python(),
            maxConnections: reader.number(.maxConnections, in: 1...1_000_000) ?? 20_000,
            maxConnectionsPerAddress: reader.number(.maxConnectionsPerAddress, in: 1...1_000_000) ?? 512,
            hasEdge: reader.choice(.edge, of: ["on", "off"]) != "off",
            registration: reader.choice(.registration, of: RegistrationPolicy.allCases.map(\.rawValue))
                .flatMap(RegistrationPolicy.init(rawValue:)) ?? .open,
            lookAlikes: reader.choice(.lookAlikes, of: LookAlikeSetting.allCases.map(\.rawValue))
                .flatMap(LookAlikeSetting.init(rawValue:)) ?? .report,
            trustedProxies: reader.proxies() ?? .none, metrics: MetricsAccess(&reader),
            mail: mail, profile: IndexProfile(&reader, contact: mail.contact), downloads: DownloadSettings(&reader),
            accounts: AccountSettings(&reader, hasMailServer: mail.server != nil), removals: RemovalRule(&reader),
            namedPaths: reader.namedPaths)
        guard reader.mistakes.isEmpty else {
            throw SettingsMistakes(mistakes: reader.mistakes, areOfFlags: reader.hasMistakenFlag)
        }
        return settings
    }
}

extension RemovalRule {
    /// Reads what the settings say about removals.
    fileprivate init(_ reader: inout SettingsReader) {
        let usual = RemovalRule.usual
        self.init(
            recentHours: reader.number(.removalRecentHours, in: Self.hours) ?? usual.recentHours,
            fewDownloads: reader.number(.removalFewDownloads, in: Self.downloads) ?? usual.fewDownloads,
            waitDays: reader.number(.removalWaitDays, in: Self.waits) ?? usual.waitDays,
            criticalWaitDays: reader.number(.removalCriticalWaitDays, in: Self.waits) ?? usual.criticalWaitDays,
            retentionDays: reader.number(.removalRetentionDays, in: Self.retentions) ?? usual.retentionDays)
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

import Configuration
import Foundation
import Identity
import PackagingFormats
import Projects
import SystemPackage
import Web

/// Names and meanings of the settings; flags, variables, file and documentation are made of it.
public enum SettingName: String, CaseIterable, Sendable {
    /// See `Settings`.
    case host, port
    /// See `Settings`.
    case baseURL = "base-url"
    /// See `IndexProfile`.
    case name, terms
    /// See `IndexProfile`.
    case securityContact = "security-contact"
    /// See `IndexProfile`.
    case securityExpires = "security-expires"
    /// See `Settings`.
    case database, blobs, keys
    /// See `Settings`.
    case maxFileSize = "max-file-size"
    /// See `Settings`.
    case maxProjectSize = "max-project-size"
    /// See `UploadRules`.
    case localVersions = "local-versions"
    /// See `UploadRules`.
    case zipSourceDistributions = "zip-sdists"
    /// See `UploadRules`.
    case unportableWheels = "unportable-wheels"
    /// See `UploadRules`.
    case privateClassifiers = "private-classifiers"
    /// See `Settings`.
    case maxProjectFiles = "max-project-files"
    /// See `Settings`.
    case logLevel = "log-level"
    /// See `Settings`.
    case logFormat = "log-format"
    /// See `Settings`.
    case pageCacheSize = "page-cache-size"
    /// See `Settings`.
    case python
    /// See `Settings`.
    case maxConnections = "max-connections"
    /// See `Settings`.
    case maxConnectionsPerAddress = "max-connections-per-address"
    /// See `Settings`.
    case edge
    /// See `Settings`.
    case registration
    /// See `Settings`.
    case lookAlikes = "look-alikes"
    /// See `AccountSettings`.
    case verifiedAddress = "verified-address"
    /// See `AccountSettings`.
    case firstFactorEvidence = "first-factor-evidence"
    /// See `AccountSettings`.
    case accountProjects = "account-projects"
    /// See `AccountSettings`.
    case accountFiles = "account-files"
    /// See `AccountSettings`.
    case accountBytes = "account-bytes"
    /// See `RemovalRule`.
    case removalRecentHours = "removal-recent-hours"
    /// See `RemovalRule`.
    case removalFewDownloads = "removal-few-downloads"
    /// See `RemovalRule`.
    case removalWaitDays = "removal-wait-days"
    /// See `RemovalRule`.
    case removalCriticalWaitDays = "removal-critical-wait-days"
    /// See `RemovalRule`.
    case removalRetentionDays = "removal-retention-days"
    /// See `Settings`.
    case trustedProxies = "trusted-proxies"
    /// See `MetricsAccess`.
    case metrics
    /// See `MetricsAccess`.
    case metricsTokenFile = "metrics-token-file"
    /// See `MailSettings`.
    case smtp
    /// See `MailSettings`.
    case smtpTLS = "smtp-tls"
    /// See `MailSettings`.
    case smtpPassword = "smtp-password"
    /// See `MailSettings`.
    case smtpPasswordFile = "smtp-password-file"
    /// See `MailSettings`.
    case smtpCAFile = "smtp-ca-file"
    /// See `MailSettings`.
    case mailFrom = "mail-from"
    /// See `MailSettings`.
    case contact
    /// See `DownloadSettings`.
    case downloadInstallers = "download-installers"
    /// See `DownloadSettings`.
    case downloadMirrors = "download-mirrors"
    /// See `DownloadSettings`.
    case downloadCap = "download-cap"

    /// `RIND_BASE_URL`
    public var variable: String { "RIND_" + rawValue.uppercased().replacing("-", with: "_") }

    /// Whether its value is the path of a file or of a folder.
    var isPath: Bool {
        switch self {
        case .terms, .database, .blobs, .keys, .python, .metricsTokenFile, .smtpPasswordFile, .smtpCAFile: true
        case .host, .port, .baseURL, .name, .securityContact, .securityExpires, .maxFileSize, .maxProjectSize,
            .localVersions, .zipSourceDistributions, .unportableWheels, .privateClassifiers, .maxProjectFiles,
            .logLevel, .logFormat, .pageCacheSize, .maxConnections, .maxConnectionsPerAddress, .edge, .registration,
            .lookAlikes, .verifiedAddress, .firstFactorEvidence, .accountProjects, .accountFiles, .accountBytes,
            .removalRecentHours, .removalFewDownloads, .removalWaitDays, .removalCriticalWaitDays,
            .removalRetentionDays, .trustedProxies, .metrics, .smtp, .smtpTLS, .smtpPassword, .mailFrom, .contact,
            .downloadInstallers, .downloadMirrors, .downloadCap:
            false
        }
    }

    /// Whether it can be given on the command line, which everybody on the machine can see.
    public var hasFlag: Bool { self != .smtpPassword }
}

/// Every mistake in the settings, each with its name and what to do.
public struct SettingsMistakes: Error, CustomStringConvertible {
    /// One sentence each.
    public let mistakes: [String]
    /// Whether one of them is in a flag: then the command was called wrongly.
    public let areOfFlags: Bool

    /// All sentences, one a line.
    public var description: String { mistakes.joined(separator: "\n") }
}

/// Reads settings and collects what is wrong with them.
struct SettingsReader {
    private let config: ConfigReader
    private let flags: [SettingName: String]
    /// The settings file; it may be missing where nobody named it.
    private let path: String
    private(set) var mistakes: [String] = []
    private(set) var hasMistakenFlag = false

    init(flags: [SettingName: String], environment: [String: String], data: String, file: String?) async throws {
        self.flags = flags
        var providers: [any ConfigProvider] = [
            InMemoryProvider(
                name: "flags",
                values: Dictionary(
                    uniqueKeysWithValues: flags.map {
                        (AbsoluteConfigKey([$0.key.rawValue]), ConfigValue(.string($0.value), isSecret: false))
                    })),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "rind"),
        ]
        path = file ?? "\(data)/rind.yaml"
        do {
            let lines = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path), allowMissing: file == nil)
            providers.append(lines)
            mistakes += Self.linesWithoutText(lines.snapshot(), path)
        } catch {
            mistakes.append(Self.unreadable(path, error))
        }
        config = ConfigReader(providers: providers)
        mistakes += Self.unknownVariables(environment)
        mistakes += Self.unknownLines(of: path)
    }

    /// Why a settings file cannot be read. What its reader says goes on for lines.
    private static func unreadable(_ path: String, _ error: any Error) -> String {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return "The settings file \(path) is a folder. Name a file with --config."
        }
        guard access(path, R_OK) == 0 else { return "The settings file cannot be read. \(fileSentence(path, errno))" }
        // YAML's parser names the place.
        let place = "\(error)".firstMatch(of: /line:? (\d+)/).map { " at line \($0.1)" } ?? ""
        return "The settings file \(path) cannot be understood\(place): it takes lines such as port: 8080."
    }

    /// Variables that begin with `RIND_` and name nothing: most likely misspelt.
    private static func unknownVariables(_ environment: [String: String]) -> [String] {
        let known = Set(SettingName.allCases.map(\.variable) + ["RIND_DATA", "RIND_CONFIG"])
        // What Kubernetes tells every process about a service that is named rind.
        let foreign = ["RIND_SERVICE_", "RIND_PORT_"]
        return environment.keys.filter { name in
            name.hasPrefix("RIND_") && !known.contains(name) && !foreign.contains(where: name.hasPrefix)
        }.sorted().map {
            "\($0): there is no such setting. `rind serve --help` lists them."
        }
    }

    /// Keys of the settings file that name nothing.
    private static func unknownLines(of path: String) -> [String] {
        let known = Set(SettingName.allCases.map(\.rawValue))
        return keys(of: path).filter { !known.contains($0) }.map { "\($0) in \(path): there is no such setting." }
    }

    /// The file is flat, so its keys are what begins a line. swift-configuration looks values up by name and tells no
    /// names: without these, a name that is misspelt would be passed over.
    private static func keys(of path: String) -> [String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(whereSeparator: \.isNewline).compactMap { line -> String? in
            guard let colon = line.firstIndex(of: ":"), let first = line.first, first.isLetter else { return nil }
            return String(line[..<colon]).trimmingCharacters(in: .whitespaces)
        }
    }

    /// Settings whose value in the file is a list or a mapping. A reader takes them for not set.
    private static func linesWithoutText(_ file: any ConfigSnapshot, _ path: String) -> [String] {
        let keys = Set(keys(of: path))
        return SettingName.allCases.map(\.rawValue).filter { name in
            do {
                let found = try file.value(forKey: AbsoluteConfigKey([name]), type: .string)
                // What is in a mapping has longer keys.
                return found.value == nil && keys.contains(name)
            } catch {
                return true
            }
        }.map { "\($0) in \(path): it takes one text or number, no list and no mapping." }
    }

    /// The settings file, and every file and folder that a setting names.
    var namedPaths: [String] {
        [path]
            + SettingName.allCases.filter(\.isPath).compactMap { name -> String? in
                // Which means that there is none, and is no path.
                guard let text = text(name), name != .python || text != Self.noPython else { return nil }
                return text.firstRange(of: "://").map { String(text[$0.upperBound...]) } ?? text
            }
    }

    func text(_ name: SettingName) -> String? {
        guard let text = config.string(forKey: ConfigKey([name.rawValue])), !text.isEmpty else { return nil }
        return text
    }

    mutating func number(_ name: SettingName, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            return mistake(name, "'\(text)' is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func size(_ name: SettingName) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let size = ByteSize(parsing: text) else {
            return mistake(name, "'\(text)' is no size such as 500MB, 2GiB or 1048576")
        }
        return size.bytes
    }

    mutating func choice(_ name: SettingName, of choices: [String]) -> String? {
        guard let text = text(name) else { return nil }
        guard choices.contains(text) else {
            return mistake(name, "'\(text)' is not one of \(choices.joined(separator: ", "))")
        }
        return text
    }

    /// A path, or an address with the only scheme that there is so far.
    mutating func path(_ name: SettingName, scheme: String) -> String? {
        guard let text = text(name) else { return nil }
        guard let separator = text.firstRange(of: "://") else { return text }
        guard text[..<separator.lowerBound] == scheme else {
            return mistake(name, "'\(text)' is not supported; give a path")
        }
        return String(text[separator.upperBound...])
    }

    mutating func proxies() -> TrustedProxies? {
        guard let text = text(.trustedProxies) else { return nil }
        guard let proxies = TrustedProxies(parsing: text) else {
            return mistake(.trustedProxies, "'\(text)' is no list of addresses such as 127.0.0.1, 10.0.0.0/8")
        }
        return proxies
    }

    /// What stands for no Python at all.
    private static let noPython = "none"

    /// Where Debian has the Python that python3-docutils is for, unless another is named, or none.
    mutating func python() -> String? {
        guard let text = text(.python) else { return "/usr/bin/python3" }
        guard text.hasPrefix("/") || text == Self.noPython else {
            return mistake(.python, "'\(text)' is neither the whole path of a Python nor none")
        }
        return text == Self.noPython ? nil : text
    }

    mutating func baseURL() -> String? {
        guard let text = text(.baseURL) else { return nil }
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host(), !host.isEmpty, url.query() == nil, url.fragment() == nil,
            url.user() == nil, url.password() == nil
        else { return mistake(.baseURL, "'\(text)' is no address such as https://packages.example.org") }
        let address = text.hasSuffix("/") ? String(text.dropLast()) : text
        let path = BasePath(baseURL: address).text
        guard path.isEmpty || BasePath.isValid(path) else {
            return mistake(
                .baseURL,
                "the path '\(path)' has other steps than letters, digits, '-', '.', '_' and '~', as in "
                    + "https://host.example/pypi")
        }
        return address
    }

    mutating func mistake<Value>(_ name: SettingName, _ sentence: String) -> Value? {
        if flags[name] != nil { hasMistakenFlag = true }
        let flag = name.hasFlag ? "--\(name.rawValue), " : ""
        mistakes.append("\(name.rawValue) (\(flag)\(name.variable)): \(sentence).")
        return nil
    }
}

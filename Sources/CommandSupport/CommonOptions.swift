import Accounts
import Acts
import ArgumentParser
import Foundation
import PackagingFormats
import Server
import UTC

/// What every command takes.
public struct DataOption: ParsableArguments {
    @Option(help: "The data folder (RIND_DATA).", completion: .directory)
    public var data: String = ProcessInfo.processInfo.environment["RIND_DATA"] ?? "./rind-data"

    @Option(help: "The settings file (RIND_CONFIG); without it, rind.yaml in the data folder.", completion: .file())
    public var config: String?

    /// Read from the command line.
    public init() {}

    /// The settings of the data folder, with what flags say.
    public func settings(flags: [SettingName: String] = [:]) async throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        return try await Settings.read(
            data: data, flags: flags, environment: environment, file: config ?? environment["RIND_CONFIG"])
    }

    /// Works on the index in the data folder, beside a server if one runs.
    ///
    /// - Parameter makesOne: whether an index is made where there is none.
    public func withIndex<Result>(
        makesOne: Bool = false, _ body: (LocalIndex) async throws -> Result
    ) async throws -> Result {
        let index = try await LocalIndex(
            settings(), exclusively: false, mustExist: !makesOne, clock: currentTimestamp)
        let result = try await body(index)
        try index.close()
        return result
    }
}

/// For commands that print facts.
public struct JSONOption: ParsableArguments {
    @Flag(help: "Print JSON, for programs.")
    public var json = false

    /// Read from the command line.
    public init() {}
}

extension Username: @retroactive ExpressibleByArgument {
    /// Reads it from the command line.
    public init?(argument: String) { try? self.init(parsing: argument) }
}
extension EmailAddress: @retroactive ExpressibleByArgument {
    /// Reads it from the command line.
    public init?(argument: String) { try? self.init(parsing: argument) }
}
extension ProjectName: @retroactive ExpressibleByArgument {
    /// Reads it from the command line.
    public init?(argument: String) { try? self.init(parsing: argument) }
}
extension Version: @retroactive ExpressibleByArgument {
    /// Reads it from the command line.
    public init?(argument: String) { try? self.init(parsing: argument) }
}
extension Role: @retroactive ExpressibleByArgument {}
extension ProjectStatus: @retroactive ExpressibleByArgument {}
extension Assurance: @retroactive ExpressibleByArgument {}

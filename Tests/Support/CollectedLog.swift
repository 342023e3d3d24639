import Logging
import Synchronization

/// What a server says in its log.
package final class CollectedLog: LogHandler, Sendable {
    private let said = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { said.withLock { $0 } }

    package var logLevel: Logger.Level {
        get { .notice }
        set {}
    }
    package var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    package subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    package func log(event: LogEvent) {
        said.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
}

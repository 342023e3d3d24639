import Foundation
import Logging
import PackagingFormats
import Primitives
import UTC

/// Writes each message as one JSON object a line to standard error: `time`, `level`, `message`, and the metadata beside
/// them.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    var output = FileHandle.standardError

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { _, own in own }.mapValues(\.description)
        for (key, value) in fields { fields[key] = value.cut(to: .paragraph) }
        fields["time"] = currentTimestamp().iso8601
        fields["level"] = event.level.rawValue
        fields["message"] = event.message.description.cut(to: .paragraph)
        if let error = event.error { fields["error"] = "\(error)".cut(to: .paragraph) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts under texts always encode.
        guard let line = try? encoder.encode(fields) else { return }
        // JSON itself leaves DEL, C1 and the controls of writing direction as they are.
        let text = String(decoding: line, as: UTF8.self).jsonForTerminal + "\n"
        // A full disk or a broken pipe under the log is no reason to stop serving.
        try? output.write(contentsOf: Data(text.utf8))
    }
}

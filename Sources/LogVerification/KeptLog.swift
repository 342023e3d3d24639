import Foundation
import TransparencyLog

/// What somebody keeps of a log that was read: so that only what is new is read the next time, and what was there before is
/// missed where it is gone.
///
/// It is as good as the file in which it lies: who can write that can make its reader believe anything.
public struct KeptLog: Sendable, Codable {
    /// The checkpoint up to which it was read, as it was signed.
    public let checkpoint: String
    /// What the log says up to there.
    let files: LoggedFiles
    /// The projects that it is about; nil for all.
    let projects: Set<String>?
    /// The project after which the next ones are looked at, of those of which nothing is new.
    let lookedAt: String
    /// The digests of reasons that pages showed, by what the log has of them.
    let reasons: [String: String]

    init(
        checkpoint: String, files: LoggedFiles, projects: Set<String>? = nil, lookedAt: String = "",
        reasons: [String: String] = [:]
    ) {
        self.checkpoint = checkpoint
        self.files = files
        self.projects = projects
        self.lookedAt = lookedAt
        self.reasons = reasons
    }

    /// The tree up to which it was read; nil where that cannot be told.
    var tree: Checkpoint? {
        (try? SignedNote(parsing: Array(checkpoint.utf8))).flatMap { Checkpoint(text: $0.text) }
    }

    /// Reads what was kept; nil where there is nothing, or nothing that can be read.
    public init?(at path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            let kept = try? JSONDecoder().decode(KeptLog.self, from: data)
        else { return nil }
        self = kept
    }

    /// Keeps it, whole or not at all.
    public func write(to path: String) throws {
        try JSONEncoder().encode(self).write(to: URL(filePath: path), options: .atomic)
    }
}

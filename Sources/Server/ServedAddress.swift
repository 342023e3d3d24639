import Foundation

/// Where an index is served, noted in its data folder by the server for the commands that print links: the flags of
/// `rind serve` are known to nobody else.
///
/// It stays when the server stops, for the next start will most likely be there again.
public enum ServedAddress {
    static let fileName = "served-address"

    private static func path(in folder: String) -> String { "\(folder)/\(fileName)" }

    /// Notes the address that people type before a path, for anyone who reads it later.
    static func note(_ baseURL: String, in folder: String) throws {
        try Data("\(baseURL)\n".utf8).write(to: URL(filePath: path(in: folder)), options: .atomic)
    }

    /// Whether the note is by the process that has the folder now: it is younger than the lock.
    static func isFresh(in folder: String) -> Bool {
        func changed(_ name: String) -> Date? {
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return attributes?[.modificationDate] as? Date
        }
        guard let noted = changed(fileName), let locked = changed("lock") else { return false }
        return noted >= locked
    }

    /// The address that was noted; nil when there is none, or the file holds something else.
    static func noted(in folder: String) -> String? {
        guard let text = try? String(contentsOfFile: path(in: folder), encoding: .utf8), text.utf8.count < 2_048
        else { return nil }
        let line = text.trimmingCharacters(in: .newlines)
        guard let url = URL(string: line), ["http", "https"].contains(url.scheme), url.host()?.isEmpty == false,
            line.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return line
    }
}

/// The address that a link of a command begins with, and what has to be said of it.
public struct LinkAddress: Sendable {
    /// What people type before a path of this index, as far as a command can tell: where it is served, else what a
    /// setting says, else where it was served, else where it would be.
    ///
    /// A setting is not asked while it is served: the server may have been started with another one, by a flag or in
    /// another environment, and its address is the one that answers.
    public let base: String
    /// Why the link may lead nowhere now, in a sentence; nil while the index is served there, by who noted it.
    public let caveat: String?

    /// Asks the settings and the data folder.
    public init(_ settings: Settings) {
        let noted = ServedAddress.noted(in: settings.data)
        let assumed = "http://\(settings.host):\(settings.port)"
        let isHeld = DataFolder.isServed(settings.data)
        if isHeld, let noted, ServedAddress.isFresh(in: settings.data) {
            base = noted
            caveat = nil
            return
        }
        base = settings.baseURL ?? noted ?? assumed
        caveat =
            if isHeld {
                "A server starts on \(settings.data) now, or another command has it: the link works once rind serve answers. "
                    + "If it will do so elsewhere, have a new link printed then."
            } else if settings.baseURL != nil {
                "No server runs on \(settings.data) now: the link works once rind serve runs again."
            } else if noted != nil {
                "No server runs on \(settings.data) now: the link leads to where one ran last. If it will run elsewhere, "
                    + "start it and have a new link printed."
            } else {
                "No server has run on \(settings.data) yet: the link leads to where rind serve would run. If it will run "
                    + "elsewhere, start it and have a new link printed."
            }
    }
}

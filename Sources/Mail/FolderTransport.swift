import Foundation
import Glibc
import Letters
import Primitives
import UTC

/// Writes mails into a folder, for indexes without a mail server: a file each, to be read with anything that shows
/// text. Mail programs open them, too.
public struct FolderTransport: MailTransport {
    private let folder: String
    private let threads = MailThreads(atOnce: 1)

    /// - Parameter folder: is made with the first mail, for nobody but us: the links in mails are secrets.
    public init(folder: String) { self.folder = folder }

    /// Writes a mail and returns where it is. It is there whole or not at all; written again, it is the same file.
    public func send(_ message: MailMessage) async throws -> String {
        let text = try Self.text(of: message)
        let path = "\(folder)/\(Self.name(of: message))"
        let folder = folder
        try await threads.run { _ in
            try Self.check(mkdir(folder, 0o700) == 0 || errno == EEXIST, folder)
            // A crash leaves a file that ends with .partial, and is written anew.
            let partial = "\(path).partial"
            try Self.write(Array(text.utf8), to: partial)
            try Self.check(rename(partial, path) == 0, path)
            let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            try Self.check(directory >= 0, folder)
            defer { close(directory) }
            try Self.check(fsync(directory) == 0, folder)
        }
        return "written to \(path)"
    }

    /// `20261122T140509Z-12.eml`: sorted by name, they are sorted by time.
    static func name(of message: MailMessage) -> String {
        let time = message.date.iso8601Seconds.replacing("-", with: "").replacing(":", with: "")
        return "\(time)Z-\(message.id).eml"
    }

    /// What a mail in a folder says, as plain text; nil when it is not there, or is not ours.
    public static func text(of id: MailID, in folder: String) -> String? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard let name = names.first(where: { $0.hasSuffix("Z-\(id).eml") }),
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
        else { return nil }
        // The first part, up to the line that begins the second.
        let lines = String(decoding: data, as: UTF8.self).components(separatedBy: "\n")
        guard let boundary = lines.first(where: { $0.hasPrefix("--") }),
            let begin = lines.firstIndex(of: boundary),
            let end = lines[(begin + 1)...].firstIndex(of: boundary),
            let blank = lines[begin..<end].firstIndex(of: "")
        else { return nil }
        return lines[(blank + 1)..<end].joined(separator: "\n")
    }

    /// RFC 5322 with the lines of a text file, and both parts as they are: an address in a mail can be copied whole.
    static func text(of message: MailMessage) throws(MailFailure) -> String {
        let header = try MailHeader(message).lines.map { $0.replacing("\r\n", with: "\n") }
        var boundary = "part-\(message.id)-\(message.date.microseconds)"
        while message.mail.text.contains(boundary) || message.mail.html.contains(boundary) { boundary += "-" }
        var lines = header
        lines += ["MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=\"\(boundary)\"", ""]
        for (type, content) in [("text/plain", message.mail.text), ("text/html", message.mail.html)] {
            lines += [
                "--\(boundary)", "Content-Type: \(type); charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
                content.replacing("\r\n", with: "\n"),
            ]
        }
        return (lines + ["--\(boundary)--", ""]).joined(separator: "\n")
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        try check(file >= 0, path)
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            try check(written > 0, path)
            rest = rest.dropFirst(written)
        }
        try check(fsync(file) == 0, path)
    }

    /// - Parameter isDone: looked at before anything else can change `errno`.
    private static func check(_ isDone: Bool, _ path: String) throws(MailFailure) {
        guard isDone else {
            throw MailFailure(
                reason: "\(path) cannot be written: \(String(cString: strerror(errno)))", isPermanent: false)
        }
    }
}

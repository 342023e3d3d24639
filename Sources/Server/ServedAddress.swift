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

extension Settings {
    /// What people type before a path of this index, as far as a command can tell: what a setting says, else where it
    /// is or was served, else where it would be.
    public var assumedBaseURL: String {
        baseURL ?? ServedAddress.noted(in: data) ?? "http://\(host):\(port)"
    }
}

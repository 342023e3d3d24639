import Bytes
import PackagingFormats

/// A list of names with their downloads, as CSV (RFC 4180): two columns in either order, with a line of headings or
/// without, quoted or not.
public enum NameList {
    /// A list that cannot be taken; nothing of it is.
    public struct Unreadable: Error, Hashable, CustomStringConvertible {
        /// From 1.
        public let line: Int
        let problem: String
        public var description: String { "Line \(line) \(problem)" }
    }

    /// Reads a list.
    ///
    /// - Returns: normalized names with their downloads, in the list's order.
    /// - Throws: `Unreadable` for the first line that is no name and number, or that names what another line names.
    public static func parse(_ text: String) throws(Unreadable) -> [(name: String, downloads: Int)] {
        var names: [(name: String, downloads: Int)] = []
        var lines: [String: Int] = [:]
        for (number, line) in zip(1..., text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)) {
            if line.allSatisfy(\.isWhitespace) { continue }
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(unquoted)
            guard fields.count == 2 else {
                throw Unreadable(
                    line: number, problem: "has \(fields.count) columns: a name and a number are asked for.")
            }
            guard let (name, downloads) = entry(fields[0], fields[1]) ?? entry(fields[1], fields[0]) else {
                // Headings are no numbers.
                if names.isEmpty, number == 1, Int(fields[0]) == nil, Int(fields[1]) == nil { continue }
                throw Unreadable(
                    line: number,
                    problem: "is no name and number of downloads, such as 'requests,1200': '\(line.prefix(80))'.")
            }
            if let other = lines.updateValue(number, forKey: name) {
                throw Unreadable(line: number, problem: "names \(name) again, as line \(other) does.")
            }
            names.append((name, downloads))
        }
        return names
    }

    private static func unquoted(_ field: Substring) -> String {
        let text = field.drop { $0.isWhitespace }
        let trimmed = String(text.reversed().drop { $0.isWhitespace }.reversed())
        return trimmed.count >= 2 && trimmed.hasPrefix("\"") && trimmed.hasSuffix("\"")
            ? String(trimmed.dropFirst().dropLast()) : trimmed
    }

    private static func entry(_ name: String, _ number: String) -> (String, Int)? {
        guard let downloads = Int(number), downloads >= 0, let name = try? ProjectName(parsing: name) else {
            return nil
        }
        return (name.normalized, downloads)
    }
}

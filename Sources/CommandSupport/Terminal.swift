import Foundation
import Primitives

// What commands say to the terminal. Most of it has foreign text in it, so nothing goes there by another way.

/// Prints one line, without what could steer a terminal. It stands in the place of Swift's own function in all of the
/// commands: who prints something here cannot forget it.
public func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
    Swift.print(items.map { "\($0)" }.joined(separator: separator).forTerminal, terminator: terminator)
}

/// Prints text of our own that has several lines, such as help.
public func printPage(_ text: String) { Swift.print(text.linesForTerminal) }

/// Prints a value as JSON, keys in order.
public func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self).jsonForTerminal)
}

/// Prints a fact as JSON on a line of its own, for programs that read as it comes.
public func printJSONLine(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self).jsonForTerminal)
}

/// Prints rows with columns as wide as they need to be.
public func printTable(_ header: [String], _ rows: [[String]]) {
    for line in tableLines(header, rows) { print(line) }
}

/// The lines of a table. A cell is made harmless before it is measured: what is left out needs no room.
public func tableLines(_ header: [String], _ rows: [[String]]) -> [String] {
    let rows = ([header] + rows).map { $0.map(\.forTerminal) }
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        let cells = zip(row, widths).map { cell, width in
            cell + String(repeating: " ", count: width - cell.count)
        }
        return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }
}

/// Says at once, also where the output is a pipe, what somebody waits for.
public func announce(_ sentence: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data((sentence.forTerminal + "\n").utf8))
}

/// Says what went wrong.
public func complain(_ sentence: String) {
    for line in sentence.split(whereSeparator: \.isNewline) { complainPage("rind: \(line)") }
}

/// Says what went wrong in text of our own that has several lines, such as how a command is used.
public func complainPage(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text.linesForTerminal + "\n").utf8))
}

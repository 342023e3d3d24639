import Foundation
import Primitives

/// Standard error as a log of lines: one message is one line, and nothing in it steers the terminal of anyone who reads
/// it.
///
/// Messages carry foreign text: paths, names of files, what mail servers answered.
struct LineLogStream: TextOutputStream, Sendable {
    var output = FileHandle.standardError

    func write(_ string: String) {
        let line = string.hasSuffix("\n") ? string.dropLast() : string[...]
        // A full disk or a broken pipe under the log is no reason to stop serving.
        try? output.write(contentsOf: Data((line.forTerminal + "\n").utf8))
    }
}

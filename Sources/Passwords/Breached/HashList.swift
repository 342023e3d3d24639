import Bytes
import CZlib
import Foundation

/// The published lists that a compact one is made from: lines `SHA-1 in hexadecimal:count`, in the order of the hashes.
///
/// Either files with the whole hash in every line, or a folder with a file for each range, as the downloader of Have I
/// Been Pwned leaves them: `00000.txt` … `FFFFF.txt`, with the other 35 digits in every line. Any of them may be
/// gzipped.
struct HashList {
    private let files: [File]
    /// The bytes of all files, as they lie there; 0 when one of them is standard input.
    let bytes: Int

    private struct File {
        let path: String
        let bytes: Int
        /// The first 20 bits of all its hashes, where its name says so.
        let range: UInt64?
    }

    /// `-` is standard input. Throws `BreachedPasswordsFailure`.
    init(_ paths: [String]) throws {
        files = try paths.flatMap(Self.files)
        bytes = files.contains { $0.path == "-" } ? 0 : files.reduce(0) { $0 + $1.bytes }
    }

    private static func files(at path: String) throws -> [File] {
        if path == "-" { return [File(path: path, bytes: 0, range: nil)] }
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw BreachedPasswordsFailure(
                description: "\(path) cannot be read: \(String(cString: strerror(errno))). Check the path.")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return [File(path: path, bytes: Int(status.st_size), range: range(of: name))]
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: path).compactMap { name -> (UInt64, File)? in
            guard let range = range(of: name) else { return nil }
            let file = "\(path)/\(name)"
            return (range, File(path: file, bytes: stat(file, &status) == 0 ? Int(status.st_size) : 0, range: range))
        }
        guard !files.isEmpty else {
            throw BreachedPasswordsFailure(
                description: "There are no ranges (00000.txt and so on) in \(path). Name the folder that has them.")
        }
        return files.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// The first 20 bits of all hashes in a range file, from its name; nil for anything else.
    private static func range(of name: String) -> UInt64? {
        let stem = name.prefix { $0 != "." }
        guard stem.utf8.count == 5, stem.allSatisfy(\.isHexDigit),
            ["", ".txt", ".gz", ".txt.gz"].contains(name.dropFirst(5).lowercased())
        else { return nil }
        return UInt64(stem, radix: 16)
    }

    /// Hands out the first 64 bits of every hash with its count, in the order of the files.
    ///
    /// - Parameter progress: told how many of the bytes are behind it, about once a megabyte.
    func read(
        _ take: (_ hash: UInt64, _ count: UInt64) throws(BreachedPasswordsFailure) -> Void, progress: (Int) -> Void
    ) throws(BreachedPasswordsFailure) {
        var behind = 0
        for file in files {
            let reader = try LineReader(path: file.path)
            var parser = HashLine(range: file.range)
            while let chunk = try reader.next() {
                do {
                    try parser.parse(chunk, take)
                } catch {
                    throw BreachedPasswordsFailure(
                        description: "\(file.path), line \(parser.lineNumber): \(error.description)")
                }
                progress(behind + reader.position)
            }
            behind += file.bytes
            progress(behind)
        }
    }
}

/// Reads lines of a hash list.
private struct HashLine {
    /// The first 20 bits where lines have only the rest.
    let range: UInt64?
    var lineNumber = 0

    init(range: UInt64?) { self.range = range }

    /// Whole lines.
    mutating func parse(
        _ lines: UnsafeRawBufferPointer, _ take: (UInt64, UInt64) throws(BreachedPasswordsFailure) -> Void
    ) throws(BreachedPasswordsFailure) {
        var start = 0
        while start < lines.count {
            lineNumber += 1
            var hash: UInt64 = 0
            var position = start
            while position < lines.count, let value = lines[position].hexadecimalValue {
                // The first sixteen digits are enough.
                if position - start < 16 { hash = hash << 4 | UInt64(value) }
                position += 1
            }
            switch (position - start, range) {
            case (0, _):
                // An empty line, at the end for example.
                guard lines[position] == 0x0A || lines[position] == 0x0D else { throw Self.malformed }
            case (40, _): break
            case (35, let range?): hash = range << 44 | hash >> 20
            case (35, nil):
                throw BreachedPasswordsFailure(
                    description: "This is part of a hash. Its file must have the range for a name: 00000.txt")
            case (32, _):
                throw BreachedPasswordsFailure(description: "This is an NTLM hash. Take the list of SHA-1 hashes.")
            default: throw Self.malformed
            }
            let isEmpty = position == start
            var count: UInt64 = 1
            if position < lines.count, lines[position] == UInt8(ascii: ":") {
                position += 1
                count = 0
                let first = position
                while position < lines.count, lines[position].isASCIIDigit, position - first < 18 {
                    count = count * 10 + UInt64(lines[position] - 0x30)
                    position += 1
                }
                guard position > first else { throw Self.malformed }
            }
            if position < lines.count, lines[position] == 0x0D { position += 1 }
            guard position == lines.count || lines[position] == 0x0A else { throw Self.malformed }
            if !isEmpty { try take(hash, count) }
            start = position + 1
        }
    }

    private static var malformed: BreachedPasswordsFailure {
        BreachedPasswordsFailure(
            description: "This is no line such as 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10437277. "
                + "Give the SHA-1 lists of Have I Been Pwned, ordered by hash.")
    }
}

/// Reads a file, gzipped or not, in chunks that end where a line does. Belongs to one task.
private final class LineReader {
    private let path: String
    private let file: gzFile
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    /// Where the rest of the last chunk is, which belongs to the next.
    private var rest = 0..<0
    private var hasEnded = false

    init(path: String) throws(BreachedPasswordsFailure) {
        self.path = path
        let file = path == "-" ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb")
        guard let file else {
            buffer.deallocate()
            throw BreachedPasswordsFailure(
                description: "\(path) cannot be read: \(String(cString: strerror(errno))). Check the path.")
        }
        self.file = file
        gzbuffer(file, 1 << 18)
    }

    deinit {
        gzclose_r(file)
        buffer.deallocate()
    }

    /// Bytes of the file on disk that have been read.
    var position: Int { Int(gzoffset(file)) }

    /// The next lines, valid until the next call; nil at the end.
    func next() throws(BreachedPasswordsFailure) -> UnsafeRawBufferPointer? {
        if hasEnded { return nil }
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<rest.count]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: buffer[rest]))
        var filled = rest.count
        while filled < buffer.count {
            let count = gzread(file, buffer.baseAddress.map { $0 + filled }, UInt32(buffer.count - filled))
            var problem: Int32 = 0
            let words = gzerror(file, &problem)
            // A gzip file that was cut gives what it has, and says so only here.
            guard count >= 0, problem == Z_OK || problem == Z_STREAM_END else {
                let reason = problem == Z_ERRNO ? String(cString: strerror(errno)) : words.map { String(cString: $0) }
                throw BreachedPasswordsFailure(description: "\(path) cannot be read: \(reason ?? "it is damaged").")
            }
            if count == 0 {
                hasEnded = true
                rest = 0..<0
                return filled == 0 ? nil : UnsafeRawBufferPointer(rebasing: buffer[..<filled])
            }
            filled += Int(count)
            if let newline = buffer[..<filled].lastIndex(of: 0x0A) {
                rest = (newline + 1)..<filled
                return UnsafeRawBufferPointer(rebasing: buffer[...newline])
            }
        }
        throw BreachedPasswordsFailure(
            description: "\(path) is no list of hashes. Give the SHA-1 lists of Have I Been Pwned.")
    }
}

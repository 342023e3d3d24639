import Glibc
import UTC

/// What the file system says about a file.
struct FileInformation {
    let size: Int64
    let modified: Timestamp
}

/// Nil when there is no such file, or none that can be looked at.
func fileInformation(_ path: String) -> FileInformation? {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    let modified = Int64(facts.st_mtim.tv_sec) * 1_000_000 + Int64(facts.st_mtim.tv_nsec) / 1_000
    return FileInformation(size: Int64(facts.st_size), modified: Timestamp(microseconds: modified))
}

/// Nil when there is no such file.
func openedForReading(_ path: String) throws -> Int32? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file >= 0 { return file }
    if errno == ENOENT { return nil }
    throw FileSystemFailure(call: "open", path: path, number: errno)
}

/// Gives all bytes of an open file to `body`, a chunk at a time.
func readAll(_ file: Int32, _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let count = try readSome(file, path, into: buffer)
        if count == 0 { return }
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
}

/// Reads the next bytes of an open file, and answers how many; none at the end.
func readSome(_ file: Int32, _ path: String, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
        let count = read(file, buffer.baseAddress, buffer.count)
        if count >= 0 { return count }
        if errno != EINTR { throw FileSystemFailure(call: "read", path: path, number: errno) }
    }
}

/// The names in a directory, sorted; none when it is not there.
func directoryEntries(_ path: String) throws -> [String] {
    guard let directory = opendir(path) else {
        if errno == ENOENT || errno == ENOTDIR { return [] }
        throw FileSystemFailure(call: "opendir", path: path, number: errno)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
        errno = 0
        guard let entry = readdir(directory) else {
            guard errno == 0 else { throw FileSystemFailure(call: "readdir", path: path, number: errno) }
            return names.sorted()
        }
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
            tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
}

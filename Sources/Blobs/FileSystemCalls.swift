import Glibc

/// The system calls that make something durable, as values, so that tests can break each of them.
///
/// They answer as the kernel does: a negative result is `-errno`. What they make is not for everybody on the machine,
/// whatever the umask: the packages of an index may be private.
package struct FileSystemCalls: Sendable {
    package init() {}

    var open: @Sendable (_ path: String, _ flags: Int32) -> Int = { path, flags in
        answer(Int(Glibc.open(path, flags | O_CLOEXEC, 0o640)))
    }
    var write: @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int = { file, bytes in
        answer(Glibc.write(file, bytes.baseAddress, bytes.count))
    }
    /// Of a file's bytes, or of a directory's entries.
    var sync: @Sendable (_ file: Int32) -> Int = { file in answer(Int(fsync(file))) }
    var rename: @Sendable (_ from: String, _ to: String) -> Int = { from, to in answer(Int(Glibc.rename(from, to))) }
    var makeDirectory: @Sendable (_ path: String) -> Int = { path in answer(Int(mkdir(path, 0o750))) }
    var remove: @Sendable (_ path: String) -> Int = { path in answer(Int(unlink(path))) }
    /// Sets the time of the last change to now.
    var touch: @Sendable (_ path: String) -> Int = { path in answer(Int(utimensat(AT_FDCWD, path, nil, 0))) }

    /// How much room the file system of a path has; nil where it does not say.
    var room: @Sendable (_ path: String) -> DiskRoom? = { path in DiskRoom(at: path) }

    private static func answer(_ result: Int) -> Int { result < 0 ? -Int(errno) : result }
}

extension FileSystemCalls {
    package func opened(_ path: String, _ flags: Int32) throws -> Int32 {
        Int32(try check(open(path, flags), "open", path))
    }

    package func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32, path: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = write(file, rest)
            if written == -Int(EINTR) { continue }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(try check(written, "write", path)))
        }
    }

    /// Throws `StorageFull` where only the reserve is left; see `DiskRoom`.
    func requireRoom(at path: String) throws {
        guard let room = room(path), room.isReserveTouched else { return }
        throw StorageFull(cause: FileSystemFailure(call: "statvfs", path: path, number: ENOSPC))
    }

    package func makeDurable(_ file: Int32, path: String) throws { try check(sync(file), "fsync", path) }

    /// Makes a directory's entries durable.
    package func syncDirectory(_ path: String) throws {
        let directory = try opened(path, O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        try makeDurable(directory, path: path)
    }

    package func move(_ from: String, to path: String) throws { try check(rename(from, path), "rename", path) }

    /// One that is there already is welcome.
    package func makeDirectory(ifMissing path: String) throws {
        let result = makeDirectory(path)
        if result != -Int(EEXIST) { try check(result, "mkdir", path) }
    }

    /// One that is gone already is welcome.
    package func remove(ifPresent path: String) throws {
        let result = remove(path)
        if result != -Int(ENOENT) { try check(result, "unlink", path) }
    }

    func renew(_ path: String) throws { try check(touch(path), "utimensat", path) }

    @discardableResult
    private func check(_ result: Int, _ call: String, _ path: String) throws -> Int {
        guard result < 0 else { return result }
        let failure = FileSystemFailure(call: call, path: path, number: Int32(-result))
        // A quota is a small disk.
        if failure.number == ENOSPC || failure.number == EDQUOT { throw StorageFull(cause: failure) }
        throw failure
    }
}

/// A system call that failed. For the log: it names paths.
public struct FileSystemFailure: Error, Hashable, CustomStringConvertible {
    public let call: String
    /// What it was to act on.
    public let path: String
    /// `errno`.
    public let number: Int32

    /// `Input/output error`
    public var reason: String { String(cString: strerror(number)) }

    /// `fsync blobs/ab/cd: Input/output error`
    public var description: String { "\(call) \(path): \(reason)" }
}

import Archives
import Foundation

/// A file on disk as a source of bytes, for as long as this object lives.
final class FileSource: ByteSource {
    let size: Int64
    private let handle: FileHandle

    init(_ path: String) throws {
        handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        size = Int64(try handle.seekToEnd())
    }

    deinit { try? handle.close() }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = pread(handle.fileDescriptor, buffer.baseAddress, buffer.count, off_t(offset))
        guard count >= 0 else { throw CocoaError(.fileReadUnknown) }
        return count
    }
}

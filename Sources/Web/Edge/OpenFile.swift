import Foundation
import NIOCore

/// An open descriptor of a stored file, closed when the last answer that sends it is done.
public final class OpenFile: Sendable {
    private let descriptor: CInt
    /// The size of the file in bytes.
    public let size: Int

    /// Opens a regular file for reading, or fails with `nil` when it is not there or cannot be opened.
    public init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        size = Int(facts.st_size)
    }

    deinit { close(descriptor) }

    /// Hands `range` to `write` for `sendfile`; the descriptor stays open until the promise is fulfilled.
    func send(
        _ range: Range<Int>, on loop: any EventLoop, write: (FileRegion, EventLoopPromise<Void>) -> Void
    ) {
        // NIO lets one thread at a time use a handle, so each answer has its own, for the same descriptor.
        let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        let sent = loop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in
            // Takes the descriptor back, so that it outlives the handle. It cannot fail: nobody else has the handle.
            _ = try? handle.takeDescriptorOwnership()
            withExtendedLifetime(self) {}
        }
        write(FileRegion(fileHandle: handle, readerIndex: range.lowerBound, endIndex: range.upperBound), sent)
    }

    /// Reads up to `count` bytes from `offset`, blocking the thread; fewer at the end of the file and when reading
    /// fails.
    func read(at offset: Int, count: Int) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        while buffer.readableBytes < count {
            let wanted = count - buffer.readableBytes
            let position = off_t(offset + buffer.readableBytes)
            let length = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { bytes in
                max(0, pread(descriptor, bytes.baseAddress, wanted, position))
            }
            if length == 0 { break }
        }
        return buffer
    }
}

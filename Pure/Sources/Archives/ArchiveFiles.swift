import PackagingFormats

/// A file in an archive, with as much of its content as was asked for.
public struct ArchiveFile: Sendable {
    /// From the top of the archive, as the archive names it: `demo-1.0/setup.py`.
    public let path: String
    /// The content, or the beginning of it.
    public let content: [UInt8]
    /// Bytes of the whole content.
    public let size: Int64

    /// Whether `content` is all of it.
    public var isWhole: Bool { Int64(content.count) == size }

    public init(path: String, content: [UInt8], size: Int64) {
        self.path = path
        self.content = content
        self.size = size
    }
}

/// How an archive is packed.
public enum ArchivePacking: Sendable, Hashable {
    /// A ZIP file: wheels, some sdists, eggs.
    case zip
    /// A gzipped tar file: sdists.
    case gzippedTar

    /// By the first bytes; nil for anything else.
    public init?(firstBytes bytes: some Sequence<UInt8>) {
        let start = Array(bytes.prefix(4))
        if start.starts(with: [0x1F, 0x8B]) {
            self = .gzippedTar
        } else if start == [0x50, 0x4B, 0x03, 0x04] {
            self = .zip
        } else {
            return nil
        }
    }
}

/// Gives each file of an archive to `visit`, in the order of the archive, in one pass. Links and directories are left
/// out. The archive must be sound up to where it is read; what is asked of a wheel or an sdist beyond that is not asked.
///
/// - Parameters:
///   - wanted: how many bytes of a file's content are wanted, by its path and size. Memory depends on that alone.
///   - isCancelled: asked at least once for every 256 KiB; true ends the reading with `cancelled`.
///   - visit: false ends the reading there.
public func readFiles(
    of source: any ByteSource, in container: ArchivePacking, limits: ArchiveLimits = .init(),
    leniency: Leniency = .none, isCancelled: @escaping () -> Bool = { false },
    wanted: (_ path: String, _ size: Int64) -> Int, visit: (ArchiveFile) -> Bool
) throws(InspectionFailure) {
    switch container {
    case .zip:
        let archive = try ZipArchive(source, limits: limits, isCancelled: isCancelled)
        for member in archive.members where !member.entry.isDirectory {
            let (path, size) = (member.entry.path, member.entry.size)
            let count = min(Int64(max(0, wanted(path, size))), size)
            var content: [UInt8] = []
            if count > 0 {
                content.reserveCapacity(Int(count))
                try archive.read(member) { (bytes) throws(InspectionFailure) in
                    content += bytes.prefix(Int(count) - content.count)
                }
            }
            guard visit(ArchiveFile(path: path, content: content, size: size)) else { return }
        }
    case .gzippedTar:
        let reader = try TarReader(source, limits: limits, leniency: leniency, isCancelled: isCancelled)
        while let member = try reader.next() {
            guard member.kind == .file else { continue }
            let count = min(Int64(max(0, wanted(member.path, member.size))), member.size)
            let content = try reader.start(of: member, count: Int(count))
            guard visit(ArchiveFile(path: member.path, content: content, size: member.size)) else { return }
        }
    }
}

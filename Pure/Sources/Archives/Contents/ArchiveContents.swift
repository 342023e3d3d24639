/// What a distribution is packed in.
public enum ArchiveContainer: Sendable, Hashable {
    /// Every member can be read by itself: wheels, and sdists of old.
    case zip
    /// Read from its beginning: sdists.
    case gzippedTar

    /// By the end of a file's name; nil for what an index does not take.
    public init?(filename: String) {
        let name = filename.utf8
        if name.suffix(4).elementsEqual(".whl".utf8) || name.suffix(4).elementsEqual(".zip".utf8) {
            self = .zip
        } else if name.suffix(7).elementsEqual(".tar.gz".utf8) {
            self = .gzippedTar
        } else {
            return nil
        }
    }
}

/// A file or a link in an archive. Directories are not told.
public struct ArchiveMember: Sendable, Hashable {
    /// Relative, with `/` between its parts, none of which is empty, `.` or `..`.
    public let path: String
    /// Bytes once unpacked; 0 for a link.
    public let size: Int64
    /// What it is.
    public let kind: Kind

    /// What a member can be.
    public enum Kind: Sendable, Hashable {
        case file
        /// A link, hard or symbolic, with what it says it leads to. It is never followed.
        case link(target: String)
    }
}

/// A path by its bytes. As strings, paths are equal that only look the same, and an archive can have both.
public struct ExactPath: Sendable, Hashable {
    public let text: String

    /// A path as it is written.
    public init(_ text: String) { self.text = text }

    /// Equal when every byte is.
    public static func == (one: ExactPath, other: ExactPath) -> Bool { one.text.hasSameBytes(as: other.text) }

    /// By the bytes.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Reads the bytes of the member that is being visited. It is of no use after the visit.
public struct MemberReader {
    fileprivate let size: Int64
    fileprivate let path: String
    fileprivate let pass:
        (_ consume: (UnsafeRawBufferPointer) throws(InspectionFailure) -> Void) throws(InspectionFailure) -> Void

    /// Gives the member's bytes to `consume`, part by part, each valid during the call; memory does not depend on the
    /// size. Once for each member.
    public func pieces(
        _ consume: (UnsafeRawBufferPointer) throws(InspectionFailure) -> Void
    ) throws(InspectionFailure) { try pass(consume) }

    /// All bytes of a member of at most `limit`; throws the limit for a larger one.
    public func bytes(limit: Int) throws(InspectionFailure) -> [UInt8] {
        guard size <= limit else { throw .limit(.extractedBytes(member: path, limit: limit)) }
        var content: [UInt8] = []
        content.reserveCapacity(Int(size))
        try pass { (piece) throws(InspectionFailure) in content += piece }
        return content
    }
}

/// Whether a walk over an archive goes on.
public enum ArchiveVisit: Sendable { case goOn, stop }

/// Visits the files and links of an archive that the index has taken, in the order in which they stand in it.
///
/// The archive is read as installers read it (`Leniency.asInstallers`), since what was imported may be no better; its
/// records are held to `ZipFlaw` and `TarFlaw`. In a tar a path may come twice: then the later counts.
///
/// - Parameters:
///   - limits: what the archive may ask of us. Only what is read counts in a zip file beyond its records.
///   - isCancelled: asked at least once for every 256 KiB; true ends the walk with `cancelled`.
///   - visit: is given each member, and reads as much of it as it likes.
public func visitMembers(
    of source: any ByteSource, in container: ArchiveContainer, limits: ArchiveLimits = .init(),
    isCancelled: @escaping () -> Bool = { false },
    _ visit: (ArchiveMember, MemberReader) throws(InspectionFailure) -> ArchiveVisit
) throws(InspectionFailure) {
    switch container {
    case .zip:
        let archive = try ZipArchive(source, limits: limits, isCancelled: isCancelled)
        for member in archive.members where !member.entry.isDirectory {
            let reader = MemberReader(size: member.entry.size, path: member.entry.path) {
                (consume) throws(InspectionFailure) in try archive.read(member, consume)
            }
            let told = ArchiveMember(path: member.entry.path, size: member.entry.size, kind: .file)
            if try visit(told, reader) == .stop { return }
        }
    case .gzippedTar:
        let archive = try TarReader(source, limits: limits, leniency: .asInstallers, isCancelled: isCancelled)
        while let member = try archive.next() {
            let kind: ArchiveMember.Kind
            switch member.kind {
            case .directory: continue
            case .file: kind = .file
            case .symbolicLink(let target), .hardLink(let target): kind = .link(target: target)
            }
            let reader = MemberReader(size: member.size, path: member.path) { (consume) throws(InspectionFailure) in
                try archive.pieces(of: member, consume)
            }
            let told = ArchiveMember(path: member.path, size: member.size, kind: kind)
            if try visit(told, reader) == .stop { return }
        }
    }
}

/// The bytes of some members, by path: of a zip file by random access, of a tar in one pass that ends with the last of
/// them that can still come. Links, and what is not there, are left out; so is a member of more than `limit` bytes.
///
/// - Parameters:
///   - limit: the most bytes of one member.
///   - total: the most bytes of all of them together. What comes beyond it is left out.
public func contents(
    of paths: Set<ExactPath>, from source: any ByteSource, in container: ArchiveContainer, limit: Int, total: Int,
    limits: ArchiveLimits = .init(), isCancelled: @escaping () -> Bool = { false }
) throws(InspectionFailure) -> [ExactPath: [UInt8]] {
    var found: [ExactPath: [UInt8]] = [:]
    var bytes = 0
    try visitMembers(of: source, in: container, limits: limits, isCancelled: isCancelled) {
        (member, reader) throws(InspectionFailure) in
        let path = ExactPath(member.path)
        guard paths.contains(path) else { return .goOn }
        bytes -= found.removeValue(forKey: path)?.count ?? 0
        guard member.kind == .file, member.size <= limit else { return .goOn }
        guard Int64(bytes) + member.size <= Int64(total) else { return .goOn }
        let content = try reader.bytes(limit: limit)
        found[path] = content
        bytes += content.count
        // In a tar the same path may come again.
        return container == .zip && found.count == paths.count ? .stop : .goOn
    }
    return found
}

import PackagingFormats

/// How much an archive may ask of us. Whatever exceeds a limit is refused before the work is done.
///
/// Nothing here is a time: this package has no clock. Work is bounded by bytes and counts, and anyone who has a
/// deadline passes it as `isCancelled`, which is asked at least once for every 256 KiB of work.
public struct ArchiveLimits: Sendable, Equatable {
    /// Members of the archive; in a tar every header counts, those that only carry a long name too.
    public var members = 100_000
    /// Bytes of the zip central directory.
    public var directoryBytes: Int64 = 64 << 20
    /// Bytes of all members together once unpacked: the budget of work for one archive.
    public var unpackedBytes: Int64 = 8 << 30
    /// How many times larger than the file its unpacked members may be. PyPI's limit.
    public var ratio: Int64 = 50
    /// Below this many unpacked bytes the ratio is of no interest. PyPI's limit.
    public var ratioFloor: Int64 = 64 << 20
    /// Bytes of one member that is kept in memory: METADATA, WHEEL, entry_points.txt, PKG-INFO.
    public var extractedBytes = 8 << 20
    /// Bytes of WHEEL and of entry_points.txt, which are read as text.
    public var smallFileBytes = 1 << 20
    /// Bytes of a wheel's RECORD, which has a line for every member.
    public var recordBytes = 32 << 20
    /// Lines of a wheel's RECORD.
    public var recordLines = 200_000
    /// Bytes of a member's name.
    public var nameBytes = 1024
    /// Parts of a member's path. Real ones have a dozen; sources of JavaScript within each other some thirty.
    public var pathDepth = 64
    /// Directories, those included that are only named in the paths of files.
    public var directories = 100_000
    /// Bytes of the paths of all members and directories together: they are kept in memory until the archive is read.
    public var pathBytes = 32 << 20
    /// Bytes of one header of a tar archive that carries a long name or attributes.
    public var headerBytes = 1 << 20

    /// The limits that suit an index open to anybody.
    public init() {}

    /// Refuses `unpacked` bytes out of a file of `packed` bytes when they are too many.
    func check(unpacked: Int64, packed: Int64) throws(InspectionFailure) {
        guard unpacked <= unpackedBytes else { throw .limit(.unpackedBytes(limit: unpackedBytes)) }
        // The second half says unpacked <= packed * ratio, without overflow.
        guard unpacked <= ratioFloor || (unpacked - 1) / max(ratio, 1) < packed else {
            throw .limit(.ratio(limit: ratio))
        }
    }
}

/// A limit that an archive exceeds, with the limit.
public enum ExceededLimit: Sendable, Equatable {
    /// More members than allowed.
    case members(limit: Int)
    /// A zip central directory of more bytes than allowed.
    case directoryBytes(limit: Int64)
    /// More bytes after unpacking than allowed.
    case unpackedBytes(limit: Int64)
    /// Too many bytes after unpacking for the size of the file.
    case ratio(limit: Int64)
    /// A member that has to be read as a whole is larger than allowed.
    case extractedBytes(member: String, limit: Int)
    /// A header of a tar archive that carries names or attributes is larger than allowed.
    case headerBytes(limit: Int)
    /// More directories than allowed.
    case directories(limit: Int)
    /// Paths of more bytes than allowed.
    case pathBytes(limit: Int)
    /// A RECORD of more lines than allowed.
    case recordLines(limit: Int)

    var code: String {
        switch self {
        case .members: "limit.members"
        case .directoryBytes: "limit.directory-size"
        case .unpackedBytes: "limit.unpacked-size"
        case .ratio: "limit.compression-ratio"
        case .extractedBytes: "limit.member-size"
        case .headerBytes: "limit.header-size"
        case .directories: "limit.directories"
        case .pathBytes: "limit.path-size"
        case .recordLines: "limit.record-lines"
        }
    }

    var explanation: String {
        switch self {
        case .members(let limit): "The archive has more than \(limit) members, the most that this index accepts."
        case .directoryBytes(let limit):
            "The archive's table of contents is larger than \(ByteSize(limit)), the most that this index accepts."
        case .unpackedBytes(let limit):
            "The archive unpacks to more than \(ByteSize(limit)), the most that this index accepts."
        case .ratio(let limit):
            "The archive unpacks to more than \(limit) times its own size, as decompression bombs do."
        case .extractedBytes(let member, let limit):
            "\(quoted(member)) is larger than \(ByteSize(limit)), the most that this index accepts for this member."
        case .headerBytes(let limit):
            "A header of the tar archive is larger than \(ByteSize(limit)), the most that this index accepts."
        case .directories(let limit):
            "The archive has more than \(limit) directories, the most that this index accepts."
        case .pathBytes(let limit):
            "The paths in the archive have more than \(ByteSize(limit)), the most that this index accepts. Pack fewer files, in fewer directories."
        case .recordLines(let limit): "RECORD has more than \(limit) lines, the most that this index accepts."
        }
    }
}

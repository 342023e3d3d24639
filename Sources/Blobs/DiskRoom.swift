import Glibc

/// How much room there is on a file system.
public struct DiskRoom: Sendable, Hashable {
    /// Bytes that this process can still take.
    public let free: Int64
    /// Bytes in all.
    public let total: Int64

    /// How much room there is.
    public init(free: Int64, total: Int64) {
        self.free = free
        self.total = total
    }

    /// The room on the file system of a path; nil when it cannot be asked.
    public init?(at path: String) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0, facts.f_blocks > 0 else { return nil }
        let block = Int64(clamping: facts.f_frsize)
        // Who is root may take what is kept for root, and is told so by the number of all free blocks.
        let blocks = geteuid() == 0 ? facts.f_bfree : facts.f_bavail
        self.init(
            free: Int64(clamping: blocks).multipliedReportingOverflow(by: block).partialValue,
            total: Int64(clamping: facts.f_blocks).multipliedReportingOverflow(by: block).partialValue)
    }

    /// What files leave to the database, in bytes: a twentieth, and 64 MiB at most.
    ///
    /// An index whose disk is full of files can still sign its operator in, and let people yank what is wrong, as long
    /// as the database can grow a little. So uploads are refused a little before the end.
    public var reserve: Int64 { min(64 << 20, total / 20) }

    /// Whether files may take no more.
    public var isReserveTouched: Bool { free < reserve }
}

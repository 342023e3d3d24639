/// The files of a ZIP archive that is no wheel, each read when it is asked for: memory does not depend on how many there
/// are.
public struct ZipFiles {
    private let archive: ZipArchive

    /// A file of the archive.
    public struct File {
        fileprivate let member: ZipMember
        /// Its path, without anything that leads out of the archive.
        public var path: String { member.entry.path }
    }

    /// Reads and checks all records of the archive; throws where they contradict each other.
    public init(_ source: any ByteSource, limits: ArchiveLimits = .init()) throws(InspectionFailure) {
        archive = try ZipArchive(source, limits: limits, isCancelled: { false })
    }

    /// In the order in which they lie there.
    public var files: [File] { archive.members.filter { !$0.entry.isDirectory }.map(File.init) }

    /// The bytes of a file.
    ///
    /// - Parameter limit: how many it may have.
    public func read(_ file: File, limit: Int) throws(InspectionFailure) -> [UInt8] {
        try archive.content(of: file.member, limit: limit)
    }
}

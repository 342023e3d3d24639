/// What is wrong with a ZIP file. Sections are those of PKWARE's APPNOTE.TXT 6.3.10.
///
/// Most of these are harmless to one reader and a disguise before another: a reader that starts at the central
/// directory and one that streams from the first byte must see the same members with the same bytes.
public enum ZipFlaw: Sendable, Equatable {
    /// No end of central directory record (4.3.16) at the end of the file, or its comment does not end there.
    case noEndRecord
    /// The archive comment has something in it that a reader could take for a ZIP record.
    case commentLooksLikeRecord
    /// Split over several disks.
    case severalDisks
    /// The ZIP64 end records (4.3.14, 4.3.15) are missing, malformed, or disagree with the end record.
    case zip64EndRecord
    /// The central directory does not fill the place between the members and the end record.
    case directoryExtent
    /// The central directory has a malformed record.
    case directoryRecord(index: Int)
    /// The end record promises another number of members than the central directory has.
    case memberCount(declared: UInt64)
    /// The extra fields (4.5) of a member are malformed, repeated, or give it other sizes or another name.
    case extraField(member: String)
    /// A member has a comment.
    case memberComment(member: String)
    /// There are bytes before this member, or between it and what comes before it, that belong to no member.
    case gap(before: String)
    /// There are bytes between the last member and the central directory that belong to no member.
    case gapBeforeDirectory
    /// The member begins before the one in front of it ends, or ends in the central directory.
    case overlap(member: String)
    /// There is no local header (4.3.7) where the central directory says.
    case localHeader(member: String)
    /// The local header and the central directory disagree.
    case disagreement(member: String, LocalField)
    /// The member is encrypted.
    case encrypted(member: String)
    /// The member needs a feature that wheels have no use for (patch data, masked headers).
    case feature(member: String)
    /// Neither stored nor deflated.
    case method(member: String, UInt16)
    /// A symbolic link, a device or the like.
    case special(member: String)
    /// A directory with content, or marked as a directory and not named like one.
    case directoryMember(member: String)
    /// The data descriptor (4.3.9) disagrees with the central directory, or there is one where its place is
    /// uncertain.
    case dataDescriptor(member: String)
    /// The data is not valid deflate, or more or less than one deflate stream.
    case data(member: String)
    /// The data unpacks to more or fewer bytes than declared.
    case unpackedSize(member: String)
    /// The data does not have the declared CRC-32.
    case checksum(member: String)

    /// What the local header repeats from the central directory.
    public enum LocalField: String, Sendable, Equatable, CaseIterable {
        case name
        /// The general purpose flags that change how the member is read.
        case flags
        case method
        /// The CRC-32.
        case checksum
        case compressedSize = "compressed size"
        case size
    }

    var code: String {
        switch self {
        case .noEndRecord: "zip.no-end-record"
        case .commentLooksLikeRecord: "zip.comment"
        case .severalDisks: "zip.several-disks"
        case .zip64EndRecord: "zip.zip64"
        case .directoryExtent: "zip.directory-extent"
        case .directoryRecord: "zip.directory-record"
        case .memberCount: "zip.member-count"
        case .extraField: "zip.extra-field"
        case .memberComment: "zip.member-comment"
        case .gap, .gapBeforeDirectory: "zip.gap"
        case .overlap: "zip.overlap"
        case .localHeader: "zip.local-header"
        case .disagreement: "zip.header-disagreement"
        case .encrypted: "zip.encrypted"
        case .feature: "zip.feature"
        case .method: "zip.method"
        case .special: "zip.special-file"
        case .directoryMember: "zip.directory"
        case .dataDescriptor: "zip.data-descriptor"
        case .data: "zip.data"
        case .unpackedSize: "zip.unpacked-size"
        case .checksum: "zip.checksum"
        }
    }

    var explanation: String {
        switch self {
        case .noEndRecord:
            "The file is not a ZIP archive, is cut off, or has data after its end. Build it again and upload it whole."
        case .commentLooksLikeRecord: "The archive's comment has parts of a ZIP archive in it. Remove the comment."
        case .severalDisks: "The archive is a part of one that is split over several disks."
        case .zip64EndRecord:
            "The ZIP64 records at the end of the archive are damaged or disagree with its end record."
        case .directoryExtent:
            "The archive's table of contents is not where its end record says, or has other bytes before or after it."
        case .directoryRecord(let index): "Entry \(index + 1) of the archive's table of contents is damaged."
        case .memberCount(let declared):
            "The archive says that it has \(declared) members, but its table of contents has another number."
        case .extraField(let member):
            "The extra fields of \(quoted(member)) are damaged, repeated, or contradict its sizes or its name."
        case .memberComment(let member): "\(quoted(member)) has a comment. Comments on members are not accepted."
        case .gap(let member):
            "There are bytes before \(quoted(member)) that belong to no member. Build the archive from scratch, not by appending."
        case .gapBeforeDirectory:
            "There are bytes after the last member that belong to none. Build the archive from scratch, not by appending."
        case .overlap(let member): "\(quoted(member)) overlaps another part of the archive."
        case .localHeader(let member): "\(quoted(member)) is not where the archive's table of contents says."
        case .disagreement(let member, let field):
            "The \(field.rawValue) of \(quoted(member)) before its data is not that in the archive's table of contents."
        case .encrypted(let member): "\(quoted(member)) is encrypted."
        case .feature(let member): "\(quoted(member)) uses a feature of ZIP that installers do not support."
        case .method(let member, let method):
            "\(quoted(member)) is compressed by method \(method). Only stored (0) and deflated (8) members are accepted."
        case .special(let member):
            "\(quoted(member)) is a symbolic link or another special file. Only regular files and directories are accepted."
        case .directoryMember(let member):
            "\(quoted(member)) is half a file, half a directory: a directory has a '/' at the end of its name and no content."
        case .dataDescriptor(let member): "The sizes after the data of \(quoted(member)) are missing or wrong."
        case .data(let member): "The compressed data of \(quoted(member)) is damaged."
        case .unpackedSize(let member):
            "\(quoted(member)) does not unpack to the size that the archive declares for it."
        case .checksum(let member): "The data of \(quoted(member)) is damaged: its CRC-32 is wrong."
        }
    }
}

/// What is wrong with a gzipped tar file.
///
/// Python's tarfile stops without a word at what it cannot read, so one reader's end is another's middle. Here
/// everything up to the last byte of the file must be sound.
public enum TarFlaw: Sendable, Equatable {
    /// Not gzip at all.
    case notGzip
    /// Not valid deflate, or a wrong checksum or length at the end.
    case gzipData
    /// The gzip stream ends too early.
    case gzipCut
    /// Something other than zeros follows the gzip stream.
    case afterGzip
    /// A second gzip member follows the first. Not every reader goes on to it.
    case severalGzipMembers
    /// The tar ends within a member or a header.
    case cut
    /// No zero block at the end.
    case noEndMarker
    /// Something other than zeros follows the end marker.
    case afterEndMarker
    /// A header whose checksum is wrong.
    case headerChecksum(after: String?)
    /// A header with a field that is not a number, or a negative size.
    case headerNumber(after: String?)
    /// A path prefix in a header whose format has none; readers differ in whether they use it.
    case headerPrefix(member: String)
    /// A pax header with malformed records.
    case paxRecord
    /// A pax header with a key that is there twice or has a NUL in it.
    case paxKey(String)
    /// A global pax header that names members or gives them sizes.
    case globalPath
    /// Several headers that give one member a name or attributes, or one that no member follows.
    case strayHeader
    /// A pax size that is not that of the header.
    case paxSize(member: String)
    case sparse(member: String)
    /// A device, a pipe or another kind of member that is neither file, directory nor link.
    case special(member: String)
    /// A directory or a link with content, or a file with a slash at the end of its name.
    case directoryMember(member: String)
    /// A link that points out of the top-level directory, or that goes up after having gone down.
    case linkTarget(member: String, target: String)

    var code: String {
        switch self {
        case .notGzip: "gzip.not-gzip"
        case .gzipData: "gzip.data"
        case .gzipCut: "gzip.cut"
        case .afterGzip: "gzip.trailing-data"
        case .severalGzipMembers: "gzip.several-members"
        case .cut: "tar.cut"
        case .noEndMarker: "tar.no-end-marker"
        case .afterEndMarker: "tar.trailing-data"
        case .headerChecksum: "tar.header-checksum"
        case .headerNumber: "tar.header-number"
        case .headerPrefix: "tar.header-prefix"
        case .paxRecord: "tar.pax-record"
        case .paxKey: "tar.pax-key"
        case .globalPath: "tar.global-path"
        case .strayHeader: "tar.stray-header"
        case .paxSize: "tar.pax-size"
        case .sparse: "tar.sparse"
        case .special: "tar.special-file"
        case .directoryMember: "tar.directory"
        case .linkTarget: "tar.link-target"
        }
    }

    var explanation: String {
        switch self {
        case .notGzip: "The file is not compressed with gzip, as a .tar.gz file must be."
        case .gzipData: "The gzip data is damaged. Build the archive again and upload it whole."
        case .gzipCut: "The gzip data ends too early. Build the archive again and upload it whole."
        case .afterGzip: "There is data after the end of the gzip stream."
        case .severalGzipMembers:
            "The file has several gzip members one after the other; some readers see only the first. Compress it in one piece."
        case .cut: "The tar archive ends in the middle of a member. Build the archive again and upload it whole."
        case .noEndMarker: "The tar archive has no end marker and may be cut off. Build the archive again."
        case .afterEndMarker: "There is data after the end marker of the tar archive."
        case .headerChecksum(let previous): "A header of the tar archive is damaged: \(Self.place(previous))."
        case .headerNumber(let previous):
            "A header of the tar archive has an impossible number in it: \(Self.place(previous))."
        case .headerPrefix(let member): "The header of \(quoted(member)) mixes two formats of tar."
        case .paxRecord: "The tar archive has a malformed pax header."
        case .paxKey(let key):
            "A pax header of the tar archive has the key \(quoted(key)) twice, or with a NUL in it. Readers differ in what "
                + "they make of it, and uv installs no such archive."
        case .globalPath: "The tar archive has a global pax header that sets names, links or sizes of members."
        case .strayHeader: "The tar archive has headers for long names or attributes that do not belong to one member."
        case .paxSize(let member): "The two headers of \(quoted(member)) give it two sizes."
        case .sparse(let member): "\(quoted(member)) is a sparse file. Sparse files are not accepted."
        case .special(let member):
            "\(quoted(member)) is a device or another special file. Only files, directories and links are accepted."
        case .directoryMember(let member):
            "\(quoted(member)) has the name of a directory and the content of a file, or the other way round."
        case .linkTarget(let member, let target):
            "The link \(quoted(member)) points to \(quoted(target)), which is outside the top-level directory or not in a plain form."
        }
    }

    private static func place(_ previous: String?) -> String {
        previous.map { "the one after \(quoted($0))" } ?? "the first"
    }
}

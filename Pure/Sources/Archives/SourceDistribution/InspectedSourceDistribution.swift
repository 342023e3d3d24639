/// What an index needs of a source distribution (`.tar.gz`, `.zip`).
public struct InspectedSourceDistribution: Sendable {
    /// The one directory at the top. By PEP 625 it is `{name}-{version}` in normal form. Old tools spelled names
    /// in other ways and PyPI does not compare it; that is left to the caller.
    public let topLevelDirectory: String
    /// The bytes of `{topLevelDirectory}/PKG-INFO`; none where there is none and that was passed over.
    public let packageInfo: [UInt8]
    /// Bytes of the archive once unpacked.
    public let unpackedSize: Int64
    /// What is wrong with it and was passed over. Empty unless read leniently.
    public let flaws: [InvalidArchive]
    private let files: Set<String>

    /// True if there is a file (or a link) at this path below the top-level directory, as a License-File header (PEP
    /// 639) gives it.
    public func contains(_ path: String) -> Bool { files.contains("\(topLevelDirectory)/\(path)") }

    fileprivate init(
        _ contents: SourceContents, unpackedSize: Int64, leniency: Leniency
    ) throws(InspectionFailure) {
        guard let top = contents.top else { throw .sourceDistribution(.empty) }
        var passedOver = PassedOver(leniency)
        if contents.packageInfo == nil {
            try passedOver.pass(.sourceDistribution(.noPackageInfo(path: "\(top)/PKG-INFO")))
        }
        topLevelDirectory = top
        packageInfo = contents.packageInfo ?? []
        self.unpackedSize = unpackedSize
        flaws = contents.flaws + passedOver.flaws
        files = contents.names.files
    }
}

/// What has been seen of a source distribution so far, in whichever container.
private struct SourceContents {
    var names: MemberNames
    var top: String?
    var packageInfo: [UInt8]?
    var flaws: [InvalidArchive] = []

    /// The path of PKG-INFO, once there is a member.
    var packageInfoPath: String? { top.map { "\($0)/PKG-INFO" } }

    /// All members are below one directory.
    mutating func enter(_ path: String) throws(InspectionFailure) {
        let directory = String(path.topLevel)
        guard (top ?? directory).hasSameBytes(as: directory) else {
            throw .sourceDistribution(.severalTopLevels(top ?? directory, directory))
        }
        top = directory
    }
}

/// Reads a `.tar.gz` source distribution to its last byte, in one pass and with memory that does not depend on its
/// size, and takes out what an index needs.
///
/// The archive must be sound (see `TarFlaw`), have one top-level directory, and a regular file PKG-INFO in it. That
/// is what PyPI asks; beyond it, no file may be there twice and no link may point outside. `./` before names is
/// accepted.
///
/// - Parameters:
///   - leniency: read as installers do, a file that is there twice, several gzip members, doubtful pax headers and what
///     is missing or too much at the end are told in `flaws`, and that there is no PKG-INFO. Of two files with one name
///     the later counts.
///   - isCancelled: asked at least once for every 256 KiB; true ends the inspection with `cancelled`.
public func inspectSourceDistribution(
    _ source: any ByteSource, limits: ArchiveLimits = .init(), leniency: Leniency = .none,
    isCancelled: @escaping () -> Bool = { false }
) throws(InspectionFailure) -> InspectedSourceDistribution {
    let reader = try TarReader(source, limits: limits, leniency: leniency, isCancelled: isCancelled)
    var contents = SourceContents(names: MemberNames(limits: limits))
    var doubled = PassedOver(leniency)
    while let member = try reader.next() {
        // The root itself, `./`.
        if member.path.isEmpty { continue }
        try contents.enter(member.path)
        if member.kind == .directory {
            try contents.names.insertDirectory(member.path, repeatable: true)
        } else if contents.names.files.contains(member.path) {
            try doubled.pass(.name(member.path, .duplicate))
        } else {
            try contents.names.insertFile(member.path)
        }
        try member.checkLinkTarget()
        if let path = contents.packageInfoPath, member.path.hasSameBytes(as: path) {
            guard member.kind == .file else { throw .sourceDistribution(.packageInfoIsNoFile(path: member.path)) }
            contents.packageInfo = try reader.content(of: member, limit: limits.extractedBytes)
        }
    }
    contents.flaws = reader.flaws + doubled.flaws
    return try InspectedSourceDistribution(contents, unpackedSize: reader.unpackedSize, leniency: leniency)
}

/// Reads a `.zip` source distribution, as setuptools made them and private indexes have them, and takes out what an
/// index needs. The archive must be as sound as a wheel's (see `ZipFlaw`), and otherwise as a `.tar.gz`.
///
/// - Parameters:
///   - leniency: read as installers do, that there is no PKG-INFO is told in `flaws`.
///   - isCancelled: asked at least once for every 256 KiB; true ends the inspection with `cancelled`.
public func inspectZipSourceDistribution(
    _ source: any ByteSource, limits: ArchiveLimits = .init(), leniency: Leniency = .none,
    isCancelled: @escaping () -> Bool = { false }
) throws(InspectionFailure) -> InspectedSourceDistribution {
    let archive = try ZipArchive(source, limits: limits, isCancelled: isCancelled)
    var contents = SourceContents(names: archive.names)
    for member in archive.members {
        let path = member.entry.path
        try contents.enter(path)
        if let info = contents.packageInfoPath, path.hasSameBytes(as: info) {
            guard !member.entry.isDirectory else { throw .sourceDistribution(.packageInfoIsNoFile(path: path)) }
            contents.packageInfo = try archive.content(of: member, limit: limits.extractedBytes)
        } else {
            // That its bytes are sound shows only when they are read.
            try archive.read(member) { (_) throws(InspectionFailure) in }
        }
    }
    return try InspectedSourceDistribution(
        contents, unpackedSize: archive.members.reduce(0) { $0 + $1.entry.size }, leniency: leniency)
}

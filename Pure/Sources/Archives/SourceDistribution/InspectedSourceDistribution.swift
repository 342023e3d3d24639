/// What an index needs of a source distribution (`.tar.gz`).
public struct InspectedSourceDistribution {
    /// The one directory at the top. By PEP 625 it is `{name}-{version}` in normal form. Old tools spelled names
    /// in other ways and PyPI does not compare it; that is left to the caller.
    public let topLevelDirectory: String
    /// The bytes of `{topLevelDirectory}/PKG-INFO`.
    public let packageInfo: [UInt8]
    /// Bytes of the archive once unpacked.
    public let unpackedSize: Int64
    private let files: Set<String>

    /// True if there is a `pyproject.toml` in the top-level directory.
    public var hasPyproject: Bool { contains("pyproject.toml") }

    /// True if there is a file (or a link) at this path below the top-level directory, as a License-File header (PEP
    /// 639) gives it.
    public func contains(_ path: String) -> Bool { files.contains("\(topLevelDirectory)/\(path)") }

    fileprivate init(topLevelDirectory: String, packageInfo: [UInt8], unpackedSize: Int64, files: Set<String>) {
        self.topLevelDirectory = topLevelDirectory
        self.packageInfo = packageInfo
        self.unpackedSize = unpackedSize
        self.files = files
    }
}

/// Reads a `.tar.gz` source distribution to its last byte, in one pass and with memory that does not depend on its
/// size, and takes out what an index needs.
///
/// The archive must be sound (see `TarFlaw`), have one top-level directory, and a regular file PKG-INFO in it. That
/// is what PyPI asks; beyond it, no file may be there twice and no link may point outside. `./` before names is
/// accepted.
///
/// - Parameter isCancelled: asked at least once for every 256 KiB; true ends the inspection with `cancelled`.
public func inspectSourceDistribution(
    _ source: any ByteSource, limits: ArchiveLimits = .init(), isCancelled: @escaping () -> Bool = { false }
) throws(InspectionFailure) -> InspectedSourceDistribution {
    let reader = try TarReader(source, limits: limits, isCancelled: isCancelled)
    var names = MemberNames(limits: limits)
    var top: String?
    var packageInfo: [UInt8]?
    while let member = try reader.next() {
        // The root itself, `./`.
        if member.path.isEmpty { continue }
        let directory = String(member.path.topLevel)
        guard (top ?? directory).hasSameBytes(as: directory) else {
            throw .sourceDistribution(.severalTopLevels(top ?? directory, directory))
        }
        top = directory
        if member.kind == .directory {
            try names.insertDirectory(member.path, repeatable: true)
        } else {
            try names.insertFile(member.path)
        }
        try member.checkLinkTarget()
        if member.path.hasSameBytes(as: "\(directory)/PKG-INFO") {
            guard member.kind == .file else { throw .sourceDistribution(.packageInfoIsNoFile(path: member.path)) }
            packageInfo = try reader.content(of: member, limit: limits.extractedBytes)
        }
    }
    guard let top else { throw .sourceDistribution(.empty) }
    guard let packageInfo else { throw .sourceDistribution(.noPackageInfo(path: "\(top)/PKG-INFO")) }
    return InspectedSourceDistribution(
        topLevelDirectory: top, packageInfo: packageInfo, unpackedSize: reader.unpackedSize, files: names.files)
}

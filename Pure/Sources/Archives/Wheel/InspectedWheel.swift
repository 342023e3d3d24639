/// What an index needs of a wheel.
public struct InspectedWheel: Sendable {
    /// The wheel's one `.dist-info` directory: `requests-2.31.0.dist-info`.
    public let distInfoDirectory: String
    /// The bytes of METADATA, to be served as they are.
    public let metadata: [UInt8]
    /// The bytes of WHEEL.
    public let wheel: [UInt8]
    /// The bytes of RECORD.
    public let record: [UInt8]
    /// The bytes of entry_points.txt, if there is one.
    public let entryPoints: [UInt8]?
    /// Bytes of the archive once unpacked.
    public let unpackedSize: Int64
    /// What is wrong with it and was passed over. Empty unless read leniently.
    public let flaws: [InvalidArchive]
    private let files: Set<String>

    /// True if there is a file at this path in the wheel.
    public func contains(_ path: String) -> Bool { files.contains(path) }

    /// The files in the `licenses` directory of the `.dist-info` directory, relative to it, as License-File headers
    /// give them since metadata 2.4 (PEP 639); in alphabetical order.
    public var licenseFiles: [String] {
        let directory = "\(distInfoDirectory)/licenses/".utf8
        let below = files.filter { $0.utf8.starts(with: directory) }
        return below.map { String(Substring($0.utf8.dropFirst(directory.count))) }.sorted()
    }

    /// Reads all of the wheel; `archive`'s records have been checked.
    fileprivate init(
        _ archive: ZipArchive, distInfoMatches: (String) -> Bool, limits: ArchiveLimits, leniency: Leniency
    ) throws(InspectionFailure) {
        var passedOver = PassedOver(leniency)
        let distInfo = try Self.distInfo(of: archive, matching: distInfoMatches)
        func path(_ name: String) -> String { "\(distInfo)/\(name)" }
        for name in ["METADATA", "WHEEL", "RECORD"] where !archive.names.files.contains(path(name)) {
            throw .wheel(.missing(path: path(name)))
        }

        var kept: [String: [UInt8]] = [:]
        for member in archive.members where member.entry.path == path("RECORD") {
            kept[path("RECORD")] = try archive.content(of: member, limit: limits.recordBytes)
        }
        let record = kept[path("RECORD")] ?? []
        var check = try RecordCheck(
            Record(parsing: record, limits: limits, passingOver: &passedOver), archive.members, distInfo: distInfo,
            passingOver: &passedOver)

        let small = min(limits.extractedBytes, limits.smallFileBytes)
        let wanted = [
            path("METADATA"): limits.extractedBytes, path("WHEEL"): small, path("entry_points.txt"): small,
        ]
        for member in archive.members where member.entry.path != path("RECORD") {
            let content = try Self.read(
                member, of: archive, keepUpTo: wanted[member.entry.path], &check)
            if let content { kept[member.entry.path] = content }
        }
        try check.finish(passingOver: &passedOver)

        distInfoDirectory = distInfo
        metadata = kept[path("METADATA")] ?? []
        wheel = kept[path("WHEEL")] ?? []
        self.record = record
        entryPoints = kept[path("entry_points.txt")]
        unpackedSize = archive.members.reduce(0) { $0 + $1.entry.size }
        flaws = passedOver.flaws
        files = archive.names.files
        try Self.checkWheelVersion(wheel)
    }

    fileprivate static func distInfo(
        of archive: ZipArchive, matching matches: (String) -> Bool
    ) throws(InspectionFailure) -> String {
        let suffix = ".dist-info"
        var found: Set<String> = []
        for entry in archive.members.lazy.map(\.entry) {
            let top = entry.path.topLevel
            guard top.utf8.reversed().starts(with: suffix.utf8.reversed()) else { continue }
            guard entry.isDirectory || top.utf8.count < entry.path.utf8.count else { continue }
            found.insert(String(top))
        }
        guard let directory = found.first else { throw .wheel(.noDistInfo) }
        guard found.count == 1 else { throw .wheel(.severalDistInfos(NameSample(found))) }
        guard matches(String(Substring(directory.utf8.dropLast(suffix.utf8.count))))
        else {
            throw .wheel(.otherDistInfo(directory: directory))
        }
        return directory
    }

    /// One pass over a member: its digest goes to `check`, its bytes are kept only if `limit` is given.
    private static func read(
        _ member: ZipMember, of archive: ZipArchive, keepUpTo limit: Int?, _ check: inout RecordCheck
    ) throws(InspectionFailure) -> [UInt8]? {
        let path = member.entry.path
        if let limit, member.entry.size > limit { throw .limit(.extractedBytes(member: path, limit: limit)) }
        var content: [UInt8] = []
        var digest = check.digest(for: path)
        try archive.read(member) { (bytes) throws(InspectionFailure) in
            digest?.update(bytes)
            if limit != nil { content += bytes }
        }
        if let digest { check.compare(digest, of: path) }
        return limit == nil ? nil : content
    }

    /// Installers must refuse a greater major version than they know ("Binary distribution format", installing).
    private static func checkWheelVersion(_ wheel: [UInt8]) throws(InspectionFailure) {
        // By bytes, since nothing is known of what the file holds (see `CombiningMarks`).
        let header = "wheel-version:"
        let line = wheel.split { $0 == 0x0A || $0 == 0x0D }.first { line in
            String(decoding: line.prefix(header.utf8.count), as: UTF8.self).lowercased() == header
        }
        guard let line else { throw .wheel(.wheelVersion(nil)) }
        let version = String(decoding: line.dropFirst(header.utf8.count), as: UTF8.self).filter { !$0.isWhitespace }
        let major = version.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard major.elementsEqual("1".utf8) else { throw .wheel(.wheelVersion(version)) }
    }
}

extension ZipArchive {
    /// All bytes of a small member.
    func content(of member: ZipMember, limit: Int) throws(InspectionFailure) -> [UInt8] {
        guard member.entry.size <= limit else {
            throw .limit(.extractedBytes(member: member.entry.path, limit: limit))
        }
        var content: [UInt8] = []
        try read(member) { (bytes) throws(InspectionFailure) in content += bytes }
        return content
    }
}

/// The bytes of a wheel's METADATA alone, for those who have inspected the wheel before: the archive's records are
/// checked, and nothing else is unpacked.
public func metadata(
    ofWheel source: any ByteSource, limits: ArchiveLimits = .init()
) throws(InspectionFailure) -> [UInt8] {
    let archive = try ZipArchive(source, limits: limits, isCancelled: { false })
    let path = "\(try InspectedWheel.distInfo(of: archive, matching: { _ in true }))/METADATA"
    for member in archive.members where member.entry.path == path {
        return try archive.content(of: member, limit: limits.extractedBytes)
    }
    throw .wheel(.missing(path: path))
}

/// Reads a wheel, every byte of it, with memory that does not depend on its size, and takes out what an index needs.
///
/// The archive must be sound (see `ZipFlaw`) and have one `.dist-info` directory with METADATA, WHEEL and RECORD,
/// whose lines agree with all members (see `RecordDifference`). PyPI warns of a RECORD that does not agree, and does
/// not look at its hashes; no installer checks them either, so a wheel that fails here may install elsewhere.
///
/// - Parameters:
///   - distInfoMatches: says whether the `.dist-info` directory is right for the wheel's file name, given its name
///     without the suffix (`requests-2.31.0`). Names and versions should be compared in their normal forms.
///   - leniency: read as installers do, a RECORD that does not agree with the wheel is told in `flaws`.
///   - isCancelled: asked at least once for every 256 KiB; true ends the inspection with `cancelled`.
public func inspectWheel(
    _ source: any ByteSource, distInfoMatches: (String) -> Bool, limits: ArchiveLimits = .init(),
    leniency: Leniency = .none, isCancelled: @escaping () -> Bool = { false }
) throws(InspectionFailure) -> InspectedWheel {
    let archive = try ZipArchive(source, limits: limits, isCancelled: isCancelled)
    return try InspectedWheel(archive, distInfoMatches: distInfoMatches, limits: limits, leniency: leniency)
}

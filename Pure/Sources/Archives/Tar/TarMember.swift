import PackagingFormats

/// A member of a tar archive.
struct TarMember {
    /// Without a slash at the end; empty for the root itself.
    let path: String
    let kind: Kind
    let size: Int64

    enum Kind: Equatable {
        case file
        case directory
        /// The target as written, relative to the directory of the link.
        case symbolicLink(target: String)
        /// The target as written, relative to the root of the archive.
        case hardLink(target: String)
    }

    /// Refuses a link that could lead out of the top-level directory. Links are never followed; they must only be
    /// harmless to anyone who extracts them.
    ///
    /// PEP 721's data filter resolves links in the file system. Without one this holds instead: a target goes up
    /// first and then only down, and stays in the top-level directory; and `MemberNames` has no member beneath a
    /// link. So what goes up passes through real directories only, and following a link never leaves the top-level
    /// directory, in whatever order the members are extracted.
    func checkLinkTarget() throws(InspectionFailure) {
        let base: [Substring]
        let target: String
        switch kind {
        case .file, .directory: return
        case .hardLink(let written): (base, target) = ([], written)
        case .symbolicLink(let written): (base, target) = (path.pathParts.dropLast(), written)
        }
        guard
            !target.isEmpty, target.utf8.first != UInt8(ascii: "/"), !target.utf8.contains(UInt8(ascii: "\\")),
            target.utf8.dropFirst().first != UInt8(ascii: ":"),
            !target.hasExcessMarks,
            !target.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
            let top = Self.resolve(target, from: base)?.first, top.utf8.elementsEqual(path.topLevel.utf8)
        else { throw .tar(.linkTarget(member: path, target: target)) }
    }

    private static func resolve(_ target: String, from base: [Substring]) -> [Substring]? {
        let parts = target.pathParts.filter { $0 != "." }
        let ups = parts.prefix { $0 == ".." }.count
        guard ups <= base.count, !parts.dropFirst(ups).contains("..") else { return nil }
        return base.dropLast(ups) + parts.dropFirst(ups)
    }
}

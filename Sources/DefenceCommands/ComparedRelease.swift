import Archives
import Findings
import Foundation
import ReleaseDifferences
import Scanning
import UTC
import Verdicts

/// Files of a release, compared with that of the release before, and with each other.
struct ComparedRelease {
    /// By path of the file.
    private(set) var differences: [String: [ReleaseDifference]] = [:]

    /// - Parameters:
    ///   - files: wheels, sdists, folders.
    ///   - former: a file or a folder of the release before; nil to compare wheels with the sdist among `files` alone.
    init(_ files: [String], against former: String?, bounds: ScanBounds) {
        let inventories = files.map { ($0, Self.inventory(of: $0, bounds: bounds)) }
        let before = former.flatMap { Self.inventory(of: $0, bounds: bounds) }
        let source = inventories.lazy.compactMap(\.1).first { $0.kind == .sourceDistribution }
        for case (let path, let now?) in inventories {
            var found: [ReleaseDifference] = []
            if let before, before.isComparable(with: now) { found = ReleaseDifference.between(before, now) }
            if let source, now.kind != .sourceDistribution { found += ReleaseDifference.ofWheel(now, against: source) }
            differences[path] = found
        }
    }

    /// What becomes of a file of a project that others build on, by all that is known of it here.
    ///
    /// - Parameters:
    ///   - look: what its own rules found.
    ///   - former: what they found in the release before.
    func verdict(on path: String, _ look: Look, former: [Finding]) -> Verdict {
        let facts = VerdictFacts(
            tier: .popular, projectAge: VerdictPolicy.youngProject, look: look, findingsBefore: former,
            differences: differences[path] ?? [])
        return VerdictPolicy.decide(facts, under: DefenceSettings(modes: [.popular: .enforce]))
    }

    /// Nil for what cannot be read to its end: the look says why.
    private static func inventory(of path: String, bounds: ScanBounds) -> ReleaseInventory? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
        if isFolder.boolValue { return inventory(ofFolder: FolderFiles(path, bounds: bounds)) }
        let name = URL(fileURLWithPath: path).lastPathComponent
        guard let source = try? FileSource(path) else { return nil }
        var start = [UInt8](repeating: 0, count: 4)
        let count = try? start.withUnsafeMutableBytes { try source.read(at: 0, into: $0) }
        guard let count, let container = ArchivePacking(firstBytes: start.prefix(count)) else { return nil }
        let isWheel = name.hasSuffix(".whl") || name.hasSuffix(".egg")
        var builder = InventoryBuilder(
            kind: isWheel ? .wheel(isForAnyPlatform: name.hasSuffix("-any.whl")) : .sourceDistribution)
        var total: Int64 = 0
        let failure = Result {
            try readFiles(
                of: source, in: container, leniency: .asInstallers, wanted: { Int(min($1, Int64(bounds.fileBytes))) },
                visit: { file in
                    builder.add(path: file.path, content: file.content)
                    total += Int64(file.content.count)
                    return total <= bounds.totalBytes
                })
        }
        guard case .success = failure else { return nil }
        return builder.inventory()
    }

    /// An unpacked sdist has `setup.py`, `pyproject.toml` or `PKG-INFO` at its top, or one folder that has; anything else
    /// is what a wheel installs.
    private static func inventory(ofFolder files: FolderFiles) -> ReleaseInventory {
        let all = Array(files)
        let signs: Set<String> = ["setup.py", "pyproject.toml", "PKG-INFO"]
        let isTop = all.contains { signs.contains($0.path) }
        let isBelow = all.contains { file in
            let parts = file.path.split(separator: "/")
            return parts.count == 2 && signs.contains(String(parts[1]))
        }
        var builder = InventoryBuilder(
            kind: isTop || isBelow ? .sourceDistribution : .wheel(isForAnyPlatform: true))
        for file in all { builder.add(path: isTop ? "top/\(file.path)" : file.path, content: file.content) }
        return builder.inventory()
    }
}

extension ReleaseInventory {
    /// Whether both are wheels, or both sdists: what is in them lies at the same paths.
    fileprivate func isComparable(with other: ReleaseInventory) -> Bool {
        (kind == .sourceDistribution) == (other.kind == .sourceDistribution)
    }
}

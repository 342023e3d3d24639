import Archives

@testable import Differences

/// An inventory of files given by their paths and contents.
func inventory(_ filename: String, _ files: [String: String]) -> Inventory {
    Inventory(
        filename: filename, container: filename.hasSuffix(".whl") ? .zip : .gzippedTar,
        files: files.map { ($0.key, Array($0.value.utf8)) })
}

/// The difference of two sets of files, all of which can be read.
func difference(
    wheel old: [String: String]?, _ new: [String: String], limits: DifferenceLimits = .init()
) -> ReleaseDifference {
    difference(old, new, ("demo-1.0-py3-none-any.whl", "demo-1.1-py3-none-any.whl"), limits)
}

/// The same of source distributions.
func difference(
    sdist old: [String: String]?, _ new: [String: String], limits: DifferenceLimits = .init()
) -> ReleaseDifference {
    difference(old, new, ("demo-1.0.tar.gz", "demo-1.1.tar.gz"), limits)
}

private func difference(
    _ old: [String: String]?, _ new: [String: String], _ names: (String, String), _ limits: DifferenceLimits
) -> ReleaseDifference {
    let plan = DifferencePlan(
        from: old.map { inventory(names.0, $0) }, to: inventory(names.1, new), limits: limits)
    func read(_ files: [String: String], _ paths: Set<ExactPath>) -> [ExactPath: [UInt8]] {
        var read: [ExactPath: [UInt8]] = [:]
        for (path, content) in files where paths.contains(ExactPath(path)) {
            read[ExactPath(path)] = Array(content.utf8)
        }
        return read
    }
    return plan.difference(old: read(old ?? [:], plan.oldPaths), new: read(new, plan.newPaths))
}

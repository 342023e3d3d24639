import PackagingFormats

extension LogStatement {
    /// What may be done to files, beside being published: by these words, entries about one can be found.
    public static let actsOnFiles: Set<String> = [
        "file.yank", "file.unyank", "file.delete", "file.erase", "release.yank", "release.unyank", "release.delete",
        "project.delete", "project.restore", "project.undo-removal", "project.status", "content.quarantine",
        "content.lift-quarantine", "removal.ask", "removal.confirm", "removal.object", "removal.take-over",
        "removal.lapse", "return.propose", "return.approve", "return.decline", "return.decide", "erasure.confirm",
    ]

    /// Whether it is about a file: by its name, its version, or all of its project.
    public func isAbout(_ file: PublishedFile) -> Bool {
        guard project == file.project else { return false }
        if act == "file.upload" { return details["filename"] == file.filename }
        guard Self.actsOnFiles.contains(act) else { return false }
        if let filename = details["filename"] { return filename == file.filename }
        guard let version = details["version"] else { return true }
        guard let own = try? Version(parsing: file.version), let other = try? Version(parsing: version) else {
            return version == file.version
        }
        return own == other
    }
}

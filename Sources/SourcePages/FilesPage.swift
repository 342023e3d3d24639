import Differences
import PackagingFormats
import Projects
import Site

/// The files of a release, or a directory in one of them.
struct FilesPage {
    struct Step {
        let stepName: String
        /// Nil for where the page is.
        let stepPath: String?
    }

    struct Row {
        let rowName: String
        let rowPath: String
        let rowDetail: String
        let rowSize: String
        let isDirectory: Bool
    }

    let heading: String
    let steps: [Step]
    let lead: String
    let rows: [Row]
    /// How many are not listed; nil where all are.
    let moreRows: String?
    let notable: NonEmpty<Notable>?
    let downloadPath: String?

    /// Files that people should look at first.
    struct Notable {
        let notableTitle: String
        let links: [Row]
    }

    /// How many rows are listed.
    private static let most = 2_000
    /// How many files of a group are named before all others.
    private static let mostNotable = 30

    /// The files of a release.
    init(_ release: Projects.Release, of name: ProjectName) {
        let version = release.version
        heading = "Files of \(name.display) \(version)"
        steps = Self.steps(name, version)
        lead =
            release.files.isEmpty
            ? "This release has no file." : "What is in them is shown as text; nothing of it is run."
        rows = release.files.prefix(Self.most).map { file in
            Row(
                rowName: file.filename,
                rowPath: SourceAddress.directory("", in: file.filename, of: name, version),
                rowDetail: file.packageType == .wheel ? "wheel" : "source distribution",
                rowSize: readableSize(file.size), isDirectory: true)
        }
        moreRows = release.files.count > rows.count ? (release.files.count - rows.count).counted("more file") : nil
        notable = nil
        downloadPath = nil
    }

    /// A directory in a file.
    ///
    /// - Parameter directory: its path without a slash at its end; empty for the archive's top.
    init(
        _ listing: Inventory.Listing, at directory: String, in inventory: Inventory, of file: DistributionFile,
        _ name: ProjectName, _ version: Version
    ) {
        let filename = file.filename
        heading = directory.isEmpty ? filename : ShownLine(Array(directory.utf8)[...], limit: 512).plain
        steps = Self.steps(name, version, in: filename, path: directory)
        let whole = inventory.isWhole ? "" : " The archive has more files than are listed here."
        lead = "\(inventory.entries.count.counted("file")) in \(filename).\(whole)"
        let prefix = directory.isEmpty ? "" : directory + "/"
        let directories = listing.directories.map { below in
            Row(
                rowName: ShownLine(Array(below.name.utf8)[...], limit: 256).plain + "/",
                rowPath: SourceAddress.directory(prefix + below.name, in: filename, of: name, version),
                rowDetail: below.files.counted("file"), rowSize: readableSize(below.size), isDirectory: true)
        }
        let files = listing.files.map { Self.row($0, $0.name, filename, name, version) }
        rows = Self.first(directories + files)
        let others = directories.count + files.count - rows.count
        moreRows = others > 0 ? others.counted("more file") : nil
        notable =
            directory.isEmpty
            ? NonEmpty(
                FileGroup.allCases.filter { $0 <= .programs }.compactMap { group in
                    let entries = inventory.entries.filter {
                        FileGroup($0, isWheel: inventory.isWheel) == group && !$0.kind.isEmptyFile
                    }
                    guard !entries.isEmpty else { return nil }
                    return Notable(
                        notableTitle: group.title,
                        links: entries.prefix(Self.mostNotable).map { Self.row($0, $0.path, filename, name, version) })
                }) : nil
        downloadPath = file.path
    }

    /// As many rows as a page has room for.
    private static func first(_ rows: [Row]) -> [Row] {
        var room = 1_000_000
        return Array(
            rows.prefix(most).prefix { row in
                room -= row.rowName.utf8.count + row.rowPath.utf8.count + row.rowDetail.utf8.count + 150
                return room > 0
            })
    }

    private static func row(
        _ entry: Inventory.Entry, _ shown: String, _ filename: String, _ name: ProjectName, _ version: Version
    ) -> Row {
        let target = entry.target.map { " to \(ShownLine(Array($0.utf8)[...], limit: 256).plain)" } ?? ""
        return Row(
            rowName: ShownLine(Array(shown.utf8)[...], limit: 512).plain,
            rowPath: SourceAddress.member(entry.path, in: filename, of: name, version),
            rowDetail: entry.kind == .text ? "" : entry.kind.words + target, rowSize: readableSize(entry.size),
            isDirectory: false)
    }

    /// The way down to a path.
    static func steps(_ name: ProjectName, _ version: Version, in filename: String? = nil, path: String = "") -> [Step]
    {
        var steps = [
            Step(stepName: name.display, stepPath: Paths.project(name)),
            Step(stepName: version.description, stepPath: Paths.release(name, version)),
            Step(stepName: "files", stepPath: filename == nil ? nil : SourceAddress.files(of: name, version)),
        ]
        guard let filename else { return steps }
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        steps.append(
            Step(
                stepName: filename,
                stepPath: parts.isEmpty ? nil : SourceAddress.directory("", in: filename, of: name, version)))
        for (index, part) in parts.enumerated() {
            let isLast = index + 1 == parts.count
            steps.append(
                Step(
                    stepName: ShownLine(Array(part.utf8)[...], limit: 256).plain,
                    stepPath: isLast
                        ? nil
                        : SourceAddress.directory(
                            parts[...index].joined(separator: "/"), in: filename, of: name, version)))
        }
        return steps
    }
}

extension ContentKind {
    fileprivate var isEmptyFile: Bool { self == .empty }
}

extension SiteRenderer {
    /// `GET /project/{name}/{version}/files/…/`
    func files(_ page: FilesPage) -> [UInt8] {
        self.page(page, as: .sourceFiles, titled: page.heading, description: page.lead)
    }
}

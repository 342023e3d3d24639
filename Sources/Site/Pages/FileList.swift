import Accounts
import PackagingFormats
import Projects

/// The files of a release.
struct FileList {
    struct Group {
        let groupTitle: String
        let rows: [Row]
    }

    struct Row {
        let filename: String
        let filePath: String
        let fileKind: String
        let fileSize: String
        let fileTime: Moment
        let filePython: String?
        let uploader: String?
        let uploaderPath: String?
        let metadataPath: String?
        let checkPath: String
        let isFileYanked: Bool
        let fileYankReason: String?
        let digests: [Digest]
    }

    struct Digest {
        let algorithm: String
        let digestID: String
        let digest: String
    }

    /// How many files are shown; a file takes two KiB of the page.
    static let visible = 200

    let count: String
    let groups: [Group]
    /// How many are left out, and where all of them are; nil where none is.
    let others: Others?

    struct Others {
        let othersCount: String
        let allFilesPath: String
    }

    init(_ all: [DistributionFile], of project: ProjectName) {
        count = all.count.grouped
        others =
            all.count > Self.visible
            ? Others(
                othersCount: (all.count - Self.visible).counted("more file"),
                allFilesPath: "/simple/\(project.normalized)/") : nil
        // The sdist is what people look for, and there is one at most.
        let files = (all.filter { $0.packageType == .sourceDistribution } + all.filter { $0.packageType == .wheel })
            .prefix(Self.visible)
        groups = [(PackageType.sourceDistribution, "Source"), (.wheel, "Wheels")].compactMap { type, title in
            let rows = files.filter { $0.packageType == type }.map { Self.row($0, of: project) }
            return rows.isEmpty ? nil : Group(groupTitle: title, rows: rows)
        }
    }

    private static func row(_ file: DistributionFile, of project: ProjectName) -> Row {
        let digests = [
            ("SHA-256", file.digests.sha256), ("BLAKE2b-256", file.digests.blake2b256), ("MD5", file.digests.md5),
        ]
        return Row(
            filename: file.filename, filePath: file.path, fileKind: kind(of: file), fileSize: readableSize(file.size),
            fileTime: Moment(file.uploadedAt), filePython: file.requiresPython?.cut(to: .label),
            uploader: file.uploader?.display,
            uploaderPath: file.uploader.map { "/user/\($0.display)/" },
            metadataPath: file.metadataSHA256.map { _ in file.path + ".metadata" },
            checkPath: Paths.file(file.filename, of: project), isFileYanked: file.yank != nil,
            fileYankReason: file.yank?.reason,
            digests: digests.filter { !$0.1.isEmpty }.map { algorithm, digest in
                Digest(algorithm: algorithm, digestID: "\(algorithm.lowercased())-\(file.id)", digest: digest)
            })
    }

    /// What a file's name says it is for, in words.
    private static func kind(of file: DistributionFile) -> String {
        guard file.packageType == .wheel else { return "Source distribution" }
        guard let wheel = try? WheelFilename(parsing: file.filename) else { return "Wheel" }
        let newer = wheel.abis == ["abi3"] ? " and newer" : ""
        let pythons = distinct(wheel.interpreters.map(python)).joined(separator: " and ")
        let platforms = wheel.platforms == ["any"] ? ["Any platform"] : distinct(wheel.platforms.map(platform))
        return "\(platforms.joined(separator: ", ")) · \(pythons)\(newer)"
    }

    /// `CPython 3.12` for `cp312`.
    private static func python(_ tag: String) -> String {
        let names = ["py": "Python", "cp": "CPython", "pp": "PyPy"]
        let digits = tag.dropFirst(2)
        guard let name = names[String(tag.prefix(2))], let major = digits.first, digits.allSatisfy(\.isNumber) else {
            return tag
        }
        return "\(name) \(major)" + (digits.count > 1 ? ".\(digits.dropFirst())" : "")
    }

    /// `Linux x86_64` for `manylinux_2_17_x86_64`.
    private static func platform(_ tag: String) -> String {
        let systems = [
            "manylinux": "Linux", "musllinux": "Linux with musl", "linux": "Linux", "macosx": "macOS",
            "win": "Windows", "android": "Android", "ios": "iOS",
        ]
        guard let system = systems.first(where: { tag.hasPrefix($0.key) })?.value else { return tag }
        let processors = ["x86_64", "amd64", "aarch64", "arm64", "i686", "armv7l", "ppc64le", "s390x", "riscv64"]
        if tag.hasSuffix("universal2") { return system }
        if tag == "win32" { return "\(system) 32-bit" }
        return processors.first(where: tag.hasSuffix).map { "\(system) \($0)" } ?? system
    }

    private static func distinct(_ words: [String]) -> [String] {
        words.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

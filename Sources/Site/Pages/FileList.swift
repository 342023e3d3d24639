import Model

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
        let digests: [Digest]
    }

    struct Digest {
        let algorithm: String
        let digestID: String
        let digest: String
    }

    let count: String
    let groups: [Group]

    init(_ files: [DistributionFile]) {
        count = files.count.grouped
        groups = [(PackageType.sourceDistribution, "Source"), (.wheel, "Wheels")].compactMap { type, title in
            let rows = files.filter { $0.packageType == type }.map(Self.row)
            return rows.isEmpty ? nil : Group(groupTitle: title, rows: rows)
        }
    }

    private static func row(_ file: DistributionFile) -> Row {
        let digests = [
            ("SHA-256", file.digests.sha256), ("BLAKE2b-256", file.digests.blake2b256), ("MD5", file.digests.md5),
        ]
        return Row(
            filename: file.filename, filePath: file.path, fileKind: kind(of: file), fileSize: readableSize(file.size),
            fileTime: Moment(file.uploadedAt), filePython: file.requiresPython, uploader: file.uploader?.display,
            uploaderPath: file.uploader.map { "/user/\($0.display)/" },
            metadataPath: file.metadataSHA256.map { _ in file.path + ".metadata" },
            digests: digests.filter { !$0.1.isEmpty }.map { algorithm, digest in
                Digest(algorithm: algorithm, digestID: "\(algorithm.lowercased())-\(file.id)", digest: digest)
            })
    }

    /// What a file's name says it is for, in words.
    private static func kind(of file: DistributionFile) -> String {
        guard file.packageType == .wheel else { return "Source distribution" }
        // PEP 427: name-version(-build)-python-abi-platform.whl
        let tags = file.filename.dropLast(".whl".count).split(separator: "-").suffix(3).map(String.init)
        guard tags.count == 3 else { return "Wheel" }
        if tags[1] == "none", tags[2] == "any" { return "Any platform, \(python(tags[0]))" }
        let abi = tags[1] == "abi3" ? " and newer" : ""
        return "\(platform(tags[2])), \(python(tags[0]))\(abi)"
    }

    private static func python(_ tags: String) -> String {
        let names = tags.split(separator: ".").map { tag in
            let digits = tag.drop { !$0.isNumber }
            let interpreter =
                switch tag.prefix(2) {
                case "py": "Python"
                case "cp": "CPython"
                case "pp": "PyPy"
                default: String(tag)
                }
            guard interpreter != tag, let major = digits.first else { return String(tag) }
            let minor = digits.dropFirst().prefix { $0.isNumber }
            return "\(interpreter) \(major)" + (minor.isEmpty ? "" : ".\(minor)")
        }
        return names.joined(separator: " and ")
    }

    private static func platform(_ tags: String) -> String {
        let names = tags.split(separator: ".").map { tag -> String in
            let system =
                if tag.hasPrefix("manylinux") {
                    "Linux"
                } else if tag.hasPrefix("musllinux") {
                    "Linux (musl)"
                } else if tag.hasPrefix("linux") {
                    "Linux"
                } else if tag.hasPrefix("macosx") {
                    "macOS"
                } else if tag.hasPrefix("win") {
                    "Windows"
                } else if tag.hasPrefix("android") {
                    "Android"
                } else if tag.hasPrefix("ios") {
                    "iOS"
                } else {
                    String(tag)
                }
            let processors = ["x86_64", "amd64", "aarch64", "arm64", "i686", "armv7l", "ppc64le", "s390x", "riscv64"]
            let processor =
                tag == "win32" ? "32 bit" : tag.hasSuffix("universal2") ? "all" : processors.first(where: tag.hasSuffix)
            return processor.map { "\(system) \($0)" } ?? system
        }
        return names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ")
    }
}

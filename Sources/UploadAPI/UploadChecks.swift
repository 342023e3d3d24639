import Bytes
import PackagingFormats
import Projects

/// An upload whose form is right in itself and about its file; what is in the file is not known yet.
public struct CheckedForm: Sendable {
    /// Wheel or sdist.
    public let packageType: PackageType
    /// The form's `pyversion`; `source` for an sdist.
    public let pythonTag: String
    /// The file's name, that of this project and version.
    public let filename: DistributionFilename
    public let metadata: CoreMetadata
}

/// The rules for what an upload form says. Pure: nothing here asks the index or the disk.
public enum UploadChecks {
    /// Checks a form against itself, the file's name and its digests.
    ///
    /// The order is PyPI's: what the form is, what it says of the project, the file's name, its bytes.
    ///
    /// - Parameters:
    ///   - rules: what the operator chose.
    ///   - classifiers: those beyond the list of this version.
    public static func check(
        _ form: UploadForm, filename: String, digests: Digests, rules: UploadRules = UploadRules(),
        knowing classifiers: Set<String> = []
    ) throws(UploadFormRefusal) -> CheckedForm {
        try checkAction(form[":action"])
        // As PyPI has it: `devpi push` sends none.
        guard form["protocol_version"] ?? "1" == "1" else { throw .protocolVersion }
        let metadata: CoreMetadata
        do {
            let raw = form.metadata
            try MetadataLimits.uploads.check(raw)
            metadata = try CoreMetadata(publishing: raw, by: rules.publishing(knowing: classifiers))
        } catch { throw .metadata(error) }
        guard let type = form["filetype"].flatMap(PackageType.init(rawValue:)) else {
            throw .fileType(form["filetype"])
        }
        let pythonTag = try pythonTag(form["pyversion"], of: type)
        try checkForm(of: form)
        let name = try check(filename: filename, type, metadata, rules)
        try compare(form, with: digests)
        return CheckedForm(packageType: type, pythonTag: pythonTag, filename: name, metadata: metadata)
    }

    /// The project that a form names, as it writes it, where it is the form of a file with this name and these digests;
    /// nil otherwise. What else it says is not asked: that is for `check`, which says what is wrong.
    static func project(
        in form: UploadForm, about filename: DistributionFilename, with digests: Digests
    ) -> ProjectName? {
        guard (try? checkForm(of: form)) != nil, (try? compare(form, with: digests)) != nil,
            let project = try? ProjectName(parsing: form["name"] ?? ""), project == filename.project,
            let version = try? Version(parsing: form["version"] ?? ""), version == filename.version
        else { return nil }
        return project
    }

    /// Uploading a file is all that a form can do.
    static func checkAction(_ action: String?) throws(UploadFormRefusal) {
        guard action == "file_upload" else { throw .action(action) }
    }

    /// Whether the action was one once: what tools of old do before they upload, and devpi does still.
    static func isRetired(_ action: String) -> Bool { ["submit", "submit_pkg_info", "doc_upload"].contains(action) }

    /// Flit sends none for an sdist, where there is only one answer.
    private static func pythonTag(_ text: String?, of type: PackageType) throws(UploadFormRefusal) -> String {
        switch type {
        case .wheel:
            guard let text else { throw .pythonVersionMissing }
            // Old tools send what their file names do not say. But it becomes part of pages.
            guard text.utf8.count <= 100, text.utf8.allSatisfy(\.isTagByte) else { throw .pythonVersion }
            return text
        case .sourceDistribution:
            guard text == nil || text == "source" else { throw .pythonVersionOfSource(text ?? "") }
            return "source"
        }
    }

    /// The name has to be one for a new file, of this kind, project and version.
    private static func check(
        filename text: String, _ type: PackageType, _ metadata: CoreMetadata, _ rules: UploadRules
    ) throws(UploadFormRefusal) -> DistributionFilename {
        guard !text.contains(where: { $0 == "/" || $0 == "\\" }) else { throw .filenameIsPath }
        let filename: DistributionFilename
        if text.hasSuffix(".zip"), !rules.takesZipSourceDistributions { throw .zipSourceDistribution }
        do { filename = try DistributionFilename(strict: text, takesZip: true) } catch {
            // Which project it should be is the more helpful answer.
            guard case .notNormal = error, let lenient = try? DistributionFilename(lenient: text),
                lenient.project != metadata.name || lenient.version != metadata.version
            else { throw .filename(error) }
            throw mismatch(lenient, metadata) ?? .filename(error)
        }
        switch (filename, type) {
        case (.wheel, .wheel), (.sourceDistribution, .sourceDistribution): break
        case (.wheel, .sourceDistribution), (.sourceDistribution, .wheel): throw .fileTypeOfFilename(text, type)
        }
        if let refusal = mismatch(filename, metadata) { throw refusal }
        if case .wheel(let wheel) = filename { try check(platformsOf: wheel, rules) }
        return filename
    }

    /// Installers look for the tags that they know, so that another means a wheel for nobody.
    private static func check(platformsOf wheel: WheelFilename, _ rules: UploadRules) throws(UploadFormRefusal) {
        for tag in wheel.platforms {
            switch WheelPlatform(tag: tag) {
            case .portable: break
            case .bound: if !rules.takesUnportableWheels { throw .unportableWheel(wheel.text, platform: tag) }
            case .unknown: throw .unknownPlatform(wheel.text, platform: tag)
            }
        }
    }

    private static func mismatch(_ filename: DistributionFilename, _ metadata: CoreMetadata) -> UploadFormRefusal? {
        if filename.project != metadata.name { return .projectOfFilename(filename.text, metadata.name) }
        if filename.version != metadata.version {
            return .versionOfFilename(filename.text, found: filename.version, metadata.version)
        }
        return nil
    }

    // MARK: - Digests

    private static let digestLengths = ["md5_digest": 32, "sha256_digest": 64, "blake2_256_digest": 64]

    private static func checkForm(of form: UploadForm) throws(UploadFormRefusal) {
        var isGiven = false
        for (field, length) in digestLengths.sorted(by: { $0.key < $1.key }) {
            guard let text = form[field] else { continue }
            guard text.utf8.count == length, text.utf8.allSatisfy({ $0.hexadecimalValue != nil }) else {
                throw .digest(field: field)
            }
            isGiven = true
        }
        guard isGiven else { throw .noDigest }
    }

    private static func compare(_ form: UploadForm, with digests: Digests) throws(UploadFormRefusal) {
        let computed = [
            ("sha256_digest", digests.sha256), ("blake2_256_digest", digests.blake2b256), ("md5_digest", digests.md5),
        ]
        for (field, digest) in computed {
            if let given = form[field], given.lowercased() != digest { throw .digestMismatch(field: field) }
        }
    }
}

extension UInt8 {
    /// A letter, a digit, `_`, or the `.` between tags.
    fileprivate var isTagByte: Bool {
        isASCIIAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: ".")
    }
}

import PackagingFormats
import Projects

/// A field that the form and the file's own metadata give different values.
public struct MetadataDisagreement: Sendable, Equatable {
    /// The field, as headers write it: `Requires-Python`.
    public let field: String
    /// Where the file says it: `METADATA` or `PKG-INFO`.
    public let file: String
    /// What only the form says, or says differently.
    public let inForm: [String]
    /// What only the file says, or says differently.
    public let inFile: [String]

    /// The difference, and what to do.
    public var explanation: String {
        "The upload form and the file's \(file) disagree on \(field): the form has \(Self.list(inForm)), the file has "
            + "\(Self.list(inFile)). Installers would see one or the other: upload with a tool that reads the file."
    }

    private static func list(_ texts: [String]) -> String {
        guard !texts.isEmpty else { return "nothing" }
        let first = texts.prefix(5).map { "'\(shown($0))'" }.joined(separator: ", ")
        return texts.count > 5 ? "\(first) and \(texts.count - 5) more" : first
    }
}

extension UploadChecks {
    /// Reads the file's own metadata and compares them with the form's, as values and not as text.
    ///
    /// What a client leaves out of the form is not a disagreement. What an sdist leaves out of its PKG-INFO is not one
    /// either: before metadata 2.2 its build could still decide it. A wheel's METADATA is final.
    public static func agreement(
        of bytes: [UInt8], with form: CheckedForm, rules: PublishingRules = PublishingRules()
    ) throws(UploadFormRefusal) -> CoreMetadata {
        let metadata = try published(bytes, of: form.packageType, by: rules)
        let file = fileName(of: form.packageType)
        func disagree(_ field: MetadataField, _ inForm: [String], _ inFile: [String]) -> UploadFormRefusal {
            .disagreement(MetadataDisagreement(field: field.header, file: file, inForm: inForm, inFile: inFile))
        }
        if metadata.name != form.metadata.name {
            throw disagree(.name, [form.metadata.name.display], [metadata.name.display])
        }
        if metadata.version != form.metadata.version {
            throw disagree(.version, [form.metadata.version.normalized], [metadata.version.normalized])
        }
        let isFinal = form.packageType == .wheel
        if let wanted = form.metadata.requiresPython, isFinal || metadata.requiresPython != nil,
            metadata.requiresPython != wanted, !(wanted.isEmpty && metadata.requiresPython == nil)
        {
            throw disagree(.requiresPython, [wanted.text], metadata.requiresPython.map { [$0.text] } ?? [])
        }
        let (inForm, inFile) = (Set(form.metadata.requiresDist), Set(metadata.requiresDist))
        if !inForm.isEmpty, isFinal || !inFile.isEmpty, inForm != inFile {
            throw disagree(
                .requiresDist, inForm.subtracting(inFile).map(\.text).sorted(),
                inFile.subtracting(inForm).map(\.text).sorted())
        }
        return metadata
    }

    /// The metadata in a file that is published. They are held to the same rules as a form: they are what is served,
    /// and a form can leave anything out.
    private static func published(
        _ bytes: [UInt8], of type: PackageType, by rules: PublishingRules
    ) throws(UploadFormRefusal) -> CoreMetadata {
        // pip fails over others, and takes no other release then.
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw .fileNotText(fileName(of: type))
        }
        let metadata = try fileMetadata(bytes, of: type, within: .uploads)
        let problems = CoreMetadata.problems(publishedIn: metadata.raw, by: rules)
        guard problems.isEmpty else {
            throw .fileMetadata(file: fileName(of: type), InvalidMetadata(problems: problems))
        }
        return metadata
    }

    /// The metadata in a file. They are read leniently, for PyPI does not judge them at all, and many a build tool has
    /// written fields before their time. But resolvers read name, version and requirements out of them: these hold.
    static func fileMetadata(
        _ bytes: [UInt8], of type: PackageType, within limits: MetadataLimits
    ) throws(UploadFormRefusal) -> CoreMetadata {
        let metadata = try existingMetadata(bytes, of: type, within: limits)
        let fatal = metadata.problems.filter { $0.harm == .requirements }
        guard fatal.isEmpty else {
            throw .fileMetadata(file: fileName(of: type), InvalidMetadata(problems: fatal))
        }
        return metadata
    }

    /// The metadata in a file that is already out there: name and version hold, all else is what it is.
    static func existingMetadata(
        _ bytes: [UInt8], of type: PackageType, within limits: MetadataLimits
    ) throws(UploadFormRefusal) -> CoreMetadata {
        do { return try CoreMetadata(existing: limits.read(file: bytes)) } catch {
            throw .fileMetadata(file: fileName(of: type), error)
        }
    }

    /// What is wrong with the metadata of a file that is imported all the same, in sentences.
    static func notes(on metadata: CoreMetadata, _ bytes: [UInt8], of type: PackageType) -> [String] {
        let file = fileName(of: type)
        var notes: [String] = []
        if String(validating: bytes, as: UTF8.self) == nil {
            notes.append("Its \(file) is not UTF-8: pip does not install it.")
        }
        let fatal = metadata.problems.filter { $0.harm == .requirements }
        let wrong = MetadataLimits.uploads.problems(in: metadata.raw) + fatal
        if !wrong.isEmpty {
            let sentences = InvalidMetadata(problems: wrong).explanation.replacing("\n", with: " ")
            notes.append("In its \(file): \(sentences)")
        }
        let addresses = [metadata.homePage, metadata.downloadURL].compactMap(\.self) + metadata.projectURLs.map(\.url)
        if let address = addresses.first(where: { !$0.isSafeToFollow }) {
            notes.append(
                "'\(shown(address))' in its \(file) is no address of the web: it is left out of pages and documents.")
        }
        return notes
    }

    static func fileName(of type: PackageType) -> String {
        switch type {
        case .wheel: "METADATA"
        case .sourceDistribution: "PKG-INFO"
        }
    }
}

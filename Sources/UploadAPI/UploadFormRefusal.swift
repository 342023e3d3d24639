import Archives
import Multipart
import PackagingFormats
import Primitives
import Projects

/// What is wrong with an upload, before anybody asks what is in the index. Sentences that people know from PyPI are
/// kept as they are there.
public enum UploadFormRefusal: Refusal, Equatable {
    /// The body is no form that we can read.
    case form(MultipartError)
    /// A field has more bytes than allowed.
    case fieldTooLong(String, limit: Int)
    /// All fields together have more bytes than allowed.
    case fieldsTooLong(limit: Int)
    /// A field has a name that is longer than any.
    case longFieldName
    /// A field is not UTF-8, or has a null character.
    case notText(field: String)
    /// A field that has one value occurs twice.
    case repeated(field: String)

    /// `:action` is missing or another.
    case action(String?)
    /// `protocol_version` is not 1.
    case protocolVersion
    /// `filetype` is not that of a wheel or an sdist.
    case fileType(String?)
    /// A wheel without `pyversion`.
    case pythonVersionMissing
    /// A wheel whose `pyversion` is no tag.
    case pythonVersion
    /// An sdist whose `pyversion` is not `source`.
    case pythonVersionOfSource(String)

    /// No `content`.
    case noContent
    /// More than one `content`.
    case severalContents
    /// `content` has no file name.
    case noFilename
    /// The file name has a slash or a backslash.
    case filenameIsPath
    /// The file name breaks a rule.
    case filename(InvalidFilename)
    /// An sdist as .zip.
    case zipSourceDistribution
    /// No installer knows the platform tag of a wheel.
    case unknownPlatform(String, platform: String)
    /// The wheel runs on systems like the one that built it alone, and the operator takes none of these.
    case unportableWheel(String, platform: String)
    /// The file name is that of another kind of file than `filetype` says.
    case fileTypeOfFilename(String, PackageType)
    /// The file name is that of another project.
    case projectOfFilename(String, ProjectName)
    /// The file name is that of another version.
    case versionOfFilename(String, found: Version, Version)

    /// A digest field is not as many hexadecimal digits.
    case digest(field: String)
    /// No digest at all.
    case noDigest
    /// A digest is not that of the file that came.
    case digestMismatch(field: String)

    /// The form's metadata break rules.
    case metadata(InvalidMetadata)
    /// The archive breaks rules.
    case archive(InvalidArchive)
    /// Reading the archive takes too long.
    case archiveTooSlow(seconds: Int64)
    /// The metadata in the file are not text.
    case fileNotText(String)
    /// A file of a licence is not in the archive.
    case licenseFile(String, filename: String, path: String)
    /// The entry points of a wheel are not what installers need.
    case entryPoints(String, InvalidEntryPoints)
    /// The metadata in the file cannot be relied on.
    case fileMetadata(file: String, InvalidMetadata)
    /// The metadata in the file are not those of the form.
    case disagreement(MetadataDisagreement)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .fieldTooLong, .fieldsTooLong: .tooLarge
        case .action(let action?) where UploadChecks.isRetired(action): .gone
        case .form, .longFieldName, .notText, .repeated, .action, .protocolVersion, .fileType, .pythonVersionMissing,
            .pythonVersion, .pythonVersionOfSource:
            .invalid
        case .noContent, .severalContents, .noFilename, .filenameIsPath, .filename, .zipSourceDistribution,
            .unknownPlatform, .unportableWheel, .fileTypeOfFilename, .projectOfFilename, .versionOfFilename, .digest,
            .noDigest, .digestMismatch:
            .invalid
        case .metadata, .archive, .archiveTooSlow, .fileNotText, .licenseFile, .entryPoints, .fileMetadata,
            .disagreement:
            .invalid
        }
    }
}

extension UploadFormRefusal {
    /// `upload.…`, or the code of what is wrong with the form or the archive.
    public var code: String {
        switch self {
        case .form(let error): error.code
        case .fieldTooLong: "upload.field-too-long"
        case .fieldsTooLong: "upload.fields-too-long"
        case .longFieldName: "upload.long-field-name"
        case .notText: "upload.not-text"
        case .repeated: "upload.repeated-field"
        case .action: "upload.action"
        case .protocolVersion: "upload.protocol-version"
        case .fileType: "upload.file-type"
        case .pythonVersionMissing, .pythonVersion, .pythonVersionOfSource: "upload.python-version"
        case .noContent: "upload.no-content"
        case .severalContents: "upload.several-contents"
        case .noFilename: "upload.no-filename"
        case .filenameIsPath: "upload.filename-is-path"
        case .filename, .zipSourceDistribution: "upload.filename"
        case .unknownPlatform: "upload.platform"
        case .unportableWheel: "upload.unportable-wheel"
        case .fileTypeOfFilename: "upload.filename-of-other-type"
        case .projectOfFilename: "upload.filename-of-other-project"
        case .versionOfFilename: "upload.filename-of-other-version"
        case .digest: "upload.digest"
        case .noDigest: "upload.no-digest"
        case .digestMismatch: "upload.digest-mismatch"
        case .metadata: "upload.metadata"
        case .archive(let error): error.code
        case .archiveTooSlow: "upload.archive-too-slow"
        case .fileNotText: "upload.file-not-text"
        case .licenseFile: "upload.license-file"
        case .entryPoints: "upload.entry-points"
        case .fileMetadata: "upload.file-metadata"
        case .disagreement: "upload.metadata-disagreement"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .form(let error): error.explanation
        case .fieldTooLong(let field, let limit):
            "The field \(shown(field)) is longer than \(ByteSize(limit)), the most that this index accepts."
        case .fieldsTooLong(let limit):
            "The fields of the form have more than \(ByteSize(limit)), the most that this index accepts."
        case .longFieldName:
            "A field of the form has a name of more than \(UploadFormLimits.fieldName) bytes. No such field is known."
        case .notText(let field): "\(shown(field)): this must be UTF-8 text without null characters."
        case .repeated(let field): "\(shown(field)): this field can be given only once."
        case .action(let action): Self.explanation(ofAction: action)
        case .protocolVersion: "Unknown protocol version. The form must say protocol_version=1."
        case .fileType(let type):
            "Invalid value for filetype. Error: Use a known file type. It is bdist_wheel or sdist"
                + (type.map { ", not \(shown($0))." } ?? ".")
        case .pythonVersionMissing:
            "Invalid value for pyversion. Error: Python version is required for binary distribution uploads."
        case .pythonVersion:
            "Invalid value for pyversion. Error: Use the Python tag of the wheel's file name, 'py3' for example."
        case .pythonVersionOfSource:
            "Invalid value for pyversion. Error: Use 'source' as Python version for an sdist."
        case .noContent: "Upload payload does not have a file. The form's field content holds it."
        case .severalContents: "Upload payload has more than one file. Send each with a form of its own."
        case .noFilename: "The form's field content has no file name."
        case .filenameIsPath: "Cannot upload a file with '/' or '\\' in its name."
        case .filename(let error): Self.explanation(of: error)
        case .zipSourceDistribution:
            "An sdist as .zip is not taken: installers expect .tar.gz (PEP 625). Build it again as .tar.gz, or ask the "
                + "operator of this index to allow them (zip-sdists: allow)."
        case .unknownPlatform(let filename, let platform):
            "Binary wheel '\(shown(filename))' has an unsupported platform tag '\(shown(platform))': no installer knows it."
        case .unportableWheel(let filename, let platform):
            "Binary wheel '\(shown(filename))' has an unsupported platform tag '\(shown(platform))': it runs on systems like "
                + "the one that built it alone. Repair it with auditwheel, or ask the operator of this index to allow such "
                + "wheels (unportable-wheels: allow)."
        case .fileTypeOfFilename(let filename, let type):
            "Invalid file extension: '\(shown(filename))' is no name for the filetype \(type.rawValue)."
        case .projectOfFilename(let filename, let project):
            "Start filename for '\(project.display)' with '\(project.filenameComponent)', not as '\(shown(filename))'."
        case .versionOfFilename(let filename, let found, let version):
            "Version in filename should be '\(version)' not '\(found)' (in '\(shown(filename))')."
        case .digest(let field):
            "Invalid value for \(field). Error: Use a valid, hex-encoded, \(Self.algorithm(of: field)) message digest."
        case .noDigest: "Error: Include at least one message digest."
        case .digestMismatch(let field):
            "The digest supplied does not match a digest calculated from the uploaded file (\(field)). "
                + "The file was damaged on its way or changed meanwhile: upload it again."
        case .metadata(let error): error.explanation
        case .archive(let error): "Invalid distribution file. \(error.explanation)"
        case .archiveTooSlow(let seconds):
            "Invalid distribution file. Reading it takes more than \(seconds) seconds, the most that this index spends."
        case .fileNotText(let file):
            "Invalid distribution file. Its \(file) is not UTF-8 text without null characters, so that pip fails over it."
        case .licenseFile(let license, let filename, let path):
            "License-File \(shown(license)) does not exist in distribution file \(shown(filename)) at \(shown(path)) "
                + "(PEP 639)."
        case .entryPoints(let filename, let error):
            "Wheel '\(shown(filename))' has invalid entry points defined in the entry_points.txt file. \(error.explanation)"
        case .fileMetadata(let file, let error): "Invalid distribution file. In its \(file): \(error.explanation)"
        case .disagreement(let disagreement): disagreement.explanation
        }
    }

    private static func explanation(ofAction action: String?) -> String {
        switch action {
        case "submit", "submit_pkg_info":
            "Project pre-registration is no longer required or supported, upload your files instead."
        case "doc_upload":
            "Uploading documentation is no longer supported, only files of releases (:action=file_upload)."
        case let action?: "Unknown action '\(shown(action))'. The form must say :action=file_upload."
        case nil: "The form has no :action. It must say :action=file_upload."
        }
    }

    private static func explanation(of error: InvalidFilename) -> String {
        switch error {
        case .wrongExtension: "Invalid file extension: Use .tar.gz or .whl extension. \(error.explanation)"
        case .tooLong, .character, .wrongParts, .project, .version, .build, .tag, .unsortedTags, .notNormal:
            "Invalid filename. \(error.explanation)"
        }
    }

    private static func algorithm(of field: String) -> String {
        switch field {
        case "md5_digest": "MD5"
        case "sha256_digest": "SHA256"
        default: "BLAKE2"
        }
    }
}

/// A foreign text as it may stand in a sentence: one line, not too long.
func shown(_ text: String) -> String {
    let scalars = text.cut(to: .quotation).unicodeScalars.map { scalar -> Character in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: "?"
        default: Character(scalar)
        }
    }
    return String(scalars)
}

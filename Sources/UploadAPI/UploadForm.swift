import Blobs
import PackagingFormats

/// How much of an upload form is read beside its file.
public struct UploadFormLimits: Sendable, Hashable {
    /// Parts of the form. A release can have some hundred classifiers and dependencies, each a part.
    public var parts = 2_000
    /// Bytes of one field.
    public var fieldBytes = 1 << 20
    /// Bytes of the description.
    public var descriptionBytes = 10 << 20
    /// Bytes of all fields together.
    public var totalBytes = 16 << 20

    /// Enough for everything that has been published so far.
    public init() {}

    /// The most that a body has beside its file: all fields, and 1 MiB for the lines around them.
    var bytesBesideFile: Int64 { Int64(totalBytes) + 1 << 20 }

    func bytes(of field: String) -> Int { field == "description" ? descriptionBytes : fieldBytes }
}

/// The fields of an upload form, in the order in which they came, without its file.
public struct UploadForm: Sendable {
    /// Names and values; a name may occur more than once.
    public let fields: [(name: String, value: String)]

    /// Refuses a second value where only one has a meaning: of two, one reader would take the first and another the
    /// last. The fields of the metadata have rules of their own (`CoreMetadata`).
    public init(_ fields: [(name: String, value: String)]) throws(UploadFormRefusal) {
        var seen: Set<String> = []
        for (name, _) in fields where MetadataField(formName: name) == nil {
            guard seen.insert(name).inserted else { throw .repeated(field: name) }
        }
        self.fields = fields
    }

    /// The value of a field that has one; nil also for an empty text, which PDM sends for what is absent.
    public subscript(name: String) -> String? {
        guard let value = fields.first(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
        return value
    }

    /// The fields that are core metadata.
    public var metadata: RawMetadata { RawMetadata(form: fields) }
}

/// An upload that has come completely: its file is on disk, and nothing of it is judged yet.
public struct ReceivedUpload: Sendable {
    /// The fields.
    public let form: UploadForm
    /// The file's name, as its sender calls it.
    public let filename: String
    /// The file.
    public let file: StagedBlob
    /// Its digests and size.
    public let content: StagedContent
}

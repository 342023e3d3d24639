import PackagingFormats
import Ports

/// How much of an upload form is read beside its file.
public struct UploadFormLimits: Sendable, Hashable {
    /// Parts of the form: each value of a field is one. Enough for all that `MetadataLimits.uploads` allow of the
    /// fields that large projects fill, requirements and extras.
    public var parts = 5_000
    /// Bytes of the name of a field.
    static let fieldName = 100
    /// Bytes of one field.
    public var fieldBytes = 1 << 20
    /// Bytes of all fields together: the metadata, and attestations beside them.
    public var totalBytes = 4 << 20

    /// Enough for everything that has been published so far.
    public init() {}

    /// The most that a body has beside its file: all fields, and 1 MiB for the lines around them.
    var bytesBesideFile: Int64 { Int64(totalBytes) + 1 << 20 }

    /// Bytes of a field. What the metadata may say is judged when they are there (`MetadataLimits`); here it is about
    /// what is kept in memory until then.
    func bytes(of field: String) -> Int {
        guard let field = MetadataField(formName: field) else { return fieldBytes }
        return max(64 << 10, MetadataLimits.uploads[field].bytes)
    }
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

    /// Whether attestations came along (PEP 740). uv and twine send an empty list for none.
    public var hasAttestations: Bool {
        guard let text = self["attestations"] else { return false }
        return text.filter { !$0.isWhitespace } != "[]"
    }

    /// The fields that are core metadata.
    public var metadata: RawMetadata { RawMetadata(form: fields) }
}

/// An upload that has come completely: its file is on disk, and nothing of it is judged yet.
public struct ReceivedUpload: Sendable {
    public let form: UploadForm
    /// The file's name, as its sender calls it.
    public let filename: String
    public let file: any StagedBlob
    /// Its digests and size.
    public let content: StagedContent
}

import Foundation
import Multipart
import NIOCore
import PackagingFormats
import Policy
import Ports
import Web

/// Reads the body of an upload: the file goes to disk as it comes, the fields are gathered, both within bounds.
///
/// Memory does not depend on the file's size: what is in memory at once is a chunk of the body, what the staged blob
/// gathers, and the fields.
public struct UploadReceiver: Sendable {
    private let blobs: any BlobStore
    private let limits: UploadFormLimits
    private let fileLimit: Int64

    /// - Parameter fileLimit: bytes of the file.
    public init(blobs: any BlobStore, limits: UploadFormLimits = UploadFormLimits(), fileLimit: Int64) {
        self.blobs = blobs
        self.limits = limits
        self.fileLimit = fileLimit
    }

    /// Receives one upload. If it throws, nothing of it is left.
    ///
    /// Throws `UploadFormRefusal`, `UploadRefusal.fileTooLarge`, `StorageFull`, what `judge` or the body throws.
    ///
    /// - Parameter judge: asked whether there may be an upload to this project, as soon as the form says its name. For
    ///   most clients that is before the file, which need not come in vain.
    public func receive<Body: AsyncSequence>(
        _ body: Body, contentType: String?, judge: (ProjectName) async throws -> Void
    ) async throws -> ReceivedUpload where Body.Element == ByteBuffer {
        if Self.isWithoutFiles(contentType) { throw try await refusal(ofFieldsIn: body, contentType: contentType) }
        var reception = try Reception(contentType: contentType, blobs: blobs, limits: limits, fileLimit: fileLimit)
        do {
            var isJudged = false
            for try await chunk in body {
                try reception.take(chunk)
                if !isJudged, let name = reception.project {
                    try await judge(name)
                    isJudged = true
                }
                if reception.file.wantsFlush { try await reception.file.flush() }
            }
            return try await reception.finish()
        } catch {
            await reception.file.discard()
            throw (error as? MultipartError).map(UploadFormRefusal.form) ?? error
        }
    }

    /// Whether a form has the type of one that cannot have a file in it.
    private static func isWithoutFiles(_ contentType: String?) -> Bool {
        let type = contentType?.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        return type == "application/x-www-form-urlencoded"
    }

    /// Why such a form is refused: devpi registers a project by one before it uploads, and goes on when it hears that
    /// this is over.
    private func refusal<Body: AsyncSequence>(
        ofFieldsIn body: Body, contentType: String?
    ) async throws -> UploadFormRefusal where Body.Element == ByteBuffer {
        var bytes: [UInt8] = []
        for try await chunk in body {
            guard bytes.count + chunk.readableBytes <= limits.totalBytes else {
                return .fieldsTooLong(limit: limits.totalBytes)
            }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        if let action = FormFields(String(decoding: bytes, as: UTF8.self))[":action"], UploadChecks.isRetired(action) {
            return .action(action)
        }
        do { _ = try Boundary(contentType: contentType) } catch { return .form(error) }
        return .noContent
    }
}

/// What has come of one upload so far.
private struct Reception {
    /// The part of the form that is coming.
    private enum Part {
        case none
        case field(String)
        case file
        /// What old clients send beside the file, a signature for example. Nobody reads it.
        case ignored
    }

    let file: any StagedBlob
    private let limits: UploadFormLimits
    private let fileLimit: Int64
    private var parser: MultipartParser
    private var part = Part.none
    private var value: [UInt8] = []
    private var fields: [(name: String, value: String)] = []
    private var fieldBytes = 0
    private var filename: String?
    private var hasContent = false
    private var hasName = false

    init(contentType: String?, blobs: any BlobStore, limits: UploadFormLimits, fileLimit: Int64) throws {
        var structure = MultipartLimits()
        structure.parts = limits.parts
        do { parser = MultipartParser(boundary: try Boundary(contentType: contentType), limits: structure) } catch {
            throw UploadFormRefusal.form(error)
        }
        self.limits = limits
        self.fileLimit = fileLimit
        file = blobs.stage()
    }

    /// The project that the form names, once that has come and is a name.
    private(set) var project: ProjectName?

    mutating func take(_ chunk: ByteBuffer) throws {
        // The parser is taken out while it runs, for its callback changes the rest of `self`.
        var parser = parser
        try chunk.withUnsafeReadableBytes { bytes in try parser.consume(bytes) { event in try take(event) } }
        self.parser = parser
    }

    private mutating func take(_ event: MultipartEvent) throws {
        switch event {
        case .partBegan(let header): try begin(header)
        case .partData(let bytes): try take(bytes)
        case .partEnded: try endPart()
        case .finished: part = .none
        }
    }

    private mutating func begin(_ header: FormPart) throws(UploadFormRefusal) {
        if header.name == "content" {
            guard !hasContent else { throw .severalContents }
            hasContent = true
            filename = header.filename
            part = .file
        } else if header.filename != nil {
            part = .ignored
        } else {
            // No field that anybody sends has a longer name; and names are compared as text.
            guard header.name.utf8.count <= UploadFormLimits.fieldName, !header.name.hasExcessMarks else {
                throw .longFieldName
            }
            part = .field(header.name)
            value.removeAll(keepingCapacity: true)
            fieldBytes += header.name.utf8.count
        }
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) throws {
        switch part {
        case .none: break
        case .file:
            guard file.size + Int64(bytes.count) <= fileLimit else {
                throw UploadRefusal.fileTooLarge(limit: fileLimit)
            }
            file.append(bytes)
        case .field(let name):
            let limit = limits.bytes(of: name)
            guard value.count + bytes.count <= limit else { throw UploadFormRefusal.fieldTooLong(name, limit: limit) }
            value.append(contentsOf: bytes)
            try count(bytes)
        case .ignored: try count(bytes)
        }
    }

    private mutating func count(_ bytes: UnsafeRawBufferPointer) throws(UploadFormRefusal) {
        fieldBytes += bytes.count
        guard fieldBytes <= limits.totalBytes else { throw .fieldsTooLong(limit: limits.totalBytes) }
    }

    private mutating func endPart() throws(UploadFormRefusal) {
        if case .field(let name) = part {
            guard let text = String(validating: value, as: UTF8.self), !value.contains(0) else {
                throw .notText(field: name)
            }
            if name == "name", !hasName {
                hasName = true
                project = try? ProjectName(parsing: text)
            }
            // What is no metadata has no limits of its own, and is compared with what is known (see `CombiningMarks`).
            let kept = MetadataField(formName: name) == nil ? text.withoutExcessMarks : text
            fields.append((name, kept))
            // The file need not come in vain.
            if name == ":action", UploadChecks.isRetired(kept) { throw .action(kept) }
        }
        part = .none
    }

    func finish() async throws -> ReceivedUpload {
        try parser.finish()
        let form = try UploadForm(fields)
        try UploadChecks.checkAction(form[":action"])
        guard hasContent else { throw UploadFormRefusal.noContent }
        guard let filename, !filename.isEmpty else { throw UploadFormRefusal.noFilename }
        return ReceivedUpload(form: form, filename: filename, file: file, content: try await file.finish())
    }
}

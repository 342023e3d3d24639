import Multipart
import Primitives

extension FormFields {
    /// Reads a body as its Content-Type says: a form with files in it (`multipart/form-data`, RFC 7578), or any other.
    ///
    /// A file's value is what is in it. A field for a file in which none was chosen is not there.
    public init(body: [UInt8], contentType: String?) throws(UnreadableForm) {
        guard let contentType, contentType.lowercased().hasPrefix("multipart/form-data") else {
            self.init(String(decoding: body, as: UTF8.self))
            return
        }
        do {
            self.init(try Self.parts(of: body, contentType))
        } catch {
            throw UnreadableForm(error: error as? MultipartError ?? .truncated)
        }
    }

    private static func parts(of body: [UInt8], _ contentType: String) throws -> [Field] {
        var limits = MultipartLimits()
        limits.parts = maximumCount
        var parser = MultipartParser(boundary: try Boundary(contentType: contentType), limits: limits)
        var fields: [Field] = []
        var part: FormPart?
        var content: [UInt8] = []
        try parser.consume(body[...]) { event in
            switch event {
            case .partBegan(let begun):
                part = begun
                content.removeAll()
            case .partData(let bytes): content.append(contentsOf: bytes)
            case .partEnded:
                guard let part, !(content.isEmpty && part.filename == "") else { return }
                fields.append(Field(name: part.name, value: String(decoding: content, as: UTF8.self)))
            case .finished: break
            }
        }
        try parser.finish()
        return fields
    }
}

/// Why a form with files in it could not be read.
public struct UnreadableForm: Refusal, Hashable {
    /// What is wrong with it.
    public let error: MultipartError

    /// Always `invalid`.
    public var kind: RefusalKind { .invalid }
    /// `form.…`
    public var code: String { error.code }
    /// What is wrong, and what was expected.
    public var explanation: String { error.explanation }
}

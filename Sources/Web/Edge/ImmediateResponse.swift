public import HTTPTypes
public import NIOCore

/// Something that can answer from memory, on the event loop.
public protocol ImmediateResponder: Sendable {
    /// The answer to a `GET` or `HEAD` without a body, or nil to let the router answer.
    ///
    /// Called on an event loop that serves thousands of other connections: it must not wait, and must not do more than
    /// open a file.
    func respond(to request: EdgeRequest) -> ImmediateResponse?
}

/// An answer that is ready to be sent.
public struct ImmediateResponse: Sendable {
    /// What became of the request.
    public enum Outcome: Sendable, Equatable {
        /// 200 with everything.
        case whole
        /// 206 with these bytes of the whole.
        case part(Range<Int>)
        /// 304: the client has it already.
        case notModified
        /// 416: there are no such bytes.
        case unsatisfiable
    }

    /// The bytes to send.
    public enum Body: Sendable {
        /// Bytes in memory.
        case bytes(ByteBuffer)
        /// Bytes of an open file, by `sendfile`.
        case file(OpenFile, Range<Int>)
    }

    /// What became of the request.
    public var outcome: Outcome
    /// The header lines of the thing that was asked for.
    public var head: PreparedHead
    /// What a `GET` is sent after the header; nil for 304 and 416, and for a `HEAD`.
    public var body: Body?
}

/// The status line and header fields of a cached thing, written once and sent many times.
///
/// They are laid out so that each kind of answer is a suffix: the status line of a 200 and its length, then what
/// describes the body, then what a 304 repeats (RFC 9110, section 15.4.5).
public struct PreparedHead: Sendable {
    /// The size of the whole body, in bytes.
    public let contentLength: Int
    private let lines: ByteBuffer
    private let descriptionStart: Int
    private let commonStart: Int

    /// - Parameters:
    ///   - contentLength: the size of the body in bytes.
    ///   - description: fields about the body: its type and coding.
    ///   - common: fields about the resource, which a 304 repeats: its ETag, how long it is fresh.
    public init(contentLength: Int, description: HTTPFields, common: HTTPFields) {
        self.contentLength = contentLength
        var lines = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: \(contentLength)\r\n")
        descriptionStart = lines.writerIndex
        lines.write(description)
        lines.writeStaticString("X-Content-Type-Options: nosniff\r\n")
        commonStart = lines.writerIndex
        lines.write(common)
        self.lines = lines
    }

    /// How many bytes this takes in memory, about.
    public var cost: Int { lines.readableBytes + 64 }

    /// Appends the status line and fields of an answer, without `Date`, `Connection` and the empty line.
    func write(_ outcome: ImmediateResponse.Outcome, into buffer: inout ByteBuffer) {
        switch outcome {
        case .whole:
            buffer.writeImmutableBuffer(lines)
        case .part(let range):
            buffer.writeString(
                "HTTP/1.1 206 Partial Content\r\nContent-Length: \(range.count)\r\nContent-Range: \(contentRange(range))\r\n"
            )
            buffer.writeImmutableBuffer(suffix(from: descriptionStart))
        case .notModified:
            buffer.writeStaticString("HTTP/1.1 304 Not Modified\r\n")
            buffer.writeImmutableBuffer(suffix(from: commonStart))
        case .unsatisfiable:
            buffer.writeString(
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nContent-Range: bytes */\(contentLength)\r\n"
            )
            buffer.writeStaticString("X-Content-Type-Options: nosniff\r\n")
            buffer.writeImmutableBuffer(suffix(from: commonStart))
        }
    }

    /// The same answer for Hummingbird.
    public func response(_ outcome: ImmediateResponse.Outcome) -> HTTPResponse {
        switch outcome {
        case .whole:
            var response = HTTPResponse(status: .ok, headerFields: fields(from: descriptionStart))
            response.headerFields[.contentLength] = String(contentLength)
            return response
        case .part(let range):
            var response = HTTPResponse(status: .partialContent, headerFields: fields(from: descriptionStart))
            response.headerFields[.contentLength] = String(range.count)
            response.headerFields[.contentRange] = contentRange(range)
            return response
        case .notModified:
            return HTTPResponse(status: .notModified, headerFields: fields(from: commonStart))
        case .unsatisfiable:
            var response = HTTPResponse(status: .rangeNotSatisfiable, headerFields: fields(from: commonStart))
            response.headerFields[.contentLength] = "0"
            response.headerFields[.contentRange] = "bytes */\(contentLength)"
            return response
        }
    }

    private func contentRange(_ range: Range<Int>) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(contentLength)"
    }

    private func suffix(from start: Int) -> ByteBuffer {
        var suffix = lines
        suffix.moveReaderIndex(to: start)
        return suffix
    }

    private func fields(from start: Int) -> HTTPFields {
        var fields = HTTPFields()
        for line in String(buffer: suffix(from: start)).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), let name = HTTPField.Name(String(line[..<colon])) else {
                continue
            }
            fields.append(HTTPField(name: name, value: String(line[line.index(colon, offsetBy: 2)...])))
        }
        return fields
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ fields: HTTPFields) {
        for field in fields { writeString("\(field.name.rawName): \(field.value)\r\n") }
    }
}

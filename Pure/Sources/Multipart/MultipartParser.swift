#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How much of a form is read. The contents of parts are the caller's to bound: only it knows which field may be large.
public struct MultipartLimits: Hashable, Sendable {
    /// Most bytes of one part's headers, line ends included.
    public var headerBytes = 8_192
    /// Most parts of a form. A release can have some hundred classifiers and dependencies, each a part.
    public var parts = 4_096
    /// Most bytes before the first delimiter, and most bytes after the last.
    public var bytesAround = 1_024

    public init() {}
}

/// What comes next in a form.
public enum MultipartEvent {
    case partBegan(FormPart)
    /// Some of its content, never empty; valid only until the callback returns.
    case partData(UnsafeRawBufferPointer)
    /// The part is complete.
    case partEnded
    /// The last delimiter has come. What follows it means nothing.
    case finished
}

/// Reads `multipart/form-data` from chunks of any size, without holding on to content.
///
/// Content is searched for the delimiter by `memchr` and handed on where it lies. The delimiter begins with CR, which
/// occurs nowhere else in it: so what a chunk's end may have begun is remembered as a number of bytes, not as bytes.
///
/// Strict where readers could come to see different forms: the lines of the structure end with CR LF (every client in
/// use sends it; with LF alone, content that ends with CR is ambiguous), a delimiter is alone on its line, headers
/// are not folded.
///
/// Source: RFC 7578; RFC 2046, section 5.1.
public struct MultipartParser: Sendable {
    private enum State {
        case preamble, delimiterLine, headers, content, epilogue
        case failed(MultipartError)
    }

    private let limits: MultipartLimits
    /// CR LF, two hyphens and the boundary.
    private let delimiter: [UInt8]
    private var state = State.preamble
    /// How much of the delimiter the bytes so far end with. A body may begin with the delimiter's second line, so it
    /// begins as if a CR LF had come.
    private var matched = 2
    /// Before the first delimiter, then after the last. The CR LF that never came does not count.
    private var bytesAround = -2
    private var parts = 0
    private var headerBytes = 0
    private var line: [UInt8] = []
    private var lines: [[UInt8]] = []

    /// A parser at the start of a body.
    public init(boundary: Boundary, limits: MultipartLimits = MultipartLimits()) {
        self.limits = limits
        delimiter = Array("\r\n--\(boundary.text)".utf8)
    }

    /// Reads the next bytes of the body and tells what is in them.
    ///
    /// Throws `MultipartError`, then and for ever after, or what `onEvent` throws; after that the parser is of no use.
    public mutating func consume(
        _ bytes: UnsafeRawBufferPointer, _ onEvent: (MultipartEvent) throws -> Void
    ) throws {
        var rest = bytes
        do {
            while !rest.isEmpty {
                switch state {
                case .preamble, .content: try readContent(&rest, onEvent)
                case .delimiterLine: try readDelimiterLine(&rest, onEvent)
                case .headers: try readHeaders(&rest, onEvent)
                case .epilogue:
                    try count(around: rest.count)
                    return
                case .failed(let error): throw error
                }
            }
        } catch let error as MultipartError {
            state = .failed(error)
            throw error
        }
    }

    /// The same for an array's slice, which is not copied.
    public mutating func consume(_ bytes: ArraySlice<UInt8>, _ onEvent: (MultipartEvent) throws -> Void) throws {
        try bytes.withUnsafeBytes { try consume($0, onEvent) }
    }

    /// To be called at the end of the body. Throws `truncated` when the last delimiter has not come.
    public func finish() throws(MultipartError) {
        switch state {
        case .epilogue: return
        case .failed(let error): throw error
        case .preamble, .delimiterLine, .headers, .content: throw .truncated
        }
    }

    // MARK: - Content

    private mutating func readContent(
        _ rest: inout UnsafeRawBufferPointer, _ onEvent: (MultipartEvent) throws -> Void
    ) throws {
        if matched > 0 { return try continueMatch(&rest, onEvent) }
        let (length, found) = search(rest)
        try emit(UnsafeRawBufferPointer(rebasing: rest[..<length]), onEvent)
        rest = UnsafeRawBufferPointer(rebasing: rest[(length + found)...])
        matched = found
        if matched == delimiter.count { try delimiterFound(onEvent) }
    }

    /// How many bytes come before the delimiter, and how much of it is there: all, its beginning at the end, or none.
    private func search(_ bytes: UnsafeRawBufferPointer) -> (length: Int, found: Int) {
        delimiter.withUnsafeBytes { delimiter in
            guard let start = bytes.baseAddress, let wanted = delimiter.baseAddress else { return (0, 0) }
            var offset = 0
            while let hit = memchr(start + offset, Int32(UInt8(ascii: "\r")), bytes.count - offset) {
                offset = UnsafeRawPointer(hit) - start
                let candidate = min(delimiter.count, bytes.count - offset)
                if memcmp(hit, wanted, candidate) == 0 { return (offset, candidate) }
                offset += 1
            }
            return (bytes.count, 0)
        }
    }

    /// The chunk before ended as the delimiter begins: sees whether this one goes on as it does.
    private mutating func continueMatch(
        _ rest: inout UnsafeRawBufferPointer, _ onEvent: (MultipartEvent) throws -> Void
    ) throws {
        let wanted = delimiter[matched...].prefix(rest.count)
        guard rest.starts(with: wanted) else {
            // These bytes are content after all. Before the first delimiter they are at least counted.
            let held = matched
            matched = 0
            return try delimiter.withUnsafeBytes { try emit(UnsafeRawBufferPointer(rebasing: $0[..<held]), onEvent) }
        }
        matched += wanted.count
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(wanted.count))
        if matched == delimiter.count { try delimiterFound(onEvent) }
    }

    private mutating func delimiterFound(_ onEvent: (MultipartEvent) throws -> Void) throws {
        if case .content = state { try onEvent(.partEnded) }
        matched = 0
        state = .delimiterLine
        line.removeAll(keepingCapacity: true)
    }

    private mutating func emit(
        _ bytes: UnsafeRawBufferPointer, _ onEvent: (MultipartEvent) throws -> Void
    ) throws {
        guard !bytes.isEmpty else { return }
        if case .content = state { try onEvent(.partData(bytes)) } else { try count(around: bytes.count) }
    }

    private mutating func count(around count: Int) throws(MultipartError) {
        bytesAround += count
        guard bytesAround <= limits.bytesAround else { throw .tooMuchAround(limit: limits.bytesAround) }
    }

    // MARK: - The lines between

    /// What stands behind a delimiter: two hyphens at the end of the form, or white space and the end of the line.
    private mutating func readDelimiterLine(
        _ rest: inout UnsafeRawBufferPointer, _ onEvent: (MultipartEvent) throws -> Void
    ) throws {
        while let byte = rest.first {
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
            line.append(byte)
            switch (line.first, byte) {
            case (UInt8(ascii: "-"), UInt8(ascii: "-")):
                guard line.count == 2 else { continue }
                bytesAround = 0
                state = .epilogue
                return try onEvent(.finished)
            case (_, UInt8(ascii: " ")), (_, UInt8(ascii: "\t")), (_, UInt8(ascii: "\r")):
                guard line.first != UInt8(ascii: "-"), line.dropLast().last != UInt8(ascii: "\r") else {
                    throw MultipartError.delimiterLine
                }
                guard line.count <= limits.headerBytes else {
                    throw MultipartError.headersTooLong(limit: limits.headerBytes)
                }
            case (_, UInt8(ascii: "\n")):
                guard line.dropLast().last == UInt8(ascii: "\r") else { throw MultipartError.bareLineFeed }
                return try beginHeaders()
            default: throw MultipartError.delimiterLine
            }
        }
    }

    private mutating func beginHeaders() throws(MultipartError) {
        parts += 1
        guard parts <= limits.parts else { throw .tooManyParts(limit: limits.parts) }
        state = .headers
        headerBytes = 0
        line.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }

    private mutating func readHeaders(
        _ rest: inout UnsafeRawBufferPointer, _ onEvent: (MultipartEvent) throws -> Void
    ) throws {
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
            let piece = rest[..<(end ?? rest.count)]
            headerBytes += piece.count
            guard headerBytes <= limits.headerBytes else {
                throw MultipartError.headersTooLong(limit: limits.headerBytes)
            }
            line.append(contentsOf: piece)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
            guard end != nil else { return }
            guard line.dropLast().last == UInt8(ascii: "\r") else { throw MultipartError.bareLineFeed }
            line.removeLast(2)
            guard line.isEmpty else {
                lines.append(line)
                line.removeAll(keepingCapacity: true)
                continue
            }
            let part = try FormPart(headerLines: lines)
            state = .content
            return try onEvent(.partBegan(part))
        }
    }
}

/// What was asked for and how it was answered, as far as counting goes.
public struct FileRequest: Hashable, Sendable {
    /// What the address names.
    public enum Subject: Hashable, Sendable {
        /// A wheel or an sdist.
        case distribution
        /// Its `.metadata`, or anything else beside it.
        case companion
    }

    /// The method, in capitals.
    public var method: String
    /// The status of the answer.
    public var status: Int
    /// What was asked for.
    public var subject: Subject
    /// The bytes that a 206 carries, from the first to before the last; nil with any other status and with several ranges.
    public var range: Range<Int64>?
    /// The size of the whole file in bytes.
    public var size: Int64

    /// A request as it was answered.
    public init(method: String, status: Int, subject: Subject, range: Range<Int64>? = nil, size: Int64) {
        self.method = method
        self.status = status
        self.subject = subject
        self.range = range
        self.size = size
    }

    /// True when a whole distribution file was sent.
    ///
    /// An installer that resumes a cut download, or first looks at the end of a wheel, asks for parts of it besides:
    /// those are the same download. A range of the whole file is a download like a 200.
    public var isDownload: Bool {
        guard method == "GET", subject == .distribution else { return false }
        return status == 200 || (status == 206 && range == 0..<size)
    }
}

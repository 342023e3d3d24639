/// How much is done for one archive. What is beyond is not looked at, and the look says so.
public struct ScanBounds: Sendable, Hashable {
    /// Bytes of a file that are read; text is seldom longer, and of what is no text the beginning is enough.
    public var fileBytes = 16 << 20
    /// Bytes of a file of Python code that is read as such.
    public var codeBytes = 4 << 20
    /// Bytes of all files that are read.
    public var totalBytes: Int64 = 4 << 30
    /// Files, those in archives within the archive included.
    public var files = 100_000
    /// How deep archives within archives are opened.
    public var nesting = 2
    /// Bytes of an archive within the archive that is opened.
    public var nestedBytes = 32 << 20
    /// Findings; and of one rule in one file.
    public var findings = 2_000
    public var findingsOfRule = 100

    /// What suits an index that anybody may upload to.
    public init() {}
}

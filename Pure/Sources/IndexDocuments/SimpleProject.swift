public import PackagingFormats
public import UTC

/// Whether a file is withdrawn from ordinary resolution.
///
/// Source: PEP 592.
public enum Yanking: Hashable, Sendable {
    case no
    /// It is only for those who ask for exactly this version.
    case yes(reason: String?)
}

/// One distribution file on a project's page.
public struct SimpleFile: Hashable, Sendable {
    public var filename: String
    /// Where it is, absolute or relative to the page, in a form that needs no further escaping.
    public var url: String
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    public var sha256: String
    /// The Requires-Python of its metadata.
    public var requiresPython: String?
    /// In bytes.
    public var size: Int64
    /// When it was stored.
    public var uploadTime: Timestamp
    /// Whether it is yanked.
    public var yanked: Yanking
    /// SHA-256 of its `.metadata`, in lower-case hexadecimal; nil when none is served.
    public var metadataSHA256: String?
    /// Where its provenance is (PEP 740).
    public var provenanceURL: String?

    public init(
        filename: String, url: String, sha256: String, requiresPython: String? = nil, size: Int64,
        uploadTime: Timestamp, yanked: Yanking = .no, metadataSHA256: String? = nil, provenanceURL: String? = nil
    ) {
        self.filename = filename
        self.url = url
        self.sha256 = sha256
        self.requiresPython = requiresPython
        self.size = size
        self.uploadTime = uploadTime
        self.yanked = yanked
        self.metadataSHA256 = metadataSHA256
        self.provenanceURL = provenanceURL
    }
}

/// A project's page of the Simple API, version 1.4.
///
/// Source: PEPs 503, 592, 629, 658 with 714, 691, 700, 740 and 792; in what they leave open, PyPI's pages.
public struct SimpleProject: Hashable, Sendable {
    /// The version of the Simple API that the documents follow.
    public static let apiVersion: StaticString = "1.4"

    /// The normalized name.
    public var name: String
    /// Its state. `quarantined` shows neither versions nor files, whatever is given.
    public var status: ProjectStatus
    /// Why it is in this state.
    public var statusReason: String?
    /// The versions that have files, in the order in which they are to be shown.
    public var versions: [String]
    /// The files, in the order in which they are to be shown.
    public var files: [SimpleFile]
    /// The serial of the project's last change.
    public var lastSerial: Int64
    /// How many files a page of the past does not show, because nobody gets them now.
    public var leftOut: Int

    public init(
        name: String, status: ProjectStatus = .active, statusReason: String? = nil, versions: [String],
        files: [SimpleFile], lastSerial: Int64, leftOut: Int = 0
    ) {
        self.leftOut = leftOut
        self.name = name
        self.status = status
        self.statusReason = statusReason
        self.versions = versions
        self.files = files
        self.lastSerial = lastSerial
    }

    private var shownFiles: [SimpleFile] { status == .quarantined ? [] : files }

    /// The page as `application/vnd.pypi.simple.v1+json`.
    ///
    /// Every key is there, with null or false where there is nothing to say, in PyPI's order, which is the alphabet's.
    public func json() -> [UInt8] {
        var writer = ByteWriter(capacity: 512 + files.count * 768)
        writer.raw(#"{"files":"#)
        writer.array(shownFiles) { $0.simpleJSON($1) }
        writer.raw(#","meta":{"_last-serial":"#)
        writer.number(lastSerial)
        if leftOut > 0 {
            // PEP 691: keys with an underscore are a server's own.
            writer.raw(#","_left-out":"#)
            writer.number(Int64(leftOut))
        }
        writer.raw(#","api-version":""#)
        writer.raw(Self.apiVersion)
        writer.raw(#""},"name":"#)
        writer.json(name)
        writer.raw(#","project-status":{"#)
        if let statusReason {
            writer.raw(#""reason":"#)
            writer.json(statusReason)
            writer.raw(",")
        }
        writer.raw(#""status":"#)
        writer.json(status.rawValue)
        writer.raw(#"},"versions":"#)
        writer.array(status == .quarantined ? [] : versions) { $0.json($1) }
        writer.raw("}")
        return writer.bytes
    }

    /// The page as `application/vnd.pypi.simple.v1+html` or `text/html`.
    public func html() -> [UInt8] {
        var writer = ByteWriter(capacity: 512 + files.count * 640)
        writer.simpleHTMLHead()
        writer.raw("    <meta name=\"pypi:project-status\" content=\"")
        writer.markup(status.rawValue)
        if let statusReason {
            writer.raw("\">\n    <meta name=\"pypi:project-status-reason\" content=\"")
            writer.markup(statusReason)
        }
        writer.raw("\">\n    <title>Links for ")
        writer.markup(name)
        writer.raw("</title>\n  </head>\n  <body>\n    <h1>Links for ")
        writer.markup(name)
        writer.raw("</h1>\n")
        if leftOut > 0 {
            writer.raw("    <p>Left out, because they are in quarantine or erased now: ")
            writer.number(Int64(leftOut))
            writer.raw(" of the files that were here.</p>\n")
        }
        for file in shownFiles { writer.simpleHTML(file) }
        writer.simpleHTMLEnd(serial: lastSerial)
        return writer.bytes
    }
}

extension ByteWriter {
    fileprivate mutating func simpleJSON(_ file: SimpleFile) {
        raw(#"{"core-metadata":"#)
        metadataHash(file.metadataSHA256)
        raw(#","filename":"#)
        json(file.filename)
        raw(#","hashes":{"sha256":"#)
        json(file.sha256)
        raw(#"},"provenance":"#)
        json(file.provenanceURL)
        raw(#","requires-python":"#)
        json(file.requiresPython)
        raw(#","size":"#)
        number(file.size)
        raw(#","upload-time":""#)
        timestamp(file.uploadTime, microseconds: true)
        raw(#"","url":"#)
        json(file.url)
        raw(#","yanked":"#)
        switch file.yanked {
        case .no: json(false)
        // An empty reason would read as false.
        case .yes(let reason?) where !reason.isEmpty: json(reason)
        case .yes: json(true)
        }
        raw("}")
    }

    mutating func metadataHash(_ hash: String?) {
        guard let hash else { return json(false) }
        raw(#"{"sha256":"#)
        json(hash)
        raw("}")
    }

    fileprivate mutating func simpleHTML(_ file: SimpleFile) {
        raw("    <a href=\"")
        markup(file.url)
        raw("#sha256=")
        markup(file.sha256)
        if let requiresPython = file.requiresPython { attribute("\" data-requires-python=\"", requiresPython) }
        if case .yes(let reason) = file.yanked { attribute("\" data-yanked=\"", reason ?? "") }
        if let hash = file.metadataSHA256 {
            // The name before PEP 714 lives on in HTML only: pip 22.3 to 23.1.2 takes the key of the JSON page for text
            // and installs nothing where it finds an object.
            attribute("\" data-dist-info-metadata=\"sha256=", hash)
            attribute("\" data-core-metadata=\"sha256=", hash)
        }
        if let provenance = file.provenanceURL { attribute("\" data-provenance=\"", provenance) }
        raw("\">")
        markup(file.filename)
        raw("</a><br />\n")
    }

    private mutating func attribute(_ name: StaticString, _ value: String) {
        raw(name)
        markup(value)
    }

    mutating func simpleHTMLHead() {
        raw("<!DOCTYPE html>\n<html lang=\"en\">\n  <head>\n    <meta name=\"pypi:repository-version\" content=\"")
        raw(SimpleProject.apiVersion)
        raw("\">\n")
    }

    mutating func simpleHTMLEnd(serial: Int64) {
        raw("  </body>\n</html>\n<!--SERIAL ")
        number(serial)
        raw("-->\n")
    }
}

/// The page of the Simple API that lists all projects, version 1.4.
///
/// Source: PEPs 503, 629 and 691. `_last-serial` of each project is PyPI's, and what bandersnatch finds changes by.
public struct SimpleProjectList: Hashable, Sendable {
    /// One project.
    public struct Project: Hashable, Sendable {
        /// As its owner writes it.
        public var name: String
        /// As addresses have it.
        public var normalizedName: String
        /// The serial of its last change.
        public var lastSerial: Int64

        public init(name: String, normalizedName: String, lastSerial: Int64) {
            self.name = name
            self.normalizedName = normalizedName
            self.lastSerial = lastSerial
        }
    }

    /// The projects, in the order in which they are to be shown; quarantined ones are the caller's to leave out.
    public var projects: [Project]
    /// The serial of the last change of a project.
    public var lastSerial: Int64

    public init(projects: [Project], lastSerial: Int64) {
        self.projects = projects
        self.lastSerial = lastSerial
    }

    /// The list as `application/vnd.pypi.simple.v1+json`.
    public func json() -> [UInt8] {
        var writer = ByteWriter(capacity: 128 + projects.count * 64)
        writer.raw(#"{"meta":{"_last-serial":"#)
        writer.number(lastSerial)
        writer.raw(#","api-version":""#)
        writer.raw(SimpleProject.apiVersion)
        writer.raw(#""},"projects":"#)
        writer.array(projects) { writer, project in
            writer.raw(#"{"_last-serial":"#)
            writer.number(project.lastSerial)
            writer.raw(#","name":"#)
            writer.json(project.name)
            writer.raw("}")
        }
        writer.raw("}")
        return writer.bytes
    }

    /// The list as `application/vnd.pypi.simple.v1+html` or `text/html`. Addresses are relative: the list of another day
    /// leads to the pages of that day.
    public func html() -> [UInt8] {
        var writer = ByteWriter(capacity: 512 + projects.count * 96)
        writer.simpleHTMLHead()
        writer.raw("    <title>Simple index</title>\n  </head>\n  <body>\n")
        for project in projects {
            writer.raw("    <a href=\"")
            writer.pathSegment(project.normalizedName)
            writer.raw("/\">")
            writer.markup(project.name)
            writer.raw("</a>\n")
        }
        writer.simpleHTMLEnd(serial: lastSerial)
        return writer.bytes
    }
}

import PackagingFormats
public import UTC

/// A feed in RSS 2.0.
///
/// Source: the RSS 2.0 specification, and PyPI's feeds for titles and order.
public struct Feed: Hashable, Sendable {
    /// Something that happened to a project.
    public struct Item: Hashable, Sendable {
        /// The project's name as its owner writes it.
        public var name: String
        /// As addresses have it.
        public var normalizedName: String
        /// The release that came, or the project's first.
        public var version: String
        /// One line about it.
        public var summary: String?
        /// The e-mail address of its author.
        public var author: String?
        public var moment: Timestamp

        public init(
            name: String, normalizedName: String, version: String, summary: String? = nil, author: String? = nil,
            moment: Timestamp
        ) {
            self.name = name
            self.normalizedName = normalizedName
            self.version = version
            self.summary = summary
            self.author = author
            self.moment = moment
        }
    }

    /// What a feed is about.
    public enum Subject: Hashable, Sendable {
        /// `/rss/packages.xml`: projects that are new.
        case newestProjects
        /// `/rss/updates.xml`: releases that are new, of any project.
        case latestUpdates
        /// `/rss/project/{name}/releases.xml`: releases of one project. `name` is as its owner writes it.
        case releases(name: String, normalizedName: String)
    }

    /// Most items that a feed shows, as PyPI's.
    public static let maximumItems = 40

    /// What it is about.
    public var subject: Subject
    /// The newest first; the first 40 are shown.
    public var items: [Item]
    /// The index's name in titles: `Rind newest packages`.
    public var siteName: String
    /// Where the index is, without a slash at its end.
    public var baseURL: String

    public init(subject: Subject, items: [Item], siteName: String, baseURL: String) {
        self.subject = subject
        self.items = items
        self.siteName = siteName
        self.baseURL = baseURL
    }

    private var channel: (title: String, link: String, description: String) {
        switch subject {
        case .newestProjects:
            ("\(siteName) newest packages", baseURL + "/", "Newest packages registered at \(siteName)")
        case .latestUpdates: ("\(siteName) recent updates", baseURL + "/", "Recent updates at \(siteName)")
        case .releases(let name, let normalizedName):
            (
                "\(siteName) recent updates for \(name)", pageURL(baseURL, normalizedName),
                "Recent updates at \(siteName) for \(name)"
            )
        }
    }

    private func title(of item: Item) -> String {
        switch subject {
        case .newestProjects: "\(item.name) added to \(siteName)"
        case .latestUpdates: "\(item.name) \(item.version)"
        case .releases: item.version
        }
    }

    private func link(of item: Item) -> String {
        switch subject {
        case .newestProjects: pageURL(baseURL, item.normalizedName)
        case .latestUpdates, .releases: pageURL(baseURL, item.normalizedName, item.version)
        }
    }

    /// The feed as `application/rss+xml` in UTF-8.
    public func xml() -> [UInt8] {
        var writer = ByteWriter(capacity: 512 + Self.maximumItems * 512)
        let (title, link, description) = channel
        writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n  <channel>\n")
        writer.element("    <title>", title, "</title>\n")
        writer.element("    <link>", link, "</link>\n")
        writer.element("    <description>", description, "</description>\n")
        writer.raw("    <language>en</language>\n")
        for item in items.prefix(Self.maximumItems) {
            let link = self.link(of: item)
            writer.raw("    <item>\n")
            writer.element("      <title>", self.title(of: item), "</title>\n")
            writer.element("      <link>", link, "</link>\n")
            writer.element("      <guid>", link, "</guid>\n")
            writer.element("      <description>", item.summary?.cut(to: .line) ?? "", "</description>\n")
            if let author = item.author { writer.element("      <author>", author.cut(to: .label), "</author>\n") }
            writer.element("      <pubDate>", item.moment.httpDate, "</pubDate>\n")
            writer.raw("    </item>\n")
        }
        writer.raw("  </channel>\n</rss>\n")
        return writer.bytes
    }
}

extension ByteWriter {
    fileprivate mutating func element(_ start: StaticString, _ text: String, _ end: StaticString) {
        raw(start)
        markup(text)
        raw(end)
    }
}

import Accounts

/// What a mail says, before it is made two parts of: written once, for plain text and HTML. It waits in the queue as
/// it is, so a member that comes later must be optional.
///
/// Everything is text as people write it; nothing is markup. Texts that strangers chose (a key's label, a browser's
/// name) may stand in it.
public struct Letter: Sendable, Hashable, Codable {
    /// One line that says what happened: `A security key was added to your account`.
    public var subject: String
    /// Whom it greets, usually the account's name; nil greets nobody by name.
    public var name: String?
    /// What happened, and what to do; a paragraph each.
    public var paragraphs: [String]
    /// Circumstances, one a line: `When: 22 Nov 2026, 14:05 UTC`.
    public var facts: [Fact]
    /// What to follow: a button in HTML with its address below, a bare address in plain text.
    public var link: Link?
    /// What belongs after the link: how long it is good for, what to do if it was not you.
    public var afterLink: [String]
    /// Why the mail came, a whole sentence: `This address belongs to the account ada.`
    public var reason: String
    /// Where else to look, after all that; nil for nowhere.
    public var pointers: [Pointer]?
    /// What it is about, while it waits for more of it; nil where it waits for nothing.
    public var gathered: GatheredProjects?

    /// A circumstance: what it is about, and what it was.
    public struct Fact: Sendable, Hashable, Codable {
        /// `Key`
        public var name: String
        /// `YubiKey 5C`
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A link into the index. It has a path and no host: a letter cannot lead anywhere else.
    public struct Link: Sendable, Hashable, Codable {
        /// What the button says: `Verify this address`.
        public var label: String
        /// Begins with a slash.
        public var path: String

        /// A link into the index.
        public init(_ label: String, path: String) {
            self.label = label
            self.path = path
        }
    }

    /// A sentence, and places of the index that it is about: paths, for the reason that a link has one.
    public struct Pointer: Sendable, Hashable, Codable {
        /// Ends in a colon.
        public var text: String
        /// Each begins with a slash.
        public var paths: [String]

        /// A sentence, and places that it is about.
        public init(_ text: String, paths: [String]) {
            self.text = text
            self.paths = paths
        }
    }

    /// What a mail says.
    public init(
        subject: String, name: String?, paragraphs: [String], facts: [Fact] = [], link: Link? = nil,
        afterLink: [String] = [], reason: String, pointers: [Pointer]? = nil,
        gathered: GatheredProjects? = nil
    ) {
        self.gathered = gathered
        self.subject = subject
        self.name = name
        self.paragraphs = paragraphs
        self.facts = facts
        self.link = link
        self.afterLink = afterLink
        self.reason = reason
        self.pointers = pointers
    }
}

/// Who writes: what stands at the foot of every mail, and where its links lead.
public struct LetterHead: Sendable, Hashable {
    /// What the index is called: `packages.example.org`.
    public var indexName: String
    /// Its outside address, without a slash at the end.
    public var baseURL: String
    /// Who answers questions, a mail address or a web address; nil where nobody is named.
    public var contact: String?

    /// - Parameter indexName: what the index is called; nil where nobody named it: then as its address is, without
    ///   `https://`.
    public init(baseURL: String, indexName: String? = nil, contact: String? = nil) {
        let host = baseURL.firstRange(of: "://").map { baseURL[$0.upperBound...] } ?? baseURL[...]
        self.indexName = indexName ?? String(host)
        self.baseURL = baseURL
        self.contact = contact
        isNamed = indexName != nil
    }

    /// Whom to ask, in a sentence; nil where nobody is named. Letters speak of these people as it does.
    var questions: String? { contact.map { "Questions? Ask the people who run this index: \($0)" } }

    /// Whether somebody gave the index a name.
    private let isNamed: Bool

    /// A text that speaks of ``Letter/index``, with the index's name where it has one.
    func naming(_ text: String) -> String { isNamed ? text.replacing(Letter.index, with: indexName) : text }
}

extension Letter {
    /// The letter as a mail.
    public func rendered(to address: EmailAddress, from head: LetterHead) -> OutgoingMail {
        OutgoingMail(
            to: address, line: head.naming(subject), text: LetterText.render(self, head),
            html: LetterHTML.render(self, head))
    }

    /// How a letter speaks of the index, whose name is known only when it is sent.
    public static let index = "this package index"

    var greeting: String { name.map { "Hello \($0)," } ?? "Hello," }
}

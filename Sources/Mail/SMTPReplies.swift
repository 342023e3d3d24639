import Letters

/// What a mail server said, reply by reply (RFC 5321, section 4.2).
struct SMTPReplies {
    /// One reply, its lines joined: `550 5.1.1 No such user here`.
    struct Reply: Hashable {
        let code: Int
        var text: String
        /// Its place among all that were given; the first is the greeting.
        let number: Int
    }

    private var all: [Reply] = []
    private var isOpen = false
    private var count = 0

    /// Servers may talk as long as they like; the last few replies are enough, and the beginning of each.
    private static let mostKept = 16
    private static let longest = 500

    /// The last reply.
    var last: Reply? { all.last }

    /// The last reply that refuses something; what follows it is goodbye.
    var lastRefusal: Reply? { all.last { $0.code >= 400 } }

    /// Takes one line.
    mutating func add(line: String) {
        let line = String(String.UnicodeScalarView(line.unicodeScalars.filter { String($0).isMailLine }))
        guard let code = Int(line.prefix(3)), (200...599).contains(code) else { return }
        if isOpen, all.last?.code == code {
            all[all.count - 1].text = String((all[all.count - 1].text + " " + line.dropFirst(4)).prefix(Self.longest))
        } else {
            count += 1
            let text = String("\(code) \(line.dropFirst(4))".prefix(Self.longest))
            all.append(Reply(code: code, text: text, number: count))
            if all.count > Self.mostKept { all.removeFirst() }
        }
        isOpen = line.dropFirst(3).first == "-"
    }

    /// Whether a reply is about the mail, and final. A greeting of 554 and all that concerns signing in (RFC 4954,
    /// section 6) is about us: the operator will mend it, and the mail should go out then.
    func refusesTheMail(_ reply: Reply) -> Bool {
        (500...599).contains(reply.code) && reply.number > 1 && ![530, 534, 535, 538].contains(reply.code)
    }
}

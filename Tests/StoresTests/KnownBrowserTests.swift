import Accounts
import Acts
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Stores
import Support
import Testing
import UTC

@Suite("What an account's holder hears") struct NoticeTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    /// The letters with a subject.
    func letters(_ subject: String) async throws -> [Letter] {
        try await stores.mail.due(at: now + .days(500), limit: 1_000).map(\.mail.letter)
            .filter { $0.subject == subject }
    }

    func origin(_ mark: UInt8?, network: String = "192.0.2.1") -> RequestOrigin {
        RequestOrigin(address: network, client: "Firefox", mark: mark.map { [$0] })
    }

    func signIn(_ user: User, from origin: RequestOrigin, secret: UInt8, at moment: Timestamp? = nil) async throws {
        _ = try await stores.sessions.begin(
            NewSession(secretHash: [secret], user: user.id, use: .password, origin: origin), at: moment ?? now)
    }

    @Test("is that somebody signed in where the account never was: told once for a browser, again after a year or so")
    func newBrowser() async throws {
        let subject = "Your account was signed in to in a new browser"
        let ada = try await people.user("ada")
        try await signIn(ada, from: origin(1), secret: 1)
        #expect(try await letters(subject).count == 1)
        try await signIn(ada, from: origin(1, network: "198.51.100.1"), secret: 2)
        #expect(try await letters(subject).count == 1)
        try await signIn(ada, from: origin(2), secret: 3)
        try await signIn(ada, from: origin(nil), secret: 4)
        try await signIn(try await people.user("bob"), from: origin(1), secret: 5)
        #expect(try await letters(subject).count == 4)
        try await signIn(ada, from: origin(1), secret: 6, at: now + KnownBrowser.lifetime + .seconds(1))
        let all = try await letters(subject)
        #expect(all.count == 5)
        #expect(all[0].facts.contains(Letter.Fact("IP address", "192.0.2.1")))
        #expect(all[0].facts.contains(Letter.Fact("Browser", "Firefox")))
        #expect(try await people.events(ada).count { $0 == .signedIn } == 1)
    }

    @Test("is not that somebody was asked for the second factor, but that they showed it")
    func waiting() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        try await signIn(ada, from: origin(1), secret: 20)
        #expect(try await stores.sessions.knownDevice(of: origin(1), to: ada.id, at: now) == .network)
        let waiting = try await people.password(ada, secret: 21)
        _ = try await stores.sessions.prove(
            people.use(key, count: 6), for: .signIn(newSecretHash: [22]), in: waiting.id, from: origin(1), at: now)
        #expect(try await stores.sessions.knownDevice(of: origin(1), to: ada.id, at: now) == .browser)
    }

    @Test("is forgotten with the password: by anyone who changes it, or ends the other sessions, elsewhere")
    func forgetting() async throws {
        let ada = try await people.user("ada")
        func knownDevice(_ mark: UInt8) async throws -> KnownDevice {
            try await stores.sessions.knownDevice(of: origin(mark, network: "203.0.113.9"), to: ada.id, at: now)
        }
        try await signIn(ada, from: origin(1), secret: 1)
        try await signIn(ada, from: origin(2), secret: 2)
        var session = try #require(try await stores.sessions.session(secretHash: [2], at: now))
        session.standing.origin = origin(2)
        #expect(try await knownDevice(1) == .browser)
        #expect(try await knownDevice(3) == .unknown)
        try await stores.sessions.endAll(of: ada.name, except: session.id, by: session.actor, at: now)
        #expect(try await knownDevice(1) == .unknown)
        #expect(try await knownDevice(2) == .browser)
        try await stores.accounts.mailLink(
            MailedLink(path: "/", secretHash: [9]), .resetPassword, to: ada.id, from: origin(4), at: now)
        _ = try await stores.accounts.usePasswordLink(
            secretHash: [9], passwordHash: "new", from: origin(5), at: now)
        #expect(try await knownDevice(2) == .unknown)
        // Anyone who followed the link has shown that they are its holder.
        #expect(try await knownDevice(5) == .browser)
    }

    @Test("is every event that can be told, with where it was done, and by whom where it was another")
    func everything() async throws {
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let (grace, key, _) = try await people.withKey("grace")
        try await stores.projects.addRole(.owner, on: demo, to: grace.name, by: .operatorAtMachine, at: now)
        var session = try await people.signIn(grace, key, count: 6, secret: 30)
        session.standing.origin = people.origin
        let other = try await people.signIn(grace, key, count: 7, secret: 40)
        try await stores.factors.rename(key.id, to: "Green", of: grace.name, by: session.actor, at: now)
        try await stores.sessions.end(other.id, of: grace.name, by: session.actor, at: now)
        try await stores.sessions.endAll(of: grace.name, except: session.id, by: session.actor, at: now)
        for subject in [
            "A security key of your account was renamed", "A session of yours was ended",
            "Your other sessions were ended",
        ] {
            let letter = try #require(try await letters(subject).first)
            #expect(letter.facts.contains(Letter.Fact("IP address", "192.0.2.1")), "\(subject)")
            #expect(letter.facts.contains(Letter.Fact("Browser", "Firefox")), "\(subject)")
        }
        // Nobody learns from where somebody else did something.
        try await stores.accounts.offerLink(
            secretHash: [1], .setPassword, to: grace.name, by: .operatorAtMachine, at: now)
        let handedOut = try #require(try await letters("A link to set your password was handed out").first)
        #expect(
            handedOut.facts.map(\.name) == ["When"] && handedOut.paragraphs[0].contains("The people who run this index")
        )
        let bob = try await people.user("bob")
        try await stores.projects.addRole(.maintainer, on: demo, to: bob.name, by: session.actor, at: now)
        let given = try #require(try await letters("You are now maintainer of demo-pkg").first)
        #expect(given.facts.map(\.name) == ["When"] && given.paragraphs[0].hasPrefix("grace made you maintainer"))
    }

    @Test("that a link was asked for goes to the addresses that do not get it")
    func links() async throws {
        let ada = try await people.user("ada")
        let session = try await people.password(ada)
        let second = try EmailAddress(parsing: "second@example.org")
        try await stores.accounts.addAddress(
            second, to: ada.name, verification: MailedLink(path: "/", secretHash: [1]), by: session.actor,
            from: people.origin, at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [1], in: nil, newSecretHash: [], from: people.origin, at: now)
        try await stores.accounts.mailLink(
            MailedLink(path: "/", secretHash: [2]), .resetPassword, to: ada.id, from: people.origin,
            at: now)
        let mails = try await stores.mail.due(at: now, limit: 100).map(\.mail)
        #expect(
            mails.filter { $0.letter.subject == "Somebody asked to reset your password" }.map(\.to) == [second])
        #expect(
            mails.filter { $0.letter.subject == "Reset your password" }.map(\.to.text) == ["ada@example.org"])
    }

    @Test("stays in the log for a year")
    func pruning() async throws {
        let ada = try await people.user("ada")
        _ = try await people.password(ada)
        try await stores.sessions.removeEnded(at: now + RecordedEvent.lifetime)
        #expect(try await !people.events(ada).isEmpty)
        try await stores.sessions.removeEnded(at: now + RecordedEvent.lifetime + .seconds(1))
        #expect(try await people.events(ada).isEmpty)
    }

    @Test("can be read page by page, also what happened at one moment")
    func pages() async throws {
        let ada = try await people.user("ada")
        for number in 0..<7 {
            try await stores.accounts.note(
                .access(.sessionEnded(client: "\(number)")), about: ada.id, from: people.origin, at: now)
        }
        var seen: [String] = []
        var before: EventID?
        while true {
            let page = try await stores.accounts.events(of: ada.id, before: before, limit: 3)
            seen += page.compactMap { $0.event.record.details["client"] }
            guard let last = page.last else { break }
            before = last.id
        }
        #expect(seen == (0..<7).reversed().map(String.init))
    }
}

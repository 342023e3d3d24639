import Accounts
import Acts
import PackagingFormats
import Primitives
import Testing
import UTC

@Suite("A session") struct SessionTests {
    static let now = Timestamp(seconds: 1_800_000_000)

    static func session(
        _ restriction: SessionRestriction?, _ assurance: Assurance, strongest: Assurance
    ) throws -> Session {
        let user = User(
            id: UserID(1), name: try Username(parsing: "ada"), email: try EmailAddress(parsing: "ada@example.org"),
            isAdministrator: false, createdAt: now)
        return Session(
            id: SessionID(1), user: user, assurance: assurance,
            standing: SessionStanding(restriction: restriction, strongest: strongest), createdAt: now, lastSeenAt: now,
            expiresAt: now + .days(1), origin: RequestOrigin())
    }

    // The columns are the point.
    // swift-format-ignore
    static let table: [(SessionRestriction?, Assurance, strongest: Assurance, isLive: Bool, canShowFactor: Bool)] = [
        (nil,                 .password,          .password,          true,  false),
        (nil,                 .password,          .secondFactor,      true,  true),
        (nil,                 .secondFactor,      .secondFactor,      true,  false),
        (nil,                 .secondFactor,      .phishingResistant, true,  true),
        (.secondFactorDue,    .password,          .secondFactor,      false, true),
        (.secondFactorDue,    .password,          .password,          false, true),
        (.enrolmentOnly,      .password,          .secondFactor,      false, false),
        (.passwordChangeOnly, .password,          .secondFactor,      false, false),
    ]

    @Test("can show a factor while it waits for one, or was begun with less than the account has", arguments: table)
    func showing(
        restriction: SessionRestriction?, assurance: Assurance, strongest: Assurance, isLive: Bool, canShow: Bool
    ) throws {
        let session = try Self.session(restriction, assurance, strongest: strongest)
        #expect(session.isLive == isLive && session.canShowFactor == canShow)
    }

    @Test("remembers what a browser calls itself, without what controls a terminal, and not more than 200 characters")
    func client() {
        let client = RequestOrigin(client: "A\u{1B}[31m \u{1F}b\u{7F}c\n~").client
        #expect(client == "A[31m bc~")
        #expect(RequestOrigin(client: String(repeating: "a", count: 201)).client.count == 200)
    }

    @Test("is named by the browser that it is in, whatever else that claims to be")
    func words() {
        func words(_ client: String) -> String { RequestOrigin(client: client).clientWords }
        #expect(words("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0") == "Firefox on Linux")
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
        #expect(words(edge) == "Edge on Windows")
        #expect(words("curl/8.0") == "curl")
        #expect(words("something") == "something" && words("") == "Unknown browser")
    }
}

@Suite("The numbers of the rules for accounts") struct AccountNumberTests {
    @Test("are those that people were told, so that none changes unseen")
    func numbers() {
        #expect(NewAPIToken.most == 500 && NewAPIToken.mostADay == 100)
        #expect(AccountRecovery.wait == .days(7))
        #expect(KnownBrowser.lifetime == .days(400) && KnownBrowser.most == 100)
        #expect(SessionLifetime.most == 200 && SessionLifetime.idle == .hours(12))
        #expect(Challenge.lifetime == .minutes(5) && Challenge.mostPerBrowser == 20)
        #expect(AccountDisabling.longestReason == 200 && AccountAddress.most == 10)
        #expect(FormerAddress.hears == .days(30))
        #expect(FirstEnrolment.lifetime == .minutes(30) && FirstEnrolment.standing == .hours(72))
        #expect(AuthenticatorMetadata.notice == .days(14))
    }

    @Test("Metadata of security keys are overdue after their last day, and it is said fourteen days before that")
    func metadata() {
        let day = Day(number: 20_000)
        let metadata = AuthenticatorMetadata(number: 1, nextUpdate: day, importedAt: day.start - .days(30), models: 1)
        #expect(!metadata.isOverdue(at: (day + 1).start - .microseconds(1)) && metadata.isOverdue(at: (day + 1).start))
        #expect(metadata.renewalWords(at: (day - 13).start - .microseconds(1)) == nil)
        #expect(metadata.renewalWords(at: (day - 13).start)?.contains("are good until") == true)
        #expect(metadata.renewalWords(at: (day + 1).start) == metadata.overdueWords)
    }
}

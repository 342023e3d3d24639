import Bytes
import PackagingFormats
import Staging
import Testing
import TransparencyLog
import UTC
import VectorSupport

@testable import Accounts
@testable import Acts
@testable import Giveaway
@testable import Journal
@testable import Leaving
@testable import Letters
@testable import Policy
@testable import Primitives

@Suite struct JournalEventTests {
    private static func logKey() throws -> VerifierKey {
        try #require(VerifierKey(parsing: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"))
    }

    /// One of each event, and of each form that it takes.
    static func samples() throws -> [(subject: Subject, event: JournalEvent)] {
        let demo = try ProjectName(parsing: "Demo")
        let (ada, bob) = (try Username(parsing: "ada"), try Username(parsing: "bob"))
        let version = try Version(parsing: "1.0")
        let file = FileOnRecord(
            version: version, filename: try DistributionFilename(lenient: "demo-1.0.tar.gz"),
            sha256: String(repeating: "0f", count: 32))
        let wheel = try DistributionFilename(lenient: "demo-1.0-py3-none-any.whl")
        let moment = try #require(Timestamp(iso8601: "2026-11-30T02:00:00.000001Z"))
        let day = moment.day
        let designated = Designation(
            name: demo, reason: .downloads(rank: 2, count: 10), asOf: day, windowDays: 183, designatedAt: moment)
        let needed = Designation(
            name: demo, reason: .dependency(of: try ProjectName(parsing: "flask")), asOf: day, windowDays: 183,
            designatedAt: moment)
        let named = Designation(name: demo, reason: .named, asOf: day, windowDays: 183, designatedAt: moment)
        let strict = CriticalSettings(
            critical: try CriticalRule(extent: .number(100), dependencyDepth: 2),
            mandate: try MandateRule(
                announcedFrom: day, enforcedFrom: day + 30, required: .secondFactor,
                stricter: .init(share: try Share(percent: "0.1"), assurance: .phishingResistant), needsSpare: true))
        let giveaway = try GiveawayName(parsing: "titan-2022")
        let terms = try GiveawayTerms(
            sponsor: "Google", models: [KeyModel(parsing: "Titan")], keys: 4_000, countries: [Country(parsing: "AT")],
            opensAt: moment, closesAt: moment + .seconds(1), orderAddress: "https://example.org/a")
        let project: [ProjectEvent] = [
            .created(demo, owner: ada), .created(demo, owner: nil),
            .recreated(demo), .statusSet(.quarantined, reason: "Steals \"keys\"\n\u{1}\u{7F}é"),
            .statusSet(.active, reason: nil), .assuranceRequired(.secondFactor, before: .password), .nameReserved,
            .nameUnreserved, .nameFreed(owners: [ada, bob]), .nameFreed(owners: []),
            .content(.releaseCreated(version)), .content(.fileUploaded(file, size: 5_000_000_000)),
            .content(.yanked(version, reason: "broken")), .content(.yanked(version, reason: nil)),
            .content(.unyanked(version)), .removal(.projectDeleted(demo)), .removal(.releaseDeleted(version)),
            .removal(.fileDeleted(file)), .removal(.restored(.project(releases: 2, files: 5))),
            .removal(.restored(.release(version, files: 2))), .removal(.undone(.project(releases: 2, files: 5))),
            .removal(.undone(.release(version, files: 2))), .removal(.undone(.file(wheel, of: version, files: 1))),
            .content(.fileYanked(file, reason: "broken")), .content(.fileUnyanked(file)),
            .departure(.asked(.project, due: moment, reason: "nobody needs it")),
            .departure(.asked(.release(version), due: moment, reason: "broken")),
            .departure(.asked(.file(wheel.text), due: moment, reason: "broken")),
            .departure(.confirmed(.archiving)), .departure(.objected(.hiding, reason: "I need it")),
            .departure(.objected(.project, reason: nil)), .departure(.takenOver(.lastRole, by: bob)),
            .removal(.quarantined(.file(wheel.text), reason: "steals keys")),
            .removal(.quarantined(.project, reason: "steals keys")), .removal(.quarantineLifted(.release(version))),
            .removal(.erased(file, nil)), .removal(.erased(file, .courtOrder)),
            .proposal(.returnProposed(scope: .project, files: 5, due: moment, reason: "many builds need it")),
            .proposal(.returnApproved(scope: .release(version), files: 2)),
            .proposal(.returnDeclined(scope: .file(wheel.text), reason: "it is broken")),
            .proposal(.returnDeclined(scope: .project, reason: nil)),
            .proposal(.returnDecided(scope: .project, files: 5)),
            .proposal(.erasureProposed(scope: .release(version), .personalData, reason: "my address")),
            .proposal(.erasureConfirmed(scope: .release(version), .personalData, files: 2)),
            .proposal(.nameReleaseProposed(due: moment, reason: "abandoned")),
            .proposal(.nameReleaseObjected(reason: "mine")), .proposal(.nameReleaseObjected(reason: nil)),
            .proposal(.withdrawn(.restoration, scope: .project)), .proposal(.withdrawn(.erasure, scope: .project)),
            .proposal(.lapsed(.nameRelease, scope: .project)), .proposal(.lapsed(.erasure, scope: .release(version))),
            .stage(.settingSet(.off, binds: moment)),
            .stage(.settingSet(try StagingSetting(isOn: true, approvals: 2, approvers: .owners), binds: nil)),
            .stage(.fileStaged(file, size: 5_000_000_000)),
            .stage(.approved(version, files: 2, statement: String(repeating: "0f", count: 32), isLast: true)),
            .stage(.approved(version, files: 2, statement: String(repeating: "0f", count: 32), isLast: false)),
            .stage(.rejected(version, files: 2, reason: "nobody of us sent it")),
            .stage(.rejected(version, files: 1, reason: nil)), .stage(.expired(version, files: 2)),
            .stage(.addressMade(version)),
            .departure(.lapsed(.project)), .role(RoleEvent(.added, of: bob, as: .owner)),
            .role(RoleEvent(.changed(from: .owner), of: bob, as: .maintainer)),
            .role(RoleEvent(.removed, of: bob, as: .owner)), .role(RoleEvent(.left, of: bob, as: .owner)),
            .role(RoleEvent(.invited, of: bob, as: .owner)),
            .role(RoleEvent(.invitationCancelled, of: bob, as: .owner)),
            .role(RoleEvent(.accepted(invitedBy: ada), of: bob, as: .owner)),
            .role(RoleEvent(.accepted(invitedBy: nil), of: bob, as: .owner)),
            .role(RoleEvent(.agreed, of: bob, as: .owner)),
            .role(RoleEvent(.declined, of: bob, as: .owner)),
            .role(RoleEvent(.returned, of: bob, as: .owner)),
            .critical(.designated(DesignationRecord(designated, voided: [bob]))),
            .critical(.designated(DesignationRecord(needed, voided: []))),
            .critical(.designated(DesignationRecord(named, voided: []))), .critical(.lifted(reason: "by mistake")),
            .critical(.demanded(.spare, binds: moment)),
            .critical(.delayed(until: moment, lacking: [.secondFactor, .spare])),
        ]
        let account: [AccountEvent] = [
            .registered(isAdministrator: false), .made(isAdministrator: true), .allowanceSet(.usual),
            .disabled(reason: "left the company"), .enabled, .administratorMade, .administratorUnmade,
            .deletion(.asked(due: moment)), .deletion(.stopped(reason: nil)),
            .deletion(.stopped(reason: "account-deletion.sole-owner")), .deletion(.done(tokensEnded: 2)),
            .allowanceSet(.unlimited), .allowanceSet(nil), .passwordLinkOffered(until: moment),
            .passwordSet(tokensEnded: 2), .passwordSet(tokensEnded: 0), .address(.added), .address(.removed),
            .address(.madePrimary), .address(.verified),
            .token(.issued(id: "abc", label: "CI", projects: [demo], expires: moment, .phishingResistant)),
            .token(.issued(id: "abc", label: "", projects: nil, expires: nil, .password)),
            .token(.revoked(id: "abc", label: "CI")),
            .factor(.keyAdded(FactorID(3), label: "Blue", model: "Titan", aaguid: "42b4")),
            .factor(.keyAdded(FactorID(3), label: "Blue", model: nil, aaguid: nil)),
            .factor(.keyRenamed(FactorID(3), label: "Red")),
            .factor(.keyRemoved(FactorID(3), label: "Red", tokensEnded: 1)),
            .factor(.keyFrozen(FactorID(3), stored: 9, received: 8, tokensEnded: 0)), .factor(.appAdded(FactorID(4))),
            .factor(.appRemoved(FactorID(4), label: "authenticator app", tokensEnded: 0)), .factor(.codesMade),
            .factor(
                .keyAdded(
                    FactorID(3), label: "Blue", model: nil, aaguid: nil,
                    first: .waits(until: moment, because: [.address, .topShare]))),
            .factor(.appAdded(FactorID(4), first: .counts)),
            .factor(.disowned(from: FactorID(3), count: 2, tokensEnded: 1)),
            .factor(.codeUsed(left: 9)), .factor(.probationEnded), .recovery(.requested(due: moment)),
            .recovery(.cancelled(reason: nil)), .recovery(.cancelled(reason: "a thief")), .recovery(.approved),
            .recovery(.completed),
            .giveawayCodeIssued(giveaway, try Country(parsing: "AT")),
        ]
        let index: [IndexEvent] = [
            .accountRuleSet(.usual), .accountRuleSet(AccountRule(needsVerifiedAddress: false, allowance: .unlimited)),
            .stagingRuleSet(criticalReleasesWait: true), .stagingRuleSet(criticalReleasesWait: false),
            .removalRuleSet(.usual), .criticalRuleSet(.usual), .criticalRuleSet(strict), .classifiersSet(2),
            .knownNames(.listed(15_000)), .knownNames(.protected(demo)), .knownNames(.unprotected(demo)),
            .knownNames(.allowed(demo, reason: "they are well known")),
            .nameNoted(
                NotedName(name: demo, target: "demos", mechanism: "plural", verdict: "review")),
            .advisories(AdvisoriesEvent(added: 2, changed: 1, withdrawn: 0, projects: [demo, demo])),
            .advisories(AdvisoriesEvent(withdrawn: 1)),
            .authenticators(.metadata(number: 151, models: 300)), .authenticators(.named(3)),
            .authenticators(.rootAdded(label: "our own")), .authenticators(.rootRemoved(label: "our own")), .invited,
            .mailRead(MailID(7)), .mailRetried(MailID(7)), .mailRetried(nil), .beside(.keysRotated(key: "2")),
            .beside(.logKeysSet(try logKey(), beside: nil)), .beside(.logKeysSet(try logKey(), beside: try logKey())),
            .beside(.breachedPasswordsReplaced(passwords: 900, leftOut: 1, minimumCount: 2)),
            .giveaway(
                giveaway, .created(sponsor: "Google", models: "Titan", keysPerCode: 2, GiveawayChange(all: terms))),
            .giveaway(giveaway, .changed(GiveawayChange(keys: 5_000, orderAddress: ""), isReopened: true)),
            .giveaway(giveaway, .closed(left: 1)), .giveaway(giveaway, .codesImported(2)),
        ]
        return project.map { (.project(demo), .project($0)) } + account.map { (.user(ada), .account($0)) }
            + index.map { (.index, .index($0)) }
    }

    private static func entry(_ subject: Subject, _ event: JournalEvent) -> JournalEntry {
        JournalEntry(
            serial: 12, at: Timestamp(microseconds: 1_796_000_000_000_000), actor: "user ada",
            subject: subject.journalName, record: event.record)
    }

    private static func salt() throws -> Commitment.Salt {
        try #require(Commitment.Salt([UInt8](repeating: 7, count: 32)))
    }

    @Test("every event is read from the journal as it was written")
    func roundTrip() throws {
        for (_, event) in try Self.samples() {
            let read = JournalEvent(EventRecord(act: event.record.act, details: event.record.details))
            #expect(read == event && read.record.canonicalText == event.record.canonicalText)
        }
    }

    @Test("every act that is recorded has its event, and no two events are written alike")
    func complete() throws {
        let records = try Self.samples().map(\.event.record)
        // Nothing of these is recorded: nothing of the index changes.
        let unrecorded: Set<Act> = [.account(.signIn), .account(.endSession), .account(.stepUp)]
        #expect(Set(records.map(\.act)) == Set(Act.allCases.filter { !unrecorded.contains($0) }.map(\.rawValue)))
        #expect(Set(records.map(\.canonicalText)).count == records.count)
    }

    @Test("an entry of a newer version, or one that does not read, is an event nobody knows, with all that it says")
    func unknown() {
        for record in [
            EventRecord(act: "project.teleport", details: ["to": "the moon"]),
            EventRecord(act: "file.upload", details: ["version": "1.0"]),
            EventRecord(act: "role.add", details: ["user": "ada", "role": "emperor"]),
            EventRecord(act: "index.read", details: [:]), EventRecord(act: "", details: [:]),
        ] {
            #expect(JournalEvent(record) == .unknown(record) && JournalEvent(record).record == record)
        }
    }

    @Test("how each event stands in the journal is what the golden file says")
    func golden() throws {
        let lines = try Self.samples().map(\.event.record.canonicalText)
        try Golden.expect(lines.map { "\($0)\n" }.joined(), "journal-events.txt")
    }

    @Test("what everybody may know of each event is what the golden file says")
    func publicRecords() throws {
        let lines = try Self.samples().map { subject, event in
            let record = try Self.entry(subject, event).publicRecord(isPublic: { _ in true }, salt: Self.salt())
            return "\(event.record.act): \(record?.canonicalText ?? "nothing")\n"
        }
        try Golden.expect(lines.joined(), "public-records.txt")
    }

    @Test("all that everybody may know has a sentence on the pages of the log, each as the golden file says")
    func words() throws {
        var lines: [String] = []
        for (subject, event) in try Self.samples() {
            let record = try Self.entry(subject, event).publicRecord(isPublic: { _ in true }, salt: Self.salt())
            guard let text = record?.canonicalText else { continue }
            let statement = try #require(LogStatement(Array(text.utf8)))
            #expect(statement.isInWords, "\(statement.act)")
            lines.append("\(statement.act): \(statement.words)\n")
        }
        try Golden.expect(lines.joined(), "log-words.txt")
    }

    @Test("nobody hears anything of a project that not everybody sees, nor that another one needs it")
    func privateProjects() throws {
        for (subject, event) in try Self.samples() {
            guard case .project(let name) = subject else { continue }
            let entry = Self.entry(subject, event)
            #expect(try entry.publicRecord(isPublic: { _ in false }, salt: Self.salt()) == nil)
            let record = try entry.publicRecord(isPublic: { $0 == name }, salt: Self.salt())
            #expect(record?.details["dependent"] == nil)
        }
        let garbled = JournalEntry(
            serial: 1, at: Timestamp(microseconds: 0), actor: "index", subject: "project -",
            record: EventRecord(act: "name.reserve", details: [:]))
        #expect(try garbled.publicRecord(isPublic: { _ in true }, salt: Self.salt()) == nil)
    }

    @Test(
        "what names a person, or is in somebody's own words, cannot stand in a public record",
        arguments: [
            String.self, Username.self, EmailAddress.self, RequestOrigin.self, Subject.self, Actor.self, FactorID.self,
            UserID.self, MailID.self, [Username].self, Country.self, GiveawayName.self,
        ] as [Any.Type])
    func nothingPersonal(type: Any.Type) {
        #expect(!(type is any PublicValue.Type))
    }

    @Test("a commitment is the SHA-256 of a salt and what it is to, and a salt has 32 bytes")
    func commitments() throws {
        let salt = try Self.salt()
        let ada = Commitment(to: .holder(try Username(parsing: "Ada")), salt: salt)
        #expect(ada.recorded == "59ea8897a2e2aad43298251934b6d2fc66cadb26e98d5ce78ca52492b5ddcc83")
        #expect(
            Commitment(to: .reason("ada"), salt: salt).recorded
                == "28952cfd6dcbe986da9e14f192df0aea7be48b492993edb90c00c63ef2d63d93")
        #expect(Commitment.Salt([]) == nil && Commitment.Salt([UInt8](repeating: 7, count: 31)) == nil)
    }

    @Test("a text is written with as few escapes as there can be, and members in the order of their names")
    func canonical() {
        let record = EventRecord(
            act: "a/b",
            details: ["b": "\"\\/\u{08}\t\n\u{0C}\r\u{1}\u{1F}\u{7F}", "a": "é😀\u{2028}", "aa": "", "B": "x"])
        #expect(
            record.canonicalText == #"{"act":"a/b","details":{"B":"x","a":"é😀"# + "\u{2028}"
                + #"","aa":"","b":"\"\\/\b\t\n\f\r\u0001\u001f"# + "\u{7F}" + #""}}"#)
    }
}

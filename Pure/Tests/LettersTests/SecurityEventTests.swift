import Accounts
import Acts
import Giveaway
import Journal
import Leaving
import Letters
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC
import VectorSupport

@Suite("What an account's holder is told") struct SecurityEventTests {
    // swift-format-ignore: the columns are the point
    static let browsers: [(String, String)] = [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
            "Chrome on Windows"
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 Edg/129.0",
            "Edge on Windows"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
            "Safari on a Mac"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
            "Safari on an iPhone"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/129.0 Mobile/15E148 Safari/604.1",
            "Chrome on an iPhone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36",
            "Chrome on Android"
        ),
        ("curl/8.5.0", "curl"),
        ("SomethingElse/1.0", "SomethingElse/1.0"),
        ("", "Unknown browser"),
    ]

    @Test("A browser is called as people call it", arguments: browsers)
    func words(client: String, words: String) {
        #expect(RequestOrigin(client: client).clientWords == words)
    }

    @Test("Only ASCII letters are folded")
    func folding() throws {
        #expect(try EmailAddress(parsing: "ADA.Lovelace@Example.ORG").normalized == "ada.lovelace@example.org")
        #expect("\u{212A}\u{130}\u{C4}".asciiLowercased == "\u{212A}\u{130}\u{C4}")
    }

    /// One of each event, and of each form that it takes.
    private static func samples() throws -> [SecurityEvent] {
        let demo = try ProjectName(parsing: "Demo")
        let moment = try #require(Timestamp(iso8601: "2026-11-30T02:00:00Z"))
        let (old, new) = (try EmailAddress(parsing: "a@example.org"), try EmailAddress(parsing: "b@example.org"))
        let bob = try Username(parsing: "Bob")
        let access: [SecurityEvent.Access] = [
            .registered, .signedIn(.password), .signedIn(.securityKey(label: "Blue")), .signedIn(.recoveryCode),
            .signedIn(.recovery),
            .signedInFromNewBrowser(.authenticatorApp), .signInFailed,
            .passwordMistyped, .factorRefused(code: "webauthn.sign.origin"), .factorNotShown, .signedOut,
            .sessionEnded(client: "Firefox on Linux"), .sessionsEnded,
        ]
        let password: [SecurityEvent.PasswordChange] = [
            .changed(tokensEnded: 0), .reset(tokensEnded: 2), .linkOffered(by: "The operator"), .resetAsked,
        ]
        let address: [SecurityEvent.AddressChange] = [
            .added(new), .removed(new), .verified(new), .primaryChanged(from: old, to: new),
        ]
        let factor: [SecurityEvent.FactorChange] = [
            .enrolmentAsked, .firstAdded(label: "Blue", .counts),
            .firstAdded(label: "Blue", .waits(until: moment, because: [.address, .browser])),
            .firstAdded(label: "Blue", .waits(until: moment, because: [])), .keyAdded(label: "Blue", model: "Titan"),
            .keyAdded(label: "Blue", model: nil), .keyRenamed(from: "Blue", to: "Red"), .keyRemoved(label: "Blue"),
            .keyFrozen(label: "Blue", tokensEnded: 0), .keyFrozen(label: "Blue", tokensEnded: 3),
            .attestationDowngraded(label: "Blue"), .appAdded, .appRemoved, .codesMade, .codeUsed(left: 9),
            .probationEnded(by: "Bob", elsewhere: nil), .probationEnded(by: "Bob", elsewhere: moment),
            .vouchingEnded(by: "Bob", until: moment), .probationOver, .disowned(tokensEnded: 2),
        ]
        let recovery: [SecurityEvent.RecoveryStep] = [
            .requested(due: moment), .cancelled(reason: nil), .cancelled(reason: "It was not you."),
            .approved(by: "Bob"), .completed(wasApproved: true),
            .completed(wasApproved: false),
        ]
        let roles: [SecurityEvent.RoleChange] = [
            .given(by: "Bob", reason: nil), .given(by: "The operator", reason: nil),
            .given(by: "The operator", reason: "takes over"), .taken(by: "Bob"), .offered(by: "Bob", until: moment),
            .invitationEnded(.takenBack(by: "Bob")), .invitationEnded(.projectDeleted),
            .invitationEnded(.becameCritical), .invitationEnded(.inviterLeft),
            .invitationEnded(.inviterDisowned), .invitationEnded(.waitedTooLong),
            .agreed, .ownershipTaken(by: "Bob", became: nil, until: moment, isSettled: true),
            .ownershipTaken(by: "Bob", became: .maintainer, until: moment, isSettled: false), .returned,
        ]
        let others: [SecurityEvent.CollaboratorChange] = [
            .added(by: "Eve", reason: nil), .added(by: "The operator", reason: "takes over"), .removed(by: "Eve"),
            .returned, .declined, .waits(until: moment), .waits(until: nil),
        ]
        let version = try Version(parsing: "1.0")
        let file = try DistributionFilename(lenient: "demo-1.0.tar.gz")
        let projects: [SecurityEvent.ProjectChange] = [
            .requirementRaised(.secondFactor), .requirementLowered(.password), .statusSet(.archived, reason: "done"),
            .statusSet(.quarantined, reason: nil), .statusSet(.active, reason: nil),
            .statusSet(.deprecated, reason: nil), .designationLifted(reason: "counted wrongly"), .deleted,
            .releaseDeleted(version), .fileDeleted(file),
            .recreated, .restored(.everything), .restored(.release(version)), .restored(.file(file)),
            .departureAsked(.project, due: moment, reason: "nobody needs it"),
            .contentQuarantined(.release(version), reason: "steals keys"), .quarantineLifted(.file(file.text)),
            .proposed(.restoration, .project, files: 5, due: moment, reason: "many builds need it"),
            .proposed(.restoration, .file(file.text), files: 1, due: moment, reason: "many builds need it"),
            .proposed(.nameRelease, .project, files: nil, due: moment, reason: "abandoned"),
            .proposalEnded(.restoration, .project, .approved),
            .proposalEnded(.restoration, .release(version), .decided),
            .proposalEnded(.nameRelease, .project, .released), .contentErased(.release(version), .personalData),
            .departureConfirmed(.release(version), due: moment),
            .departureEnded(.archiving, .objected, reason: "I need it"),
            .departureEnded(.project, .lapsed, reason: nil),
            .departureEnded(.lastRole, .takenOver, reason: nil),
            .dependency(.leaves(.project, due: moment, reason: "nobody needs it"), dependents: [demo]),
            .dependency(.leaves(.archiving, due: moment, reason: "done"), dependents: [demo]),
            .dependency(.stays(.release(version)), dependents: [demo]),
            .dependency(.gone(.project), dependents: [demo]),
            .dependency(.statusSet(.deprecated, reason: "use other"), dependents: [demo, demo]),
            .dependency(.statusSet(.quarantined, reason: nil), dependents: [demo]),
            .dependency(.statusSet(.archived, reason: nil), dependents: [demo]),
            .dependency(.statusSet(.active, reason: nil), dependents: [demo]),
        ]
        let standing: [SecurityEvent.StandingChange] = [
            .disabled(reason: "left the company"), .enabled, .administratorMade(waitingUntil: nil),
            .administratorMade(waitingUntil: moment), .administratorUnmade, .deletionAsked(due: moment),
            .deletionStopped(reason: nil), .deletionStopped(reason: "Nobody but ada owns 'demo'."), .deleted,
        ]
        let giveaway = try GiveawayName(parsing: "titan")
        return access.map { .access($0) } + password.map { .password($0) }
            + standing.map { .standing($0, by: "Root") } + address.map { .address($0) }
            + factor.map { .factor($0) } + recovery.map { .recovery($0) }
            + roles.map { .ownRole($0, .owner, on: demo) } + others.map { .collaborator($0, bob, .owner, on: demo) }
            + projects.map { .project($0, demo, by: "Bob") } + [
                .tokenIssued(label: "CI", .password), .tokenRevoked(label: "CI"), .mandateDelayed(demo, until: moment),
                .mandateEased(.ended), .mandateEased(.dayTakenBack), .mandateEased(.postponed(to: moment.day)),
                .mandateEased(.lowered(to: .secondFactor)),
                .giveawayCodeIssued(giveaway, sponsor: "Google", try Country(parsing: "AT"), keys: 2),
            ]
    }

    @Test("Every event is read from the log as it was written, and each kind has one")
    func roundTrip() throws {
        let samples = try Self.samples()
        for event in samples {
            let read = SecurityEvent(EventRecord(act: event.record.act, details: event.record.details))
            #expect(read == event && read.record == event.record)
        }
        #expect(Set(samples.compactMap(\.kind)) == Set(SecurityEvent.Kind.allCases))
    }

    @Test(
        "Co-owners hear in any case of a first factor and of one that was frozen, each once in a while; the rest can be folded"
    )
    func coOwners() throws {
        let now = Timestamp(seconds: 1_800_000_000)
        let always = try Self.samples().filter { $0.mailGroupOfCoOwners(after: nil, at: now) == nil }
        #expect(always.map(\.kind) == [.firstFactorAdded, .firstFactorAdded, .firstFactorAdded, .factorsDisowned])
        let (ada, demo) = (try Username(parsing: "ada"), try ProjectName(parsing: "demo"))
        #expect(always.allSatisfy { $0.letterToCoOwner(of: ada, on: [demo]) != nil })
        // A thief who has the password can add a factor, freeze it and add it again.
        func group(_ event: SecurityEvent.FactorChange, after wait: Duration) -> MailGroup? {
            SecurityEvent.factor(event).mailGroupOfCoOwners(after: now - wait, at: now)
        }
        let waits = SecurityEvent.FactorChange.firstAdded(label: "Blue", .waits(until: now, because: []))
        let frozen = SecurityEvent.FactorChange.disowned(tokensEnded: 0)
        #expect(group(waits, after: .hours(23)) == .coOwners && group(waits, after: .hours(24)) == nil)
        #expect(group(frozen, after: .days(29)) == .coOwners && group(frozen, after: .days(30)) == nil)
        #expect(group(.firstAdded(label: "Blue", .counts), after: .zero) == nil)
    }

    @Test("That a project leaves which others need is mailed in any case, once a day; the rest about it is counted")
    func dependencies() throws {
        for event in try Self.samples() where event.kind?.mailGroup == .dependencies {
            #expect(event.mailGroup(isAgain: true) == .dependencies)
            #expect(event.mailGroup(isAgain: false) == (event.kind == .dependencyLeaves ? nil : .dependencies))
            #expect((event.leavingDependency != nil) == (event.kind == .dependencyLeaves))
        }
        let counted: Set<SecurityEvent.Kind> = [
            .dependencyLeaves, .dependencyStays, .dependencyGone, .dependencyStatusSet,
        ]
        #expect(Set(SecurityEvent.Kind.allCases.filter { $0.mailGroup == .dependencies }) == counted)
        for event in try Self.samples() where event.leavingDependency == nil {
            #expect(event.mailGroup(isAgain: false) == event.kind?.mailGroup)
        }
    }

    @Test("What another version wrote is shown by its name, and mailed to nobody")
    func unknown() throws {
        for record in [
            EventRecord(act: "teleported", details: ["to": "the moon"]), EventRecord(act: "token-issued", details: [:]),
        ] {
            let event = SecurityEvent(record)
            #expect(event == .unknown(record) && event.sentence.contains(record.act))
            let ada = try Username(parsing: "ada")
            #expect(event.letter(to: ada, from: RequestOrigin(), at: Timestamp(seconds: 0)) == nil)
            #expect(event.letterToCoOwner(of: ada, on: []) == nil)
        }
    }

    @Test("Everybody is told to ask those who did it, as far as they can reach them, and nobody to ask themselves")
    func actors() throws {
        let (ada, bob) = (try Username(parsing: "ada"), try Username(parsing: "bob"))
        let demo = try ProjectName(parsing: "demo")
        func last(_ event: SecurityEvent) -> String? {
            event.letter(to: ada, from: RequestOrigin(), at: Timestamp(seconds: 0))?.afterLink.last
        }
        let stranger = "If that surprises you, ask eve, and tell the people who run this index."
        for (by, words) in [("ada", "If it was not you, change your password"), ("eve", stranger)] {
            #expect(last(.collaborator(.added(by: by, reason: nil), bob, .owner, on: demo))?.hasPrefix(words) == true)
            #expect(last(.project(.deleted, demo, by: by))?.hasPrefix(words) == true)
        }
        let operators = "If that surprises you, ask the people who run this index."
        let machine = Actor.operatorAtMachine.displayName
        #expect(last(.ownRole(.given(by: machine, reason: nil), .owner, on: demo)) == operators)
        #expect(last(.project(.deleted, demo, by: machine)) == operators)
    }

    @Test("What is told of each event, and to whom, is what the golden file says")
    func words() throws {
        let ada = try Username(parsing: "ada")
        let origin = RequestOrigin(address: "192.0.2.1", client: "curl/8.5.0")
        func text(_ letter: Letter?, to whom: String) -> [String] {
            guard let letter else { return ["  \(whom): nothing"] }
            let facts = letter.facts.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
            return ["  \(whom): \(letter.subject)"]
                + (letter.paragraphs + [facts] + (letter.link.map { ["[\($0.label)] \($0.path)"] } ?? [])
                + letter.afterLink + [letter.reason]).filter { !$0.isEmpty }.map { "    \($0)" }
        }
        let lines = try Self.samples().flatMap { event in
            ["\(event.record.act) \(event.record.detailsText)", "  the log: \(event.sentence)"]
                + text(event.letter(to: ada, from: origin, at: Timestamp(seconds: 0)), to: "the holder")
                + text(event.letterToCoOwner(of: ada, on: [try ProjectName(parsing: "Demo")]), to: "co-owners")
                + (event.letterToAdministrators(about: ada).map { text($0, to: "administrators") } ?? [])
        }
        try Golden.expect(lines.map { "\($0)\n" }.joined(), "security-events.txt")
    }
}

import Accounts
import Acts
import Advisories
import Giveaway
import Journal
import KnownAdvisories
import KnownNames
import Leaving
import Letters
import PackagingFormats
import People
import Policy
import Ports
import Primitives
import Projects
import Removals
import Roles
import Stages
import Staging
import Stores
import Support
import Testing
import UTC

@testable import Database

@Suite("The door of every act") struct DoorTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    private typealias Act = @Sendable (Stores, Actor, Timestamp) async throws -> Void

    /// Everything that somebody can do, on things that need not be there: who asks is judged first.
    private static func acts() throws -> [(name: String, act: Act)] {
        let ada = try Username(parsing: "ada")
        let demo = try ProjectName(parsing: "demo")
        let version = try Version(parsing: "1.0")
        let address = try EmailAddress(parsing: "new@example.org")
        let giveaway = try GiveawayName(parsing: "titan-2022")
        let (austria, origin) = (try Country(parsing: "AT"), RequestOrigin())
        let link = MailedLink(path: "/account/x/", secretHash: [0xEE])
        let terms = try TestGiveaway.terms(around: Timestamp(seconds: 1_700_000_000))
        let candidate = UploadCandidate(
            project: demo, version: version,
            filename: try DistributionFilename(lenient: "demo-1.0-py3-none-any.whl"), packageType: .wheel,
            pythonTag: "py3", size: 10, digests: Digests(sha256: "aa", blake2b256: "bb", md5: "cc"),
            metadataSHA256: nil, metadata: ReleaseMetadata())
        let advisory = try AdvisoryDocument(
            parsing: Array(
                #"{"id":"A-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"x"}}]}"#
                    .utf8))
        return [
            (
                "upload",
                { _ = try await $0.projects.upload(candidate, by: $1, at: $2, limits: .init()) }
            ),
            ("judge", { _ = try await $0.projects.judge(candidate, by: $1, at: $2, limits: .init()) }),
            ("yank", { try await $0.projects.yank(version, of: demo, reason: nil, by: $1, at: $2) }),
            ("unyank", { try await $0.projects.unyank(version, of: demo, by: $1, at: $2) }),
            ("yankFile", { try await $0.projects.yank(file: "x", of: demo, reason: nil, by: $1, at: $2) }),
            ("unyankFile", { try await $0.projects.unyank(file: "x", of: demo, by: $1, at: $2) }),
            ("addRole", { try await $0.projects.addRole(.owner, on: demo, to: ada, by: $1, at: $2) }),
            ("removeRole", { try await $0.roles.removeRole(on: demo, from: ada, by: $1, from: origin, at: $2) }),
            ("requireAssurance", { try await $0.projects.requireAssurance(.password, on: demo, by: $1, at: $2) }),
            ("reserve", { try await $0.projects.reserve(demo, by: $1, at: $2) }),
            ("unreserve", { try await $0.projects.unreserve(demo, by: $1, at: $2) }),
            ("setClassifiers", { try await $0.classifiers.replace(with: ["A :: B"], by: $1, at: $2) }),
            ("addKnownNames", { try await $0.knownNames.add([("demo", 1)], by: $1, at: $2) }),
            ("protectName", { try await $0.knownNames.protect(demo, by: $1, at: $2) }),
            ("unprotectName", { try await $0.knownNames.unprotect(demo, by: $1, at: $2) }),
            ("allowName", { try await $0.knownNames.allow(demo, reason: "x", by: $1, at: $2) }),
            ("setStaging", { try await $0.stages().set(.off, on: demo, by: $1, at: $2) }),
            ("askStaging", { try await $0.stages().ask(ofCriticalProjects: true, by: $1, at: $2) }),
            (
                "approveStage",
                {
                    _ = try await $0.stages().approve(
                        [SeenStage(id: StageID(1), digest: String(repeating: "0f", count: 32))], by: $1, at: $2)
                }
            ),
            ("rejectStage", { try await $0.stages().reject(StageID(1), reason: "", by: $1, at: $2) }),
            (
                "addressStage",
                { try await $0.stages().makeAddress(secretHash: [0xEE], for: [StageID(1)], by: $1, at: $2) }
            ),
            (
                "takeAdvisories",
                { _ = try await $0.advisories.take([advisory], by: $1, at: $2) }
            ),
            ("setStatus", { try await $0.removals.setStatus(.archived, reason: nil, of: demo, by: $1, at: $2) }),
            ("invite", { try await $0.collaboration.invite(ada, as: .owner, to: demo, by: $1, from: origin, at: $2) }),
            (
                "cancelInvitation",
                { try await $0.collaboration.cancelInvitation(of: ada, to: demo, by: $1, from: origin, at: $2) }
            ),
            ("accept", { _ = try await $0.collaboration.acceptInvitation(to: demo, by: $1, from: origin, at: $2) }),
            ("decline", { try await $0.collaboration.declineInvitation(to: demo, by: $1, from: origin, at: $2) }),
            (
                "changeRole",
                { try await $0.roles.changeRole(of: ada, to: .owner, on: demo, by: $1, from: origin, at: $2) }
            ),
            ("leave", { try await $0.roles.leave(demo, by: $1, from: origin, at: $2) }),
            (
                "returnAsOwner",
                { try await $0.roles.returnAsOwner(of: demo, for: nil, seen: nil, by: $1, from: origin, at: $2) }
            ),
            (
                "askDeletion",
                { try await $0.deletions.ask(deletionOf: ada, confirming: "ada", by: $1, from: origin, at: $2) }
            ),
            ("stopDeletion", { try await $0.deletions.stop(deletionOf: ada, by: $1, from: origin, at: $2) }),
            ("deleteProject", { try await $0.removals.deleteProject(demo, by: $1, from: origin, at: $2) }),
            ("deleteRelease", { try await $0.removals.deleteRelease(version, of: demo, by: $1, from: origin, at: $2) }),
            ("deleteFile", { try await $0.removals.deleteFile("x", of: demo, by: $1, from: origin, at: $2) }),
            (
                "confirmRemoval",
                {
                    try await $0.removals.confirm(
                        RemovalRequestID(1), of: demo, seen: nil, by: $1, from: origin, at: $2)
                }
            ),
            (
                "objectToRemoval",
                {
                    try await $0.removals.object(
                        to: RemovalRequestID(1), of: demo, reason: "x", by: $1, from: origin, at: $2)
                }
            ),
            (
                "takeOver",
                {
                    try await $0.removals.takeOver(
                        insteadOf: RemovalRequestID(1), of: demo, by: $1, from: origin, at: $2)
                }
            ),
            (
                "quarantine",
                { try await $0.removals.quarantine(.project, of: demo, reason: "x", by: $1, at: $2) }
            ),
            ("liftQuarantine", { try await $0.removals.liftQuarantine(of: .project, of: demo, by: $1, at: $2) }),
            ("removalRule", { try await $0.removals.set(.usual, by: $1, at: $2) }),
            ("restore", { try await $0.removals.restore(demo, by: $1, from: origin, at: $2) }),
            ("restoreRelease", { try await $0.removals.restore(version, of: demo, by: $1, from: origin, at: $2) }),
            (
                "proposeReturn",
                {
                    _ = try await $0.proposals.proposeReturn(
                        of: .project, of: demo, given: [], reason: "x", by: $1, from: origin, at: $2)
                }
            ),
            (
                "approve",
                { try await $0.proposals.approve(ProposalID(1), of: demo, seen: nil, by: $1, from: origin, at: $2) }
            ),
            (
                "declineReturn",
                { try await $0.proposals.decline(ProposalID(1), of: demo, reason: "x", by: $1, from: origin, at: $2) }
            ),
            (
                "decideReturn",
                { try await $0.proposals.decide(ProposalID(1), of: demo, seen: nil, by: $1, from: origin, at: $2) }
            ),
            (
                "proposeErasure",
                {
                    _ = try await $0.proposals.proposeErasure(
                        of: .project, of: demo, because: .secret, reason: "x", by: $1, at: $2)
                }
            ),
            (
                "confirmErasure",
                {
                    try await $0.proposals.confirmErasure(
                        ProposalID(1), of: demo, seen: nil, by: $1, from: origin, at: $2)
                }
            ),
            (
                "proposeNameRelease",
                {
                    _ = try await $0.proposals.proposeRelease(
                        of: demo, reason: "x", by: $1, from: origin, at: $2)
                }
            ),
            (
                "objectToNameRelease",
                {
                    try await $0.proposals.object(
                        to: ProposalID(1), of: demo, reason: "x", by: $1, from: origin, at: $2)
                }
            ),
            (
                "free",
                { try await $0.proposals.release(ProposalID(1), of: demo, seen: nil, by: $1, from: origin, at: $2) }
            ),
            (
                "withdrawProposal",
                { try await $0.proposals.withdraw(ProposalID(1), of: demo, by: $1, from: origin, at: $2) }
            ),
            ("setCritical", { try await $0.critical.set(.usual, by: $1, at: $2) }),
            ("designate", { try await $0.critical.designate(demo, by: $1, at: $2) }),
            ("lift", { try await $0.critical.lift(demo, reason: "x", by: $1, at: $2) }),
            ("compute", { _ = try await $0.critical.compute(asOf: $2.day, by: $1, at: $2) }),
            ("delay", { _ = try await $0.critical.delay(demo, by: $1, from: origin, at: $2) }),
            (
                "addUser",
                {
                    _ = try await $0.accounts.add(
                        NewUser(
                            name: Username(parsing: "eve"), email: address, isAdministrator: false, passwordHash: nil),
                        by: $1, at: $2)
                }
            ),
            ("inviteUser", { try await $0.accounts.invite(address, link, by: $1, at: $2) }),
            (
                "setPassword",
                {
                    try await $0.accounts.setPassword(
                        hash: "x", of: ada, newSecretHash: [9], by: $1, from: origin, at: $2)
                }
            ),
            (
                "addAddress",
                { try await $0.accounts.addAddress(address, to: ada, verification: link, by: $1, from: origin, at: $2) }
            ),
            (
                "removeAddress",
                { try await $0.accounts.removeAddress(address, from: ada, by: $1, from: origin, at: $2) }
            ),
            (
                "setPrimaryAddress",
                { try await $0.accounts.setPrimaryAddress(address, of: ada, by: $1, from: origin, at: $2) }
            ),
            ("offerLink", { try await $0.accounts.offerLink(secretHash: [1], .setPassword, to: ada, by: $1, at: $2) }),
            ("addKey", { _ = try await $0.factors.add(People.key(1), to: ada, by: $1, from: origin, at: $2) }),
            ("renameKey", { try await $0.factors.rename(FactorID(1), to: "x", of: ada, by: $1, at: $2) }),
            (
                "addApp",
                {
                    _ = try await $0.factors.addAuthenticatorApp(
                        to: ada, by: $1, counter: 0, from: origin, at: $2, seal: { _ in [] })
                }
            ),
            ("removeFactor", { try await $0.factors.remove(FactorID(1), of: ada, by: $1, from: origin, at: $2) }),
            (
                "recoveryCodes",
                { try await $0.factors.replaceRecoveryCodes(hashes: [], of: ada, by: $1, from: origin, at: $2) }
            ),
            ("endProbation", { try await $0.factors.endProbation(of: ada, by: $1, from: origin, at: $2) }),
            ("requestRecovery", { _ = try await $0.recoveries.request(for: ada, by: $1, from: origin, at: $2) }),
            ("cancelRecovery", { try await $0.recoveries.cancel(for: ada, reason: nil, by: $1, from: origin, at: $2) }),
            ("approveRecovery", { try await $0.recoveries.approve(for: ada, by: $1, from: origin, at: $2) }),
            ("endSession", { try await $0.sessions.end(SessionID(1), of: ada, by: $1, at: $2) }),
            ("endSessions", { try await $0.sessions.endAll(of: ada, except: nil, by: $1, at: $2) }),
            (
                "issueToken",
                {
                    _ = try await $0.tokens.add(
                        NewAPIToken(id: "t", rootKey: [1], owner: ada, label: "", projects: nil, expiresAt: nil),
                        by: $1, from: origin, at: $2)
                }
            ),
            ("revokeToken", { try await $0.tokens.revoke("known", by: $1, from: origin, at: $2) }),
            (
                "metadata",
                { try await $0.authenticators.replace([], number: 1, nextUpdate: $2.day, by: $1, at: $2) }
            ),
            ("names", { try await $0.authenticators.setNames(["aa": "x"], by: $1, at: $2) }),
            ("addRoot", { try await $0.authenticators.addRoot([1], label: "x", by: $1, at: $2) }),
            ("removeRoot", { try await $0.authenticators.removeRoot("x", by: $1, at: $2) }),
            ("createGiveaway", { _ = try await $0.giveaways.create(giveaway, terms, by: $1, at: $2) }),
            ("changeGiveaway", { _ = try await $0.giveaways.change(giveaway, GiveawayChange(), by: $1, at: $2) }),
            ("closeGiveaway", { _ = try await $0.giveaways.close(giveaway, by: $1, at: $2) }),
            ("importCodes", { _ = try await $0.giveaways.importCodes([], into: giveaway, by: $1, at: $2) }),
            (
                "issueCode",
                {
                    _ = try await $0.giveaways.issueCode(
                        of: giveaway, to: ada, in: austria, by: $1, from: origin, at: $2)
                }
            ),
            ("retryMail", { _ = try await $0.mail.retry(MailID(1), by: $1, at: $2) }),
            ("readMail", { try await $0.mail.noteReading(MailID(1), by: $1, at: $2) }),
            ("undoRemoval", { try await $0.removals.undoRemoval(of: demo, by: $1, from: origin, at: $2) }),
            (
                "undoRemovalOfRelease",
                {
                    try await $0.removals.undoRemoval(
                        of: version, file: nil, of: demo, by: $1, from: origin, at: $2)
                }
            ),
            ("note", { try await $0.journal.note(.keysRotated(key: "k"), by: $1, at: $2) }),
            ("accountRule", { try await $0.accountRules.set($0.accountRules.rule(), by: $1, at: $2) }),
            ("allowance", { try await $0.accountRules.setAllowance(nil, of: ada, by: $1, at: $2) }),
            ("disable", { try await SQLPeople($0.database).disable(ada, reason: "x", by: $1, at: $2) }),
            ("enable", { try await SQLPeople($0.database).enable(ada, by: $1, at: $2) }),
            ("makeAdministrator", { try await SQLPeople($0.database).setAdministrator(true, ada, by: $1, at: $2) }),
            ("unmakeAdministrator", { try await SQLPeople($0.database).setAdministrator(false, ada, by: $1, at: $2) }),
            ("giveImported", { _ = try await SQLPeople($0.database).giveImported(demo, to: ada, by: $1, at: $2) }),
            ("verified", { _ = try await $0.accountRules.verifyPrimaryAddress(of: ada, by: $1, at: $2) }),
        ]
    }

    /// Which acts of the table these are.
    private static let judged: [String: [Acts.Act]] = [
        "upload": [
            .project(.createProject), .project(.recreateProject), .project(.createRelease), .project(.uploadFile),
        ],
        "judge": [.project(.uploadFile)],
        "yank": [.project(.yankRelease)],
        "unyank": [.project(.unyankRelease)],
        "yankFile": [.project(.yankFile)],
        "unyankFile": [.project(.unyankFile)],
        "addRole": [.project(.addRole)],
        "removeRole": [.project(.removeRole)],
        "requireAssurance": [.project(.requireAssurance)],
        "reserve": [.project(.reserveName)],
        "unreserve": [.project(.unreserveName)],
        "setClassifiers": [.index(.setClassifiers)],
        "addKnownNames": [.index(.setKnownNames)],
        "protectName": [.index(.setKnownNames)],
        "unprotectName": [.index(.setKnownNames)],
        "allowName": [.index(.setKnownNames)],
        "setStaging": [.project(.setStaging)],
        "askStaging": [.index(.setStagingRule)],
        "approveStage": [.project(.approveStage)],
        "rejectStage": [.project(.rejectStage)],
        "addressStage": [.project(.addressStage)],
        "takeAdvisories": [.index(.setAdvisories)],
        "setStatus": [.project(.changeProjectStatus)],
        "invite": [.project(.inviteCollaborator)],
        "cancelInvitation": [.project(.cancelInvitation)],
        "accept": [.project(.acceptRole)],
        "decline": [.project(.declineRole)],
        "changeRole": [.project(.changeRole)],
        "leave": [.project(.leaveProject)],
        "returnAsOwner": [.project(.returnAsOwner)],
        "askDeletion": [.account(.askDeletion)],
        "stopDeletion": [.account(.stopDeletion)],
        // A request is judged as what it asks for, and as one.
        "deleteProject": [.project(.deleteProject), .project(.askRemoval)],
        "deleteRelease": [.project(.deleteRelease)],
        "deleteFile": [.project(.deleteFile)],
        "confirmRemoval": [.project(.confirmRemoval)],
        "objectToRemoval": [.project(.objectToRemoval)],
        "takeOver": [.project(.takeOver)],
        "quarantine": [.project(.quarantine)],
        "liftQuarantine": [.project(.liftQuarantine)],
        "removalRule": [.index(.setRemovalRule)],
        "restore": [.project(.restore)],
        "restoreRelease": [.project(.restore)],
        "proposeReturn": [.project(.proposeReturn)],
        "approve": [.project(.approveReturn)],
        "declineReturn": [.project(.declineReturn)],
        "decideReturn": [.project(.decideReturn)],
        "proposeErasure": [.project(.proposeErasure)],
        "confirmErasure": [.project(.confirmErasure)],
        "proposeNameRelease": [.project(.proposeNameRelease)],
        "objectToNameRelease": [.project(.objectToNameRelease)],
        "withdrawProposal": [.project(.withdrawProposal)],
        "free": [.project(.freeName)],
        "setCritical": [.index(.setCriticalRule)],
        "designate": [.project(.designate)],
        "lift": [.project(.liftDesignation)],
        "compute": [.project(.designate)],
        "delay": [.project(.delayMandate)],
        "addUser": [.account(.addUser)],
        "inviteUser": [.index(.invite)],
        "setPassword": [.account(.setPassword)],
        "addAddress": [.account(.addAddress)],
        "removeAddress": [.account(.removeAddress)],
        "setPrimaryAddress": [.account(.setPrimaryAddress)],
        "offerLink": [.account(.offerPasswordLink)],
        "addKey": [.account(.addSecurityKey)],
        "renameKey": [.account(.renameSecurityKey)],
        "addApp": [.account(.addAuthenticatorApp)],
        "removeFactor": [.account(.removeSecurityKey), .account(.removeAuthenticatorApp)],
        "recoveryCodes": [.account(.makeRecoveryCodes)],
        "endProbation": [.account(.endProbation)],
        "requestRecovery": [.account(.requestRecovery)],
        "cancelRecovery": [.account(.cancelRecovery)],
        "approveRecovery": [.account(.approveRecovery)],
        "endSession": [.account(.endSession)],
        "endSessions": [.account(.endSession)],
        "issueToken": [.account(.issueToken)],
        "revokeToken": [.account(.revokeToken)],
        "metadata": [.index(.setAuthenticators)],
        "names": [.index(.setAuthenticators)],
        "addRoot": [.index(.setAuthenticators)],
        "removeRoot": [.index(.setAuthenticators)],
        "createGiveaway": [.index(.createGiveaway)],
        "changeGiveaway": [.index(.changeGiveaway)],
        "closeGiveaway": [.index(.closeGiveaway)],
        "importCodes": [.index(.importGiveawayCodes)],
        "issueCode": [.account(.issueGiveawayCode)],
        "retryMail": [.index(.inspectMail)],
        "readMail": [.index(.inspectMail)],
        "undoRemoval": [.project(.undoRemoval)],
        "undoRemovalOfRelease": [.project(.undoRemoval)],
        "note": [.index(.rotateKeys), .index(.replaceBreachedPasswords), .index(.setLogKeys)],
        "accountRule": [.index(.setAccountRule)],
        "allowance": [.account(.setAllowance)],
        "disable": [.account(.disableUser)],
        "enable": [.account(.enableUser)],
        "makeAdministrator": [.account(.makeAdministrator)],
        "unmakeAdministrator": [.account(.unmakeAdministrator)],
        "giveImported": [.project(.addRole)],
        "verified": [.account(.verifyAddress)],
    ]

    @Test("is that of every act but those that go by one of their own")
    func complete() throws {
        #expect(try Set(Self.acts().map(\.name)) == Set(Self.judged.keys))
        // What lets somebody in, by what they show; what the index does itself; what nobody does by a store; and what is
        // judged only where something has been removed for long (`QuarantineTests`).
        let others: [Acts.Act] = [
            .account(.register), .account(.signIn), .account(.stepUp), .account(.useRecoveryCode),
            .account(.completeRecovery), .account(.freezeSecurityKey), .account(.disownFactors), .project(.demand),
            .index(.noteName), .project(.lapseRemoval), .project(.eraseFile), .project(.lapseProposal),
            .account(.deleteUser),
            // What waits is judged as an upload first, and ends by itself.
            .project(.stageFile), .project(.expireStage),
        ]
        #expect(Set(Self.judged.values.joined()).union(others) == Set(Acts.Act.allCases))
    }

    /// Ada, an administrator, and a token of hers, so that nothing but her credential stands in her way.
    private func administrator() async throws -> User {
        let user = try await stores.accounts.add(
            NewUser(
                name: Username(parsing: "ada2"), email: EmailAddress(parsing: "ada2@example.org"),
                isAdministrator: true,
                passwordHash: "hash"), by: .operatorAtMachine, at: now)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "known", rootKey: [1], owner: user.name, label: "", projects: nil, expiresAt: nil),
            by: .operatorAtMachine, from: people.origin, at: now)
        return user
    }

    @Test("is shut for a session that has ended, and for a token that was revoked, whatever is to be done")
    func shut() async throws {
        let user = try await administrator()
        let session = try await people.password(user)
        let signedOut = session.actor
        try await stores.sessions.end(session.id, of: user.name, by: signedOut, at: now)
        let ended = Actor(
            signedOut.identity, assurance: .attestedHardware,
            session: SessionStanding(
                id: session.id, proofs: [Proof(.attestedHardware, at: now)], strongest: .attestedHardware))
        _ = try await stores.tokens.add(
            NewAPIToken(id: "gone", rootKey: [1], owner: user.name, label: "", projects: nil, expiresAt: nil),
            by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.tokens.revoke("gone", by: .operatorAtMachine, from: people.origin, at: now)
        let revoked = Actor(ended.identity, assurance: .attestedHardware, token: TokenStanding(id: "gone"))
        let serial = try await stores.journal.latestSerial()
        for (name, act) in try Self.acts() {
            await #expect(throws: AccessRefusal.notSignedIn, "\(name)") { try await act(stores, ended, now) }
            await #expect(throws: AccessRefusal.tokenEnded(.revoked), "\(name)") { try await act(stores, revoked, now) }
        }
        #expect(try await stores.journal.latestSerial() == serial)
    }

    @Test("lets nobody do more than the session can by then")
    func less() async throws {
        let (user, key, _) = try await people.withKey("bob")
        let session = try await people.signIn(user, key, count: 9)
        let before = session.actor
        #expect(before.assurance == .attestedHardware)
        // The operator does not trust the authenticator any more.
        try await people.index.database.write { transaction in
            try transaction.execute(
                "UPDATE session SET assurance = 'phishing-resistant' WHERE id = $1", session.id.number)
        }
        let token = try await stores.tokens.add(
            NewAPIToken(id: "later", rootKey: [1], owner: user.name, label: "", projects: nil, expiresAt: nil),
            by: before, from: people.origin, at: now)
        #expect(token.assurance == .phishingResistant)
    }

    @Test("is shut for anyone who names no session and no token, whatever they say of themselves")
    func uncredited() async throws {
        let user = try await administrator()
        let index = people.index
        let database = try Database(
            sqliteAt: index.database.path, keys: index.keys, credentials: Stores.credentials)
        defer { try? database.close() }
        let stores = try await Stores(database)
        let actor = Actor(
            .user(user.id, user.name, isAdministrator: true), assurance: .attestedHardware,
            session: SessionStanding(proofs: [Proof(.attestedHardware, at: now)], strongest: .attestedHardware))
        for (name, act) in try Self.acts() {
            await #expect(throws: AccessRefusal.notSignedIn, "\(name)") { try await act(stores, actor, now) }
        }
    }

    @Test("lets nobody do what administrators do who is none any more by then")
    func demoted() async throws {
        let session = try await people.password(administrator())
        let demo = try ProjectName(parsing: "demo")
        try await stores.projects.reserve(demo, by: session.actor, at: now)
        try await people.index.database.byHand("UPDATE account SET is_administrator = 0")
        await #expect(throws: AccessRefusal.administratorsOnly) {
            try await stores.projects.unreserve(demo, by: session.actor, at: now)
        }
    }

    @Test("is shut for a token at the moment it expires, whichever of its dates says so", arguments: [true, false])
    func expiry(byCaveat: Bool) async throws {
        let user = try await administrator()
        let end = now + .seconds(60)
        _ = try await stores.tokens.add(
            NewAPIToken(
                id: "short", rootKey: [1], owner: user.name, label: "", projects: nil, expiresAt: byCaveat ? nil : end),
            by: .operatorAtMachine, from: people.origin, at: now)
        let actor = Actor(
            .user(user.id, user.name, isAdministrator: true), assurance: .password,
            token: TokenStanding(id: "short", expiresAt: byCaveat ? end : nil))
        let demo = try ProjectName(parsing: "demo")
        await #expect(throws: AccessRefusal.tokenEnded(.expired(at: end))) {
            try await stores.projects.yank(Version(parsing: "1.0"), of: demo, reason: nil, by: actor, at: end)
        }
        await #expect(throws: AccessRefusal.noSuchProject(demo)) {
            try await stores.projects.yank(
                Version(parsing: "1.0"), of: demo, reason: nil, by: actor, at: end + .microseconds(-1))
        }
    }
}

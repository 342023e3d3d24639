import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Primitives
import TransparencyLog
import UTC

/// What everybody may know of an event, for ever: a log that anybody can check is made of exactly this, and nothing is
/// ever taken out of it.
///
/// So nothing in it is personal, or comes from a project that not everybody sees:
/// - Accounts do not stand in it, not even by name. An index's pages show who holds a role today; a log would show who
///   held one ten years ago, to anyone who has a copy, after the account is gone. Where it matters whose role it is,
///   there is a ``Commitment``: anyone who knows the name and its salt can check it, and with the salt it is forgotten.
/// - What people wrote in their own words (why a release was yanked) can hold anything, so there is a commitment to it
///   too, and the pages show the words.
/// - What happens to accounts is left out, but that one was recovered: how many are, everybody should see.
///
/// Only a ``PublicValue`` can stand in one, and texts, names of accounts, addresses, labels and network addresses are
/// none.
public struct PublicRecord: Sendable, Hashable {
    /// The position in the journal.
    public let serial: Serial
    /// When it was done.
    public let at: Timestamp
    public let act: String
    /// The normalized name of the project; nil where it is not about one.
    public let project: String?
    /// What else everybody may know, by name.
    public let details: [String: String]
    /// Whether one of the details is a ``Commitment``, which takes the salt to be checked.
    public let hasCommitment: Bool

    /// The record as one well-defined text, in the form of ``EventRecord/canonicalText``: what is hashed and signed.
    public var canonicalText: String {
        var members: [String: CanonicalJSON.Value] = [
            "act": .string(act), "at": .string(at.iso8601), "details": .texts(details), "serial": .string("\(serial)"),
        ]
        if let project { members["project"] = .string(project) }
        return CanonicalJSON.object(members)
    }
}

/// A value that says nothing personal. It is known inside this module only, so that this list is all of them.
protocol PublicValue: WrittenValue {}

extension ProjectName: PublicValue {}
extension Version: PublicValue {}
extension DistributionFilename: PublicValue {}
extension ContentDigest: PublicValue {}
extension ProjectStatus: PublicValue {}
extension Role: PublicValue {}
extension Assurance: PublicValue {}
extension Day: PublicValue {}
extension Int: PublicValue {}
extension Int64: PublicValue {}
extension CriticalRule.Extent: PublicValue {}
extension MandateRule.Stricter: PublicValue {}
extension Allowance.Limit: PublicValue {}
extension Asked: PublicValue {}
extension FirstFactorEvidence.Setting: PublicValue {}
extension DesignationRecord.Kind: PublicValue {}
extension DepartureKind: PublicValue {}
extension ProposalKind: PublicValue {}
extension ErasureCategory: PublicValue {}
extension VerifierKey: PublicValue {}

/// A digest of something that is not said, made with a salt: who has both can check it, and nobody can guess it. There
/// is no other way to come by one.
public struct Commitment: Sendable, Hashable {
    /// What a commitment is to.
    public enum Content: Sendable, Hashable {
        /// Whose role it is.
        case holder(Username)
        /// Why, in somebody's own words.
        case reason(String)

        /// What is hashed after the salt. The word before it keeps the one from being taken for the other.
        fileprivate var text: String {
            switch self {
            case .holder(let user): "holder \(user.normalized)"
            case .reason(let words): "reason \(words)"
            }
        }
    }

    /// Random bytes of one entry, kept beside the journal, where they can be forgotten.
    public struct Salt: Sendable, Hashable {
        fileprivate let bytes: [UInt8]

        /// 32 random bytes; nil for any other number.
        public init?(_ bytes: [UInt8]) {
            guard bytes.count == 32 else { return nil }
            self.bytes = bytes
        }
    }

    let digest: ContentDigest

    /// A commitment: SHA-256 of the salt and, in UTF-8, `holder ada` or `reason broken`.
    public init(to content: Content, salt: Salt) {
        digest = ContentDigest(of: salt.bytes + Array(content.text.utf8))
    }
}

extension ContentDigest: RecordedValue {
    var recorded: String { hexadecimal }
    init?(recorded text: String) { self.init(hexadecimal: text) }
}

extension Commitment: PublicValue { var recorded: String { digest.hexadecimal } }

extension JournalEntry {
    /// What everybody may know of it; nil for what nobody else is concerned with.
    ///
    /// - Parameters:
    ///   - isPublic: whether everybody sees a project.
    ///   - salt: of this entry alone, for its commitments.
    public func publicRecord(isPublic: @escaping (ProjectName) -> Bool, salt: Commitment.Salt) -> PublicRecord? {
        let name = project.flatMap { try? ProjectName(parsing: $0) }
        // An entry about a project whose name cannot be read is not known to be of a public one.
        guard project == nil || name.map(isPublic) == true else { return nil }
        let event = event
        guard let details = event.publicDetails(Projection(isPublic: isPublic, salt: salt)) else { return nil }
        return PublicRecord(
            serial: serial, at: at, act: event.record.act, project: name?.normalized,
            details: Dictionary(
                uniqueKeysWithValues: details.compactMap { name, value in value.map { (name.rawValue, $0.recorded) } }),
            hasCommitment: details.values.contains { $0 is Commitment })
    }
}

/// What of an event everybody may know; nil where it is not there.
private typealias PublicDetails = [Detail: (any PublicValue)?]

/// How what is not public is left out.
private struct Projection {
    let isPublic: (ProjectName) -> Bool
    let salt: Commitment.Salt

    func commit(_ content: Commitment.Content) -> Commitment { Commitment(to: content, salt: salt) }
    /// Nil for no words: pages show none either.
    func reason(_ words: String?) -> Commitment? { words.flatMap { $0.isEmpty ? nil : commit(.reason($0)) } }
}

extension JournalEvent {
    /// What of it everybody may know; nil for nothing at all, not even that it was.
    fileprivate func publicDetails(_ projection: Projection) -> PublicDetails? {
        switch self {
        case .project(let event): event.publicDetails(projection)
        case .account(let event): event.publicDetails
        case .index(let event): event.publicDetails
        // Nobody has decided yet.
        case .unknown: nil
        }
    }
}

extension ProjectEvent {
    fileprivate func publicDetails(_ projection: Projection) -> PublicDetails? {
        switch self {
        case .created(let name, let owner): [.name: name, .holder: owner.map { projection.commit(.holder($0)) }]
        case .recreated(let name): [.name: name]
        case .statusSet(let status, let reason): [.status: status, .reason: projection.reason(reason)]
        case .nameReserved, .nameUnreserved, .nameFreed: [:]
        // The pages show it to those who hold roles: others would learn where a password is enough.
        case .assuranceRequired: nil
        case .content(let event): event.publicDetails(projection)
        case .removal(let event): event.publicDetails(projection)
        case .departure(let event): event.publicDetails(projection)
        case .proposal(let event): event.publicDetails(projection)
        case .stage(let event): event.publicDetails
        case .role(let event): event.publicDetails(projection)
        case .critical(let event): event.publicDetails(projection)
        }
    }
}

extension ContentEvent {
    fileprivate func publicDetails(_ projection: Projection) -> PublicDetails {
        switch self {
        case .releaseCreated(let version), .unyanked(let version): [.version: version]
        case .fileUploaded(let file, let size):
            [
                .version: file.version, .filename: file.filename, .sha256: ContentDigest(hexadecimal: file.sha256),
                .size: size,
            ]
        case .yanked(let version, let reason): [.version: version, .reason: projection.reason(reason)]
        case .fileYanked(let file, let reason):
            [
                .version: file.version, .filename: file.filename, .sha256: ContentDigest(hexadecimal: file.sha256),
                .reason: projection.reason(reason),
            ]
        case .fileUnyanked(let file):
            [.version: file.version, .filename: file.filename, .sha256: ContentDigest(hexadecimal: file.sha256)]
        }
    }
}

extension RemovalEvent {
    fileprivate func publicDetails(_ projection: Projection) -> PublicDetails {
        switch self {
        case .projectDeleted(let name): [.name: name]
        case .releaseDeleted(let version): [.version: version]
        case .fileDeleted(let file):
            [.version: file.version, .filename: file.filename, .sha256: ContentDigest(hexadecimal: file.sha256)]
        case .erased(let file, let category):
            [
                .version: file.version, .filename: file.filename, .sha256: ContentDigest(hexadecimal: file.sha256),
                .category: category,
            ]
        case .restored(let what), .undone(let what): what.publicDetails
        case .quarantined(let what, let reason):
            what.publicDetails.merging([.reason: projection.reason(reason)]) { _, new in new }
        case .quarantineLifted(let what): what.publicDetails
        }
    }
}

extension Departure {
    fileprivate var publicDetails: PublicDetails {
        [
            .what: kind, .version: version, .filename: filename.flatMap { try? DistributionFilename(lenient: $0) },
        ]
    }
}

extension DepartureEvent {
    fileprivate func publicDetails(_ projection: Projection) -> PublicDetails {
        func details(_ departure: Departure, _ more: PublicDetails = [:]) -> PublicDetails {
            departure.publicDetails.merging(more) { _, new in new }
        }
        return switch self {
        case .asked(let departure, let due, let reason):
            details(departure, [.due: due.day, .reason: projection.reason(reason)])
        case .confirmed(let departure), .lapsed(let departure): details(departure)
        case .objected(let departure, let reason): details(departure, [.reason: projection.reason(reason)])
        case .takenOver(let departure, let user):
            details(departure, [.holder: projection.commit(.holder(user))])
        }
    }
}

extension ProposalEvent {
    fileprivate func publicDetails(_ projection: Projection) -> PublicDetails? {
        func details(_ scope: Departure, _ more: PublicDetails = [:]) -> PublicDetails {
            scope.publicDetails.merging(more) { _, new in new }
        }
        return switch self {
        case .returnProposed(let scope, let files, let due, let reason):
            details(scope, [.files: files, .due: due.day, .reason: projection.reason(reason)])
        case .returnApproved(let scope, let files), .returnDecided(let scope, let files):
            details(scope, [.files: files])
        case .returnDeclined(let scope, let reason): details(scope, [.reason: projection.reason(reason)])
        case .erasureConfirmed(let scope, let category, let files):
            details(scope, [.category: category, .files: files])
        case .nameReleaseProposed(let due, let reason):
            [.due: due.day, .reason: projection.reason(reason)]
        case .nameReleaseObjected(let reason): [.reason: projection.reason(reason)]
        case .withdrawn(let kind, let scope), .lapsed(let kind, let scope):
            // Of an erasure nobody hears before it is done: it would say where to find what should be found no more.
            kind == .erasure ? nil : details(scope, [.proposal: kind])
        case .erasureProposed: nil
        }
    }
}

extension StageEvent {
    /// What waits nobody knows of. That it was published by a person's touch, everybody may; its files are recorded as
    /// those of every upload, at that time.
    fileprivate var publicDetails: PublicDetails? {
        switch self {
        case .approved(let version, let files, let statement, isLast: true):
            [.version: version, .files: files, .statement: ContentDigest(hexadecimal: statement)]
        case .settingSet, .fileStaged, .approved, .rejected, .expired, .addressMade: nil
        }
    }
}

extension RemovalEvent.Restored {
    fileprivate var publicDetails: PublicDetails {
        switch self {
        case .project(let releases, let files): [.releases: releases, .files: files]
        case .release(let version, let files): [.version: version, .files: files]
        case .file(let filename, let version, let files): [.version: version, .filename: filename, .files: files]
        }
    }
}

extension RoleEvent {
    fileprivate func publicDetails(_ projection: Projection) -> PublicDetails? {
        switch change {
        case .added, .removed, .left, .accepted, .returned: [.holder: projection.commit(.holder(user)), .role: role]
        case .changed(let before): [.holder: projection.commit(.holder(user)), .role: role, .before: before]
        // Nothing came of it yet, or ever.
        case .invited, .invitationCancelled, .declined, .agreed: nil
        }
    }
}

extension CriticalEvent {
    fileprivate func publicDetails(_ projection: Projection) -> PublicDetails? {
        switch self {
        case .designated(let designation):
            [
                .reason: designation.kind, .asOf: designation.asOf, .rank: designation.rank,
                .downloads: designation.downloads,
                .dependent: designation.dependent.flatMap { projection.isPublic($0) ? $0 : nil },
            ]
        case .lifted(let reason): [.reason: projection.reason(reason)]
        // What the rule asks is public; who was told of it when, or put it off, is between them and the index.
        case .demanded, .delayed: nil
        }
    }
}

extension AccountEvent {
    fileprivate var publicDetails: PublicDetails? {
        switch self {
        // That it was, and not whose: how many there are is what everybody should see.
        case .recovery(.completed): [:]
        case .recovery(.requested), .recovery(.cancelled), .recovery(.approved): nil
        // Whose it is would have to be said for it to mean anything.
        case .disabled, .enabled, .administratorMade, .administratorUnmade, .deletion: nil
        case .registered, .made, .allowanceSet, .passwordLinkOffered, .passwordSet, .address, .token, .factor,
            .giveawayCodeIssued:
            nil
        }
    }
}

extension IndexEvent {
    fileprivate var publicDetails: PublicDetails? {
        switch self {
        case .accountRuleSet(let rule):
            [
                .projects: rule.allowance.projects, .files: rule.allowance.files, .bytes: rule.allowance.bytes,
                .verifiedAddress: Asked(rule.needsVerifiedAddress), .evidence: rule.firstFactorEvidence,
            ]
        case .criticalRuleSet(let settings):
            [
                .critical: settings.critical.extent, .window: settings.critical.windowDays,
                .depth: settings.critical.dependencyDepth, .announced: settings.mandate.announcedFrom,
                .enforced: settings.mandate.enforcedFrom, .notice: settings.mandate.noticeDays,
                .required: settings.mandate.required, .stricter: settings.mandate.stricter,
                .spare: Asked(settings.mandate.needsSpare),
            ]
        case .authenticators(let event): event.publicDetails
        case .removalRuleSet(let rule): rule.publicDetails
        case .stagingRuleSet(let isAsked): [.waits: Asked(isAsked)]
        case .classifiersSet(let count): [.classifiers: count]
        // Who knows the key before learns the next one from it.
        case .beside(.logKeysSet(let key, let before)): [.key: key, .before: before]
        // What somebody protects says what they are about to do.
        case .knownNames: nil
        // A likeness is no verdict about anybody.
        case .nameNoted: nil
        // Everybody reads it where it is said first, and here at any time.
        case .advisories: nil
        case .invited, .mailRead, .mailRetried, .beside(.keysRotated), .beside(.breachedPasswordsReplaced), .giveaway:
            nil
        }
    }
}

extension RemovalRule {
    fileprivate var publicDetails: PublicDetails {
        [
            .hours: recentHours, .downloads: fewDownloads, .wait: waitDays, .criticalWait: criticalWaitDays,
            .retention: retentionDays,
        ]
    }
}

extension AuthenticatorsEvent {
    /// Labels are somebody's own words; that trust changed is what counts.
    fileprivate var publicDetails: PublicDetails {
        switch self {
        case .metadata(let number, let models): [.metadata: number, .models: models]
        case .named(let count): [.names: count]
        case .rootAdded: [.root: TrustChange.added]
        case .rootRemoved: [.root: TrustChange.removed]
        }
    }
}

private enum TrustChange: String, PublicValue { case added, removed }

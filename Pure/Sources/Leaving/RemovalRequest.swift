import Accounts
import PackagingFormats
import Policy
import Primitives
import UTC

/// The number of a request.
public typealias RemovalRequestID = Identifier<RemovalRequest>

/// That somebody asked to take something away, which is carried out on a day if somebody else agrees.
public struct RemovalRequest: Sendable, Hashable {
    /// Who agreed, and when.
    public struct Confirmation: Sendable, Hashable {
        /// As the journal names them.
        public let by: String
        public let at: Timestamp

        public init(by: String, at: Timestamp) {
            self.by = by
            self.at = at
        }
    }

    public let id: RemovalRequestID
    public let project: ProjectName
    public let departure: Departure
    /// In the words of who asked, as long as is shown.
    public let reason: String
    public let askedBy: Username
    public let askedAt: Timestamp
    /// From when on it is carried out, or is over.
    public let dueAt: Timestamp
    public let confirmer: DepartureTerms.Confirmer
    /// Nil while nobody agreed.
    public let confirmation: Confirmation?

    public init(
        id: RemovalRequestID, project: ProjectName, departure: Departure, reason: String, askedBy: Username,
        askedAt: Timestamp, dueAt: Timestamp, confirmer: DepartureTerms.Confirmer, confirmation: Confirmation?
    ) {
        self.id = id
        self.project = project
        self.departure = departure
        self.reason = reason.cut(to: .line)
        self.askedBy = askedBy
        self.askedAt = askedAt
        self.dueAt = dueAt
        self.confirmer = confirmer
        self.confirmation = confirmation
    }

    /// The same request while its project is critical, which it may not have been when it was asked for: its day is no
    /// earlier than that of one that is asked of a critical project.
    public func waitingAsCritical(under rule: RemovalRule) -> RemovalRequest {
        RemovalRequest(
            id: id, project: project, departure: departure, reason: reason, askedBy: askedBy, askedAt: askedAt,
            dueAt: max(dueAt, askedAt + rule.wait(isCritical: true)), confirmer: confirmer, confirmation: confirmation)
    }

    /// What everybody is told: what will be done, when and why.
    public var notice: String { "\(departure.announcement) on \(dueAt.day): \(reason)" }
}

/// How a request ended. The raw values are stored: they keep their meaning.
public enum RemovalRequestEnd: String, Sendable, CaseIterable {
    /// The day came, and it was done.
    case carriedOut = "carried-out"
    /// Somebody with a role objected, or who asked took it back.
    case objected
    /// Somebody with a role took the project over.
    case takenOver = "taken-over"
    /// The day came, and nobody had agreed.
    case lapsed
}

/// What became of it that somebody wanted to take something away.
public enum RemovalOutcome: Sendable, Hashable {
    case done
    case asked(RemovalRequest)
}

/// Decides what may be done about a request, by anybody who may do such a thing at all.
public enum RemovalRequestPolicy {
    /// For how long somebody has to have been an owner before a request, to confirm it: otherwise anyone who asks would
    /// make another account of theirs an owner first.
    public static let ownership = OwnerStanding.settling

    /// Whether somebody who is an owner since a moment is another person than who asks, as far as can be known.
    public static func isTrusted(ownerSince: Timestamp, toConfirmWhatIsAskedAt asked: Timestamp) -> Bool {
        ownerSince + ownership <= asked
    }

    /// Decides whether somebody can confirm a request.
    ///
    /// - Parameter ownerSince: since when they are an owner; nil where they are not.
    public static func decideConfirmation(
        of request: RemovalRequest, by actor: Actor, ownerSince: Timestamp?, at now: Timestamp
    ) throws(RemovalRefusal) {
        try requireOpen(request, at: now)
        guard request.confirmation == nil else { throw .alreadyConfirmed(request.project) }
        guard case .user(_, let name, let isAdministrator) = actor.identity else { return }
        guard name.normalized != request.askedBy.normalized else { throw .ownRequest(request.project) }
        if isAdministrator { return }
        guard request.confirmer == .owner else { throw .administratorsConfirm(request.project) }
        guard let ownerSince, isTrusted(ownerSince: ownerSince, toConfirmWhatIsAskedAt: request.askedAt)
        else { throw .ownerForTooShort(request.project) }
    }

    /// Decides whether somebody can object.
    public static func decideObjection(
        to request: RemovalRequest, at now: Timestamp
    ) throws(RemovalRefusal) { try requireOpen(request, at: now) }

    /// Decides whether somebody can take the project over instead.
    public static func decideTakeOver(
        insteadOf request: RemovalRequest, by actor: Actor, at now: Timestamp
    ) throws(RemovalRefusal) {
        try requireOpen(request, at: now)
        guard actor.username?.normalized != request.askedBy.normalized else { throw .ownRequest(request.project) }
    }

    private static func requireOpen(_ request: RemovalRequest, at now: Timestamp) throws(RemovalRefusal) {
        guard now < request.dueAt else { throw .dayHasCome(request.project, request.dueAt.day) }
    }
}

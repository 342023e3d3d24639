import Accounts
import Acts
import UTC

/// What the owners of a project are told of somebody who has a role on it: whether they could publish, and with how much
/// of what.
///
/// It is enough to see who has to do something before a release. Whose key was lost, which token has no end, who was
/// last there: that would tell anyone who comes by one owner's password whom to attack next. Administrators see all.
public struct PublisherOutline: Sendable, Hashable {
    public let name: Username
    public let role: Role
    public let couldPublish: Bool
    /// Why the best that their account can show on the web is not enough, in a few words; nil where it is.
    public let whyNotOnTheWeb: String?
    /// Second factors, those of one kind that stand alike together.
    public let factors: [Line]
    /// API tokens that may act on the project, those that stand alike together.
    public let tokens: [Line]

    /// So many of a kind.
    public struct Line: Sendable, Hashable {
        /// `Security key or passkey`
        public let kind: String
        public let count: Int
        /// Whether a factor counts, and a token is accepted.
        public let counts: Bool
    }

    /// What of somebody the other owners are told.
    public init(_ publisher: Publisher, at now: Timestamp) {
        name = publisher.user.name
        role = publisher.role
        couldPublish = publisher.couldPublish
        whyNotOnTheWeb = publisher.refusal?.whyNotPublishedToOwners
        // One that was said not to be theirs is not among them.
        let held = publisher.factors.heldLines(at: now)
        factors = Line.gathered(
            held.map { ($0.isApp ? "Authenticator app" : "Security key or passkey", $0.line.counts) })
        tokens = Line.gathered(publisher.tokens.map { ("API token", $0.refusal == nil) })
    }
}

extension PublisherOutline.Line {
    /// In the order in which the kinds come, those that count first.
    fileprivate static func gathered(_ found: [(kind: String, counts: Bool)]) -> [Self] {
        var lines: [Self] = []
        for (kind, counts) in found.filter(\.counts) + found.filter({ !$0.counts }) {
            if let place = lines.firstIndex(where: { $0.kind == kind && $0.counts == counts }) {
                lines[place] = Self(kind: kind, count: lines[place].count + 1, counts: counts)
            } else {
                lines.append(Self(kind: kind, count: 1, counts: counts))
            }
        }
        return lines
    }
}

extension AccessRefusal {
    /// Why an upload of somebody would be refused, in a few words for those who own the project with them.
    fileprivate var whyNotPublishedToOwners: String {
        switch self {
        case .mandate, .takesNoUploads: whyNotPublished
        case .accountDisabled: "the account is disabled"
        case .notSignedIn, .tooWeak, .restricted, .sessionNeeded, .tokenEnded, .freshProofNeeded, .enrolmentLinkNeeded,
            .outOfScope, .noSuchProject, .noRole, .ownersOnly, .administratorsOnly, .anothersAccount,
            .anotherHasToVouch, .coOwnersOnly, .vouchesTooEarly, .onProbation, .factorOnProbation, .addressNotVerified:
            "the account lacks something that its holder is told of"
        }
    }
}

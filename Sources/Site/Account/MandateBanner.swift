import Accounts
import Foundation
import HTTPTypes
import Identity
import Letters
import PackagingFormats
import Policy
import UTC
import Web

/// What critical projects ask of anyone who is signed in, on all of their pages for as long as there is something to
/// do.
struct MandateBanner {
    struct Item {
        let project: String
        let projectPath: String
        let words: String
    }

    /// Who answers questions.
    struct Contact {
        let contactText: String
        /// Nil where it is no address that a browser follows.
        let contactPath: String?
    }

    /// In words: the first few, and what is refused before what will be.
    let items: [Item]
    /// The others by their names.
    let others: NonEmpty<Item>?
    /// What there is to know about a first factor; nil for those who have one.
    let firstFactor: String?
    /// The API tokens that are too weak, and what to do; nil where there are none.
    let tokenWords: String?
    /// Whether something is refused now.
    let isRefusing: Bool
    /// Where the person wanted to go when that was refused.
    let returnPath: String?
    /// Whether something is to be added, and the person is not where that is done.
    let leadsToFactors: Bool
    /// The same for tokens.
    let leadsToTokens: Bool
    let offersFreeKey: Bool
    let contact: Contact?

    /// How many projects are told of in words: the page below is what somebody came for.
    private static let inWords = 3

    /// Nil where there is nothing to say.
    ///
    /// - Parameters:
    ///   - wayBack: where the person wanted to go, when they are not there.
    ///   - path: of the page that it stands on.
    init?(
        _ obligations: [Obligation], returnPath: String?, path: String, offersFreeKey: Bool, contact: String?,
        at now: Timestamp
    ) {
        let all = obligations.partitioned(first: { $0.isRefused(at: now) }).compactMap { obligation in
            obligation.words(at: now).map {
                Item(
                    project: obligation.project.display,
                    projectPath: ManagePaths.project(obligation.project, .security),
                    words: $0)
            }
        }
        items = Array(all.prefix(Self.inWords))
        others = NonEmpty(Array(all.dropFirst(Self.inWords)))
        let lacking = obligations.filter { $0.judgement != .allowed }
        let tokens = WeakTokens(obligations.map(\.tokens))
        tokenWords = tokens.explanation
        guard !items.isEmpty || tokenWords != nil || returnPath != nil else { return nil }
        firstFactor = obligations.firstFactor(at: now)
        isRefusing = obligations.contains { $0.isRefused(at: now) } || !tokens.refused.isEmpty
        self.returnPath = returnPath
        leadsToFactors = !lacking.isEmpty && !path.hasPrefix(Place.factors.path)
        leadsToTokens = lacking.isEmpty && tokenWords != nil && !path.hasPrefix(Place.tokens.path)
        self.offersFreeKey = offersFreeKey && !lacking.isEmpty
        self.contact = items.isEmpty ? nil : contact.map(Contact.init)
    }
}

extension MandateBanner.Contact {
    init(_ text: String) {
        contactText = text
        contactPath =
            if text.hasPrefix("https://") || text.hasPrefix("http://") {
                text
            } else {
                (try? EmailAddress(parsing: text)).map { "mailto:\($0.text)" }
            }
    }
}

extension [Obligation] {
    /// Those of one kind first, each in their order.
    fileprivate func partitioned(first: (Obligation) -> Bool) -> [Obligation] {
        filter(first) + filter { !first($0) }
    }
}

extension Obligation {
    /// Whether publishing is refused now, whatever the account can show.
    fileprivate func isRefused(at now: Timestamp) -> Bool {
        if case .refused = judgement { return true }
        return pendingFactor.map { $0.from <= now } ?? false
    }

    /// What is lacking, why, and by when; nil where nothing is.
    fileprivate func words(at now: Timestamp) -> String? {
        switch judgement {
        case .allowed: pendingFactor.map { why + $0.explanation(at: now) }
        case .refused(let refusal): refusal.guidanceToHolder.text(\.path)
        case .allowedWithNotice(let notice):
            "\(why)\(notice.bindsAt.map { "From \($0.day.readable) on" } ?? "Once the rule is enforced"), publishing to it and "
                + "changing it takes \(notice.what.words). \(missing(of: notice.what))"
        }
    }

    private var why: String { designation.map { "It is critical (\($0.why)). " } ?? "" }

    private func missing(of what: Demand.Requirement) -> String {
        guard what == .spare else { return "Your account has none yet." }
        return holdings.securityKeys == 0
            ? "Your account has no security key yet." : "Your account has one key and no recovery codes."
    }
}

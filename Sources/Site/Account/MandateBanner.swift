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
/// do: one line and one button, for the page below is what somebody came for. The line unfolds what there is to know.
struct MandateBanner {
    /// The one thing to do.
    struct Button: Equatable {
        let buttonText: String
        let buttonPath: String
        /// By which tests and scripts know it.
        let buttonID: String
    }

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

    /// What matters most, in few words. Names come last: they are as long as they are.
    let line: String
    /// The project that the line is about; nil for several, or none.
    let lineProject: String?
    /// Nil where the person is at it.
    let button: Button?
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
    /// Where the person wanted to go when that was refused, unless the button leads there.
    let returnPath: String?
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
        let summary = Summary(obligations, tokens, at: now)
        line = summary?.line ?? "You were on your way elsewhere."
        lineProject = summary?.project
        let button =
            summary?.button(on: path) ?? (summary == nil || lacking.isEmpty ? returnPath.map(Button.back(to:)) : nil)
        self.button = button
        self.returnPath = button?.buttonPath == returnPath ? nil : returnPath
        self.offersFreeKey = offersFreeKey && !lacking.isEmpty
        self.contact = items.isEmpty ? nil : contact.map(Contact.init)
    }
}

extension MandateBanner.Button {
    /// Leads where somebody wanted to go.
    fileprivate static func back(to path: String) -> MandateBanner.Button {
        .init(buttonText: "Go back", buttonPath: path, buttonID: "way-back")
    }
}

/// What matters most of what there is to say.
private struct Summary {
    let line: String
    /// The one project that it is about.
    var project: String?
    let button: MandateBanner.Button

    /// The button, where it leads to another page than this one.
    func button(on path: String) -> MandateBanner.Button? { path.hasPrefix(button.buttonPath) ? nil : button }

    init(line: String, about projects: [Obligation] = [], button: MandateBanner.Button) {
        project = projects.count == 1 ? projects[0].project.display : nil
        self.line = projects.isEmpty ? line : "\(line): \(projects.count == 1 ? "" : "\(projects.count) projects")"
        self.button = button
    }

    init?(_ obligations: [Obligation], _ tokens: WeakTokens, at now: Timestamp) {
        let add = MandateBanner.Button(
            buttonText: "Add it", buttonPath: Place.factors.path, buttonID: "to-factors")
        let refused = obligations.filter { if case .refused = $0.judgement { true } else { false } }
        let coming = obligations.compactMap { obligation -> (obligation: Obligation, notice: MandateNotice)? in
            guard case .allowedWithNotice(let notice) = obligation.judgement else { return nil }
            return (obligation, notice)
        }
        let waiting = obligations.compactMap { obligation in
            obligation.pendingFactor.map { (obligation: obligation, factor: $0) }
        }
        if !refused.isEmpty {
            self.init(line: "Publishing is refused", about: refused, button: add)
        } else if let first = waiting.min(by: { $0.factor.from < $1.factor.from }) {
            self.init(
                line: "Your second factor counts from \(first.factor.until.readableMinute) on",
                button: .init(
                    buttonText: "See more", buttonPath: ManagePaths.project(first.obligation.project, .security),
                    buttonID: "to-security"))
        } else if !coming.isEmpty {
            let day = coming.compactMap(\.notice.bindsAt).min()
            self.init(
                line: day.map { "More is asked from \($0.day.readable) on" } ?? "More will be asked",
                about: coming.map(\.obligation), button: add)
        } else if !tokens.isEmpty {
            self.init(
                line: tokens.refused.isEmpty
                    ? tokens.from.map { "API tokens of yours are refused from \($0.day.readable) on" }
                        ?? "API tokens of yours will be refused" : "API tokens of yours are refused",
                button: .init(
                    buttonText: "Make new ones", buttonPath: Place.tokens.path, buttonID: "to-tokens"))
        } else {
            return nil
        }
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
    func words(at now: Timestamp) -> String? {
        switch judgement {
        case .allowed: pendingFactor.map { why + $0.explanation(at: now).written() }
        case .refused(let refusal): refusal.guidanceToHolder.written()
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

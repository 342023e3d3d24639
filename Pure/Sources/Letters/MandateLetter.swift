import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import UTC

/// What one critical project asks of one person, for a letter.
public struct MandateNews: Sendable, Hashable {
    /// Why a project stands in a letter.
    public enum Occasion: Sendable, Hashable {
        /// The letter is about it: it is time to tell of it.
        case notice
        /// Likewise, because the day was brought forward.
        case broughtForward
        /// There is something to do for it, too, and the letter is to be the whole truth.
        case beside
    }

    /// Why it stands in the letter.
    public let occasion: Occasion
    /// Why it is critical.
    public let designation: Designation
    public let role: Role
    /// What is asked, each with the moment from which it binds the person.
    public let asked: [DatedDemand]
    /// That the person's factor does not count yet when it is asked for; nil where it does.
    public let pendingFactor: PendingFactor?
    /// The person's API tokens that are refused there, or will be.
    public let tokens: WeakTokens
    /// Whether the person can still put it off.
    public let canDelay: Bool
    /// The ways that are open to the person where something lacks, or will.
    public let ways: [WayThrough]

    /// What one critical project asks of one person.
    public init(
        on occasion: Occasion = .notice, designation: Designation, role: Role, asked: [DatedDemand],
        pendingFactor: PendingFactor? = nil, tokens: WeakTokens = .none, canDelay: Bool, ways: [WayThrough] = []
    ) {
        self.occasion = occasion
        self.ways = ways
        self.designation = designation
        self.role = role
        self.asked = asked
        self.pendingFactor = pendingFactor
        self.tokens = tokens
        self.canDelay = canDelay
    }

    /// The same, from the facts about the project and the person; nil where the project is not critical.
    public init?(
        as role: Role, on occasion: Occasion = .notice, knowing facts: MandateFacts, _ tokens: [LiveToken],
        at now: Timestamp
    ) {
        guard let designation = facts.designation else { return nil }
        let ways = Mandate.ways(ofAccountOn: designation.name, knowing: facts, at: now)
        self.init(
            on: occasion, designation: designation, role: role, asked: facts.asked(at: now),
            pendingFactor: facts.pendingFactor(on: designation.name, at: now),
            tokens: WeakTokens(tokens, for: designation.name, knowing: facts, at: now),
            canDelay: ways.delayUntil != nil, ways: ways)
    }

    /// What is asked that an account lacks.
    func lacks(_ holdings: FactorHoldings) -> [DatedDemand] {
        asked.filter { Mandate.lacks($0.demand.what, holdings) }
    }

    /// Whether there is anything to do or to wait for.
    public func isOpen(_ holdings: FactorHoldings) -> Bool {
        !lacks(holdings).isEmpty || pendingFactor != nil || !tokens.isEmpty
    }
}

extension Letter {
    /// One letter for all that a person is to be told about critical projects.
    ///
    /// - Parameters:
    ///   - news: about at least one project; about all of the person's where there is something to do, so that the
    ///     letter
    ///     is the whole truth.
    ///   - holdings: what the person's account has.
    ///   - hasFreeKey: whether the person could have a security key that is given away now.
    public init(
        mandate news: [MandateNews], to user: Username, with holdings: FactorHoldings, hasFreeKey: Bool,
        at now: Timestamp
    ) {
        let parts = MandateLetter(news, holdings, at: now)
        self.init(
            subject: parts.subject, name: user.display, paragraphs: parts.paragraphs, facts: parts.facts,
            link: parts.link, afterLink: parts.further, reason: "You hold a role on \(parts.allNames.listed).",
            pointers: parts.pointers(hasFreeKey: hasFreeKey))
    }
}

/// The parts of a letter about critical projects.
private struct MandateLetter {
    /// What is to be added for some projects, all from one day on.
    struct Ask {
        let names: [String]
        let thing: MandateThing
        let asksFactor: Bool
        /// Nil while no day is set.
        let from: Timestamp?
    }

    /// What lacks for some projects.
    struct Asks {
        /// What is refused already; nil for nothing.
        let refused: Ask?
        /// What will be, the first day first, and last what has no day.
        let coming: [Ask]

        /// What to do first; nil for nothing.
        var first: Ask? { refused ?? coming.first }

        init(_ news: [MandateNews], _ holdings: FactorHoldings, at now: Timestamp) {
            let lacks = news.flatMap { entry in
                entry.lacks(holdings).map {
                    (name: entry.designation.name.display, what: $0.demand.what, from: $0.from)
                }
            }
            func ask(_ lacks: [(name: String, what: Demand.Requirement, from: Timestamp?)]) -> Ask {
                Ask(
                    names: lacks.map(\.name).uniqued, thing: MandateThing(adding: lacks.map(\.what), to: holdings),
                    asksFactor: lacks.contains { $0.what != .spare }, from: lacks.compactMap(\.from).min())
            }
            let binding = lacks.filter { $0.from.map { $0 <= now } ?? false }
            refused = binding.isEmpty ? nil : ask(binding)
            let later = lacks.filter { $0.from.map { $0 > now } ?? true }
            coming = Dictionary(grouping: later, by: { $0.from?.day }).values.map(ask).sorted { left, right in
                guard let day = left.from else { return false }
                return right.from.map { day < $0 } ?? true
            }
        }
    }

    let news: [MandateNews]
    let holdings: FactorHoldings
    let now: Timestamp
    /// The projects that it is about. Subject, button and first words are about these alone: a reminder of one project
    /// that spoke of another first would be taken for one of that.
    let due: [MandateNews]
    let names: [String]
    let asks: Asks
    /// What there is to do for others besides.
    let besides: Asks
    /// That the person's factor waits, once for each day from which projects ask for it: those that do already come first.
    let pendingFactors: [(names: [String], pendingFactor: PendingFactor)]
    let tokens: WeakTokens
    let isWithoutFactor: Bool
    /// An authenticator app is the strongest that the account has.
    let holdsApp: Bool

    init(_ news: [MandateNews], _ holdings: FactorHoldings, at now: Timestamp) {
        self.news = news
        self.holdings = holdings
        self.now = now
        due = news.filter { $0.occasion != .beside }
        names = due.map(\.designation.name.display).uniqued
        asks = Asks(due, holdings, at: now)
        besides = Asks(news.filter { $0.occasion == .beside }, holdings, at: now)
        let waits = news.compactMap { entry in
            entry.pendingFactor.map { (name: entry.designation.name.display, factor: $0) }
        }
        let byDay = Dictionary(grouping: waits) { max($0.factor.from, now).day }
        pendingFactors = byDay.sorted { $0.key < $1.key }.compactMap { _, waits in
            waits.map(\.factor).min { $0.from < $1.from }.map { (waits.map(\.name).uniqued, $0.forLetter) }
        }
        tokens = WeakTokens(news.map(\.tokens))
        isWithoutFactor = holdings.strongest <= .password
        holdsApp = holdings.strongest == .secondFactor
    }

    // MARK: The subject

    var subject: String {
        if let refused = asks.refused {
            return "Publishing to \(refused.names.counted) now takes \(refused.thing.words)"
        }
        if let ask = asks.coming.first {
            return "\(ask.names.counted): please add \(ask.thing.words)"
                + (day(of: ask).map { " before \($0.readable)" } ?? "")
        }
        if let pending = due.first(where: { $0.pendingFactor != nil })?.pendingFactor {
            let waiting = due.filter { $0.pendingFactor != nil }.map(\.designation.name.display).uniqued
            return "\(waiting.counted): your second factor counts from \(pending.until.day.readable) on"
        }
        let tokens = WeakTokens(due.map(\.tokens))
        if !tokens.refused.isEmpty {
            return "\(names { !$0.refused.isEmpty }.counted): API tokens of yours are refused"
        }
        if !tokens.later.isEmpty {
            return "\(names { !$0.later.isEmpty }.counted): please make new API tokens"
                + (tokens.from.map { " before \($0.day.readable)" } ?? "")
        }
        return "\(names.counted) \(names.count == 1 ? "is" : "are") critical: you have what is asked for"
    }

    /// Every project that it names.
    var allNames: [String] { news.map(\.designation.name.display).uniqued }

    /// The projects whose tokens are such.
    private func names(where isSuch: (WeakTokens) -> Bool) -> [String] {
        due.filter { isSuch($0.tokens) }.map(\.designation.name.display).uniqued
    }

    /// The day before which it has to be added: a first factor earlier than it is asked for, where there is time.
    private func day(of ask: Ask) -> Day? {
        guard let from = ask.from else { return nil }
        guard isWithoutFactor, ask.asksFactor else { return from.day }
        return Probation.firstFactorDue(bindsAt: from, at: now) ?? from.day
    }

    // MARK: The text

    /// What to do and by when: that is read first, and often nothing else.
    var paragraphs: [String] {
        var paragraphs: [String] = []
        if let refused = asks.refused {
            paragraphs.append(
                "Publishing to \(refused.names.listed) and changing \(refused.names.count == 1 ? "it" : "them") is refused "
                    + "until your account has \(refused.thing.explained). Adding that takes about two minutes.")
        }
        for (number, ask) in asks.coming.enumerated() {
            paragraphs.append(asks.refused == nil && number == 0 ? firstComing(ask) : "\(alsoTakes(ask)).")
        }
        paragraphs += beside
        if first != nil, holdsApp { paragraphs.append("Your authenticator app is not enough for that.") }
        if isWithoutFactor, let first = [asks.first, besides.first].compactMap(\.self).first(where: \.asksFactor) {
            paragraphs.append(
                Probation.ofFirstFactor(
                    // Where the first words are about it, they name the day.
                    bindsAt: asks.first == nil ? first.from.flatMap { $0 > now ? $0 : nil } : nil,
                    ways: news.lazy.map(\.ways).first { !$0.isEmpty } ?? [], at: now))
        }
        if let (names, pendingFactor) = pendingFactors.first {
            let later = pendingFactors.dropFirst().map { names, factor in
                " From \(factor.from.day.readable) on, publishing to \(names.listed) and changing "
                    + "\(names.count == 1 ? "it" : "them") is refused until then, too."
            }
            paragraphs.append(
                pendingFactor.explanation(of: names.listed, areSeveral: names.count > 1, at: now).text(\.words)
                    + later.joined() + (pendingFactor.ways.isEmpty ? " It will count by itself." : ""))
        }
        if first == nil, pendingFactors.isEmpty {
            paragraphs.append(
                tokens.isEmpty
                    ? "There is nothing to do: your account has what \(names.listed) \(names.count == 1 ? "asks" : "ask") for."
                    : "Your account has what is asked for, but not all of your API tokens have.")
        }
        // With a factor still to add, they come after it.
        if first == nil, let tokens = tokens.explanation {
            paragraphs.append(
                pendingFactors.isEmpty
                    ? tokens
                    : "\(tokens) You can do that now: new ones are refused as long as your second factor waits, and "
                        + "count with it.")
        }
        let earlier = due.filter { $0.occasion == .broughtForward }.map(\.designation.name.display).uniqued
        if !earlier.isEmpty {
            paragraphs.append(
                "For \(earlier.listed) that is earlier than you were told before: the people who run this index brought "
                    + "the day forward.")
        }
        return paragraphs + [why]
    }

    /// Why all that.
    private var why: String {
        let (whose, it, isCritical) =
            names.count == 1
            ? ("your project \(names[0])", "it", "it is critical") : ("projects of yours", "them", "they are critical")
        let why =
            "Why: many others build on \(whose), so \(isCritical) here: a stolen password must not be enough to change \(it)"
            + (first?.thing.term == .spare ? ", and a lost key must not lock you out." : ".")
        return first == nil ? why : "\(why) Downloads go on as before, and you can always yank a release."
    }

    /// What else there is to do and to know.
    var further: [String] {
        let after = first == nil ? nil : tokens.explanation.map { "Then: \($0)" }
        let answered = asks.refused == nil && (!asks.coming.isEmpty || !tokens.later.isEmpty) ? Self.answered : nil
        return [after, answered].compactMap(\.self)
    }

    /// Verified with both: uv shows answers from the second -v on.
    private static let answered =
        "Until then the answer to an upload says so, too: \"twine upload --verbose\" and \"uv publish -vv\" show it."

    /// What there is to do for projects that it is not about.
    private var beside: [String] {
        let refused = besides.refused.map { ask in
            "Besides, publishing to \(ask.names.listed) and changing \(ask.names.count == 1 ? "it" : "them") is refused "
                + "until your account has \(ask.thing.words)."
        }
        return [refused].compactMap(\.self) + besides.coming.map { "\(alsoTakes($0))." }
    }

    private func firstComing(_ ask: Ask) -> String {
        guard let from = ask.from else {
            return
                "Please add \(ask.thing.explained). It takes about two minutes. No day is set yet from which publishing to "
                + "\(ask.names.listed) and changing \(ask.names.count == 1 ? "it" : "them") is refused without it; you will be "
                + "told when one is."
        }
        return
            "Please add \(ask.thing.explained) before \((day(of: ask) ?? from.day).readable). It takes about two minutes. From "
            + "\(from.day.readable) on, publishing to \(ask.names.listed) and changing "
            + "\(ask.names.count == 1 ? "it" : "them") is refused without it"
            + (besides.refused == nil ? "; until then nothing changes for you." : ".")
    }

    private func alsoTakes(_ ask: Ask) -> String {
        let when = ask.from.map { "From \($0.day.readable) on" } ?? "From a day that is not set yet"
        return
            "\(when), publishing to \(ask.names.listed) and changing \(ask.names.count == 1 ? "it" : "them") also takes "
            + ask.thing.words
    }

    var facts: [Letter.Fact] {
        news.map { entry in
            // A day that holds for several is said once.
            let asked = entry.asked.indices.map { index in
                let (this, next) = (entry.asked[index], entry.asked.dropFirst(index + 1).first)
                let when = this.when(at: now)
                let isMissing = Mandate.lacks(this.demand.what, holdings)
                return this.demand.what.words + (isMissing ? " (you lack it)" : " (you have it)")
                    + (next?.when(at: now) == when ? "" : ", \(when)")
            }.joined(separator: "; ")
            return Letter.Fact(
                entry.designation.name.display,
                "You are \(entry.role == .owner ? "an owner" : "a maintainer"). Asked: \(asked). Critical: "
                    + "\(entry.designation.whyInLetter).")
        }
    }

    // MARK: Where to go

    /// What to add first, for whichever project; nil for nothing.
    private var first: Ask? { asks.first ?? besides.first }

    var link: Letter.Link {
        if let first { return Letter.Link("Add \(first.thing.words)", to: .factors) }
        if !tokens.isEmpty { return Letter.Link("Make new API tokens", to: .tokens) }
        return Letter.Link("See what is asked", to: .security)
    }

    func pointers(hasFreeKey: Bool) -> [Letter.Pointer]? {
        guard first != nil || !pendingFactors.isEmpty else { return nil }
        var pointers: [Letter.Pointer] = []
        if hasFreeKey {
            pointers.append(
                Letter.Pointer(
                    "Security keys are given away at the moment, and you are among those whom they are for. This page "
                        + "says from when on you can ask for some:",
                    paths: [Place.giveaway.path]))
        }
        let delayable = news.filter(\.canDelay).map { Place.delay($0.designation.name).path }.uniqued
        if !delayable.isEmpty {
            pointers.append(
                Letter.Pointer(
                    "\(asks.refused == nil ? "If you need more time" : "If you have to publish before you can add it"), put it off by "
                        + "\(MandateRule.delayDays) days, once"
                        + (delayable.count == 1 ? ":" : " for each of these projects:"),
                    paths: delayable))
        }
        for case .vouching(let vouchers, let user) in pendingFactors.first?.pendingFactor.ways ?? [] {
            pointers.append(
                Letter.Pointer(
                    "Pass this address on to \(vouchers.orWords), who can vouch for you there:",
                    paths: [Place.vouch(for: user).path]))
        }
        return pointers.isEmpty ? nil : pointers
    }
}

extension [String] {
    /// `demo`, `2 of your projects`
    fileprivate var counted: String { count == 1 ? self[0] : "\(count) of your projects" }

    /// `demo`, `a, b and c`, `12 of your projects`
    fileprivate var listed: String {
        guard count > 1, count <= 3 else { return counted }
        return "\(dropLast().joined(separator: ", ")) and \(self[count - 1])"
    }
}

extension Designation {
    /// Why, for those who do not know who "the operator" is.
    fileprivate var whyInLetter: String {
        switch reason {
        case .named: "the people who run this index named it"
        case .downloads, .dependency: why
        }
    }
}

extension PendingFactor {
    /// Without those ways that cost nothing but time, or are those of any question: every letter says whom to ask.
    fileprivate var forLetter: PendingFactor {
        PendingFactor(
            from: from, until: until,
            ways: ways.withoutWaiting.filter { if case .administrators(canVouch: false) = $0 { false } else { true } })
    }
}

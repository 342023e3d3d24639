import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import UTC

/// What one critical project asks of one person, for a letter.
public struct MandateNews: Sendable, Hashable {
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

    /// What one critical project asks of one person.
    public init(
        designation: Designation, role: Role, asked: [DatedDemand], pendingFactor: PendingFactor? = nil,
        tokens: WeakTokens = .none, canDelay: Bool
    ) {
        self.designation = designation
        self.role = role
        self.asked = asked
        self.pendingFactor = pendingFactor
        self.tokens = tokens
        self.canDelay = canDelay
    }

    /// The same, from the facts about the project and the person; nil where the project is not critical.
    public init?(as role: Role, knowing facts: MandateFacts, _ tokens: [LiveToken], at now: Timestamp) {
        guard let designation = facts.designation else { return nil }
        let canDelay: Bool
        do throws(CriticalRefusal) {
            _ = try Mandate.delay(of: designation.name, knowing: facts, at: now)
            canDelay = true
        } catch {
            canDelay = false
        }
        self.init(
            designation: designation, role: role, asked: facts.asked(at: now),
            pendingFactor: facts.pendingFactor(at: now),
            tokens: WeakTokens(tokens, for: designation.name, knowing: facts, at: now), canDelay: canDelay)
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
            link: parts.link, reason: "You hold a role on \(parts.names.listed).",
            pointers: parts.pointers(hasFreeKey: hasFreeKey))
    }
}

/// The parts of a letter about critical projects.
private struct MandateLetter {
    /// What is to be added for some projects, all from one day on.
    struct Ask {
        let names: [String]
        /// After "add".
        let thing: String
        let asksFactor: Bool
        /// Nil while no day is set.
        let from: Timestamp?
    }

    let news: [MandateNews]
    let now: Timestamp
    let names: [String]
    /// What is refused already; nil for nothing.
    let refused: Ask?
    /// What will be, the first day first, and last what has no day.
    let coming: [Ask]
    let pendingFactor: (names: [String], pendingFactor: PendingFactor)?
    let tokens: WeakTokens
    let isWithoutFactor: Bool

    init(_ news: [MandateNews], _ holdings: FactorHoldings, at now: Timestamp) {
        self.news = news
        self.now = now
        names = news.map(\.designation.name.display).uniqued
        let lacks = news.flatMap { entry in
            entry.lacks(holdings).map { (name: entry.designation.name.display, what: $0.demand.what, from: $0.from) }
        }
        func ask(_ lacks: [(name: String, what: Demand.Requirement, from: Timestamp?)]) -> Ask {
            Ask(
                names: lacks.map(\.name).uniqued, thing: Demand.Requirement.toAdd(lacks.map(\.what), to: holdings),
                asksFactor: lacks.contains { $0.what != .spare }, from: lacks.compactMap(\.from).min())
        }
        let binding = lacks.filter { $0.from.map { $0 <= now } ?? false }
        refused = binding.isEmpty ? nil : ask(binding)
        let later = lacks.filter { $0.from.map { $0 > now } ?? true }
        coming = Dictionary(grouping: later, by: { $0.from?.day }).values.map(ask).sorted { left, right in
            guard let day = left.from else { return false }
            return right.from.map { day < $0 } ?? true
        }
        let waits = news.compactMap { entry in entry.pendingFactor.map { (entry.designation.name.display, $0) } }
        pendingFactor = waits.map(\.1).min { $0.from < $1.from }.map { (waits.map(\.0).uniqued, $0) }
        tokens = WeakTokens(news.map(\.tokens))
        isWithoutFactor = holdings.strongest <= .password
    }

    /// What to do first; nil for nothing.
    private var first: Ask? { refused ?? coming.first }

    // MARK: The subject

    var subject: String {
        if let refused { return "Publishing to \(refused.names.counted) now takes \(refused.thing)" }
        if let ask = coming.first {
            return "\(ask.names.counted): please add \(ask.thing)"
                + (day(of: ask).map { " before \($0.readable)" } ?? "")
        }
        if let pendingFactor {
            return
                "\(pendingFactor.names.counted): your second factor counts from \(pendingFactor.pendingFactor.until.day.readable) on"
        }
        if !tokens.refused.isEmpty {
            return "\(names { !$0.refused.isEmpty }.counted): API tokens of yours are refused"
        }
        if !tokens.later.isEmpty {
            return "\(names { !$0.later.isEmpty }.counted): please make new API tokens"
                + (tokens.from.map { " before \($0.day.readable)" } ?? "")
        }
        return "\(names.counted) \(names.count == 1 ? "is" : "are") critical: you have what is asked for"
    }

    /// The projects whose tokens are such.
    private func names(where isSuch: (WeakTokens) -> Bool) -> [String] {
        news.filter { isSuch($0.tokens) }.map(\.designation.name.display).uniqued
    }

    /// The day before which it has to be added: a first factor earlier than it is asked for, where there is time.
    private func day(of ask: Ask) -> Day? {
        guard let from = ask.from else { return nil }
        guard isWithoutFactor, ask.asksFactor else { return from.day }
        return Probation.firstFactorDue(bindsAt: from, at: now) ?? from.day
    }

    // MARK: The text

    var paragraphs: [String] {
        let critical =
            "Many others build on \(names.count == 1 ? "your project \(names[0])" : "projects of yours"), so this "
        var paragraphs = [
            critical
                + "index counts \(names.count == 1 ? "it" : "them") among its critical projects. Anyone who can publish to "
                + "a critical project or change it, owner or maintainer, has to show more than a password, so that "
                + "nobody takes it over with a stolen one."
        ]
        if let refused {
            paragraphs.append(
                "Publishing to \(refused.names.listed) and changing \(refused.names.count == 1 ? "it" : "them") is refused "
                    + "until your account has \(refused.thing). Adding that takes about a minute. \(Self.goesOn)")
        }
        for (number, ask) in coming.enumerated() {
            paragraphs.append(refused == nil && number == 0 ? firstComing(ask) : "\(alsoTakes(ask)).")
        }
        if isWithoutFactor, let first, first.asksFactor {
            paragraphs.append(Probation.ofFirstFactor(bindsAt: refused == nil ? first.from : nil, at: now))
        }
        if let pendingFactor {
            paragraphs.append("\(pendingFactor.names.listed): \(pendingFactor.pendingFactor.explanation(at: now))")
        }
        if first == nil, pendingFactor == nil {
            paragraphs.append(
                tokens.isEmpty
                    ? "Your account has what is asked for: sign in with it as you do."
                    : "Your account has what is asked for. API tokens of yours have not.")
        }
        if let tokens = tokens.explanation { paragraphs.append(tokens) }
        return paragraphs
    }

    private static let goesOn = "Downloads go on as before, and you can always yank a release."

    private func firstComing(_ ask: Ask) -> String {
        guard let from = ask.from else {
            return
                "Please add \(ask.thing). It takes about a minute. No day is set yet from which publishing and changing is "
                + "refused without it; you will be told when one is."
        }
        let isEarlier = day(of: ask) != from.day
        return
            "Please add \(ask.thing)\(isEarlier ? "" : " before \(from.day.readable)"). It takes about a minute, and until "
            + "then nothing changes for you. From \(from.day.readable) on, publishing to \(ask.names.listed) and changing "
            + "\(ask.names.count == 1 ? "it" : "them") is refused without it. \(Self.goesOn)"
    }

    private func alsoTakes(_ ask: Ask) -> String {
        let when = ask.from.map { "From \($0.day.readable) on" } ?? "From a day that is not set yet"
        return
            "\(when), publishing to \(ask.names.listed) and changing \(ask.names.count == 1 ? "it" : "them") also takes "
            + ask.thing
    }

    var facts: [Letter.Fact] {
        news.map { entry in
            let asked = entry.asked.map { "\($0.demand.what.words), \($0.when(at: now))" }.joined(separator: "; ")
            return Letter.Fact(
                entry.designation.name.display,
                "\(entry.designation.why). You are \(entry.role == .owner ? "an owner" : "a maintainer"). Asked: \(asked)."
            )
        }
    }

    // MARK: Where to go

    var link: Letter.Link {
        if let first { return Letter.Link("Add \(first.thing)", to: .factors) }
        if !tokens.isEmpty { return Letter.Link("Make new API tokens", to: .tokens) }
        return Letter.Link("See what is asked", to: .security)
    }

    func pointers(hasFreeKey: Bool) -> [Letter.Pointer]? {
        guard first != nil else { return nil }
        var pointers: [Letter.Pointer] = []
        if hasFreeKey {
            pointers.append(
                Letter.Pointer(
                    "Security keys are given away at the moment, and you are among those whom they are for. This page "
                        + "says from when on you can ask for some:",
                    paths: [Place.giveaway.path]))
        }
        let delayable = news.filter(\.canDelay).map { Place.projectSecurity($0.designation.name).path }.uniqued
        if !delayable.isEmpty {
            pointers.append(
                Letter.Pointer(
                    "If you cannot make it in time, you can put it off by \(MandateRule.delayDays) days, once"
                        + (delayable.count == 1 ? ":" : " for each of these projects:"),
                    paths: delayable))
        }
        return pointers.isEmpty ? nil : pointers
    }
}

extension Demand.Requirement {
    /// What has to be added to an account that lacks some of what is asked; after "add".
    fileprivate static func toAdd(_ lacking: [Demand.Requirement], to holdings: FactorHoldings) -> String {
        let needed = lacking.map(\.assurance).max() ?? .password
        guard lacking.contains(.spare) else { return needed.words }
        switch (holdings.securityKeys, needed) {
        // The second key is the spare.
        case (1..., .attestedHardware): return needed.words
        case (1..., _): return "a second key or printed recovery codes"
        case (_, .attestedHardware): return "\(needed.words), and a second key or printed recovery codes"
        // They are a second factor, and resist phishing.
        case (_, .anonymous), (_, .password), (_, .secondFactor), (_, .phishingResistant):
            return "two security keys, or one and printed recovery codes"
        }
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

import Accounts
import Acts
import PackagingFormats
import UTC

extension WayThrough {
    /// The ways that are open, the quickest first: what one can do at once and for good, what one can do at once and for
    /// a while, what others have to do, and time. Those who run the index come last, and always.
    ///
    /// None is named that would lead to the same refusal again.
    ///
    /// - Parameter facts: about the name and the person, as the refusal rests on them. Where nothing more was looked up of
    ///   the person, fewer ways are named.
    static func ways(from refusal: MandateRefusal, knowing facts: MandateFacts, at now: Timestamp) -> [WayThrough] {
        var ways: [WayThrough] = []
        let probation = facts.probationUntil.flatMap { now < $0 ? $0 : nil }
        switch refusal.missing {
        case .assurance(let needed, let accountHasIt):
            ways = own(refusal, needed, accountHasIt: accountHasIt, facts, probation)
        case .probation: break
        case .spare(let hasKey): ways = [.addSpare(hasKey: hasKey)]
        }
        let isOpenAtOnce = !ways.isEmpty && ways.allSatisfy(\.isOpenAtOnce)
        if let delay = delay(of: refusal, knowing: facts, at: now) {
            ways.insert(delay, at: isOpenAtOnce ? ways.endIndex : ways.startIndex)
        }
        let canVouch = !isOpenAtOnce && refusal.missing.isOfFactor && canBeVouchedFor(facts, probation)
        if canVouch, let person = facts.person, !person.vouchers.isEmpty {
            ways.append(.vouching(by: person.vouchers, for: person.user))
        }
        if let probation, refusal.missing.isOfFactor { ways.append(.wait(until: probation)) }
        return ways + [.administrators(canVouch: canVouch)]
    }

    /// What the person can do about a strength that lacks.
    private static func own(
        _ refusal: MandateRefusal, _ needed: Assurance, accountHasIt: Bool, _ facts: MandateFacts,
        _ probation: Timestamp?
    ) -> [WayThrough] {
        let isToken = refusal.credential == .token
        if accountHasIt {
            // While it is on probation, what one shows of it is refused as well.
            guard probation == nil else { return [] }
            switch refusal.credential {
            case .token: return [.newToken(needed)]
            case .session: return [.showFactor(needed)]
            case .account: return []
            }
        }
        let counting: Counting =
            if let probation {
                .from(probation)
            } else if facts.holdings.strongest > .password {
                .atOnce
            } else if facts.person?.gaps.isEmpty ?? false {
                .atOnceInKnownBrowser
            } else {
                .afterProbation
            }
        return [.addFactor(needed, counting, withNewToken: isToken)]
    }

    /// Whether somebody else can spare them the wait: for a first factor only, one that waits or one that is yet to be
    /// added.
    private static func canBeVouchedFor(_ facts: MandateFacts, _ probation: Timestamp?) -> Bool {
        probation == nil ? facts.holdings.strongest <= .password : facts.probationReason?.canBeEnded ?? false
    }

    /// That it can be put off, where what was tried would be allowed then.
    private static func delay(
        of refusal: MandateRefusal, knowing facts: MandateFacts, at now: Timestamp
    ) -> WayThrough? {
        var delayed = facts
        do throws(CriticalRefusal) {
            delayed.delay = try Mandate.delay(of: refusal.project, knowing: facts, at: now)
        } catch {
            return nil
        }
        guard let until = delayed.delay?.until, !Mandate.refuses(refusal, knowing: delayed, at: now) else { return nil }
        return .delay(refusal.project, until: until)
    }

    /// Whether those who go it are through in minutes, for good, and by themselves.
    private var isOpenAtOnce: Bool {
        switch self {
        case .showFactor, .newToken, .addSpare, .addFactor(_, .atOnce, _), .addFactor(_, .atOnceInKnownBrowser, _): true
        case .addFactor(_, .afterProbation, _), .addFactor(_, .from, _), .delay, .vouching, .wait, .administrators:
            false
        }
    }
}

extension MandateRefusal.Missing {
    fileprivate var isOfFactor: Bool {
        switch self {
        case .assurance, .probation: true
        case .spare: false
        }
    }
}

extension WayThrough {
    /// What to do, in whole sentences.
    public var guidance: Guidance {
        switch self {
        case .showFactor(let needed): "Show \(needed.words) at \(Place.showFactor): your account has it."
        case .newToken(let needed):
            "This token was made with less than your account has. Sign in with \(needed.words) and make a new token at "
                + "\(Place.tokens)."
        case .addFactor(let needed, let counting, let withNewToken):
            adding(needed, counting) + (withNewToken ? " Then make a new token at \(Place.tokens)." : "")
        case .addSpare(hasKey: true): "Add a second key, or make recovery codes and print them, at \(Place.factors)."
        case .addSpare(hasKey: false): "Add them at \(Place.factors)."
        case .delay(let project, let until):
            "Put it off until \(until.day.readable), once, with the button at \(Place.delay(project)): until then "
                + "it goes on as before."
        case .vouching(let vouchers, let user):
            "Ask \(vouchers.orWords) to vouch for it at \(Place.vouch(for: user)): it counts as soon as they do."
        case .wait(let until): "Wait: it counts from \(until.minuteUTC)."
        case .administrators(canVouch: true): "Ask \(Place.administrators) to vouch for it."
        case .administrators(canVouch: false): "Ask \(Place.administrators)."
        }
    }

    private func adding(_ needed: Assurance, _ counting: Counting) -> Guidance {
        let what = "Add \(needed.words) at "
        return switch counting {
        case .atOnce: "\(what)\(Place.factors): it counts at once."
        case .atOnceInKnownBrowser:
            "\(what)\(Place.factors), in a browser in which you have signed in for "
                + "\(FirstFactorEvidence.browserAge.inDays) or longer: it counts at once."
        case .afterProbation: "\(what)\(Place.factors): it counts \(Probation.lengthWords) later."
        case .from(let until): "\(what)\(Place.factors): it counts from \(until.minuteUTC)."
        }
    }
}

extension [WayThrough] {
    /// The first, in one line; with the moment from which what waits counts by itself.
    public var quickest: Guidance {
        let waits: Guidance? = lazy.compactMap { way in
            if case .wait(let until) = way {
                "Yours is too new or was recovered lately: it counts from \(until.minuteUTC)."
            } else {
                nil
            }
        }.first
        return [waits, withoutWaiting.first?.guidance].compactMap { $0 }.joined
    }

    /// What `quickest` does not say.
    public var others: [Guidance] { withoutWaiting.dropFirst().map(\.guidance) }

    /// Until when it can be put off; nil where that is not open, or would open nothing.
    public var delayUntil: Timestamp? {
        lazy.compactMap { if case .delay(_, let until) = $0 { until } else { nil } }.first
    }

    /// Those that take more than time.
    public var withoutWaiting: [WayThrough] { filter { if case .wait = $0 { false } else { true } } }
}

extension [Guidance] {
    /// One after the other, with blanks between.
    fileprivate var joined: Guidance {
        guard let first else { return "" }
        return dropFirst().reduce(first) { $0 + " " + $1 }
    }
}

extension [Username] {
    /// How many are named before it says how many more there are.
    private static var named: Int { 3 }

    /// `grace`, `grace or bob`, `grace, bob, eve or one of 4 others`
    public var orWords: String {
        let more = count - Self.named
        let names = prefix(Self.named).map(\.display) + (more > 0 ? ["one of \(more) more"] : [])
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }
}

import WebAuthn

/// What the relying party makes of an attestation, in the words of a case.
///
/// Words that are not known make it stricter, never laxer.
struct AttestationPolicy: Equatable {
    /// Whether a chain to an anchor is demanded.
    enum Chain {
        /// Not: an attestation that is not trusted counts as none.
        case ignored
        /// Where there are anchors.
        case whereAnchored
        /// Always.
        case demanded
    }

    /// What vouches for a credential without a certificate.
    enum Uncertified {
        case none, itself
    }

    private(set) var chain = Chain.whereAnchored
    /// What is not taken.
    private(set) var refused: Set<Uncertified> = []
    /// What is taken though a chain is demanded of what has one.
    private(set) var allowed: Set<Uncertified> = []

    /// Reads clauses like `optional`, `trusted roots only`, `basic`, `no self attestation`; nil is the policy without
    /// one.
    init(_ text: String?) {
        guard let text else { return }
        let clauses = text.lowercased().replacing(" but ", with: ",").split { ",;.".contains($0) }
        guard !clauses.isEmpty else {
            chain = .demanded
            return
        }
        var chains = clauses.compactMap { read(Set($0.split { !$0.isLetter && !$0.isNumber }.map(String.init))) }
        if clauses.count == 1, allowed == [.none], refused.isEmpty, chains.isEmpty { chains = [.ignored] }
        allowed.subtract(refused)
        chain = chains.contains(.demanded) ? .demanded : chains.contains(.ignored) ? .ignored : .whereAnchored
    }

    /// Notes what one clause says of kinds, and returns what it says of chains.
    private mutating func read(_ words: Set<String>) -> Chain? {
        let isNegated = !words.isDisjoint(with: Self.negations)
        if words.contains("untrusted") || !words.isDisjoint(with: Self.anchors) { return .demanded }
        if !words.isDisjoint(with: Self.demands) { return isNegated ? .ignored : .demanded }
        if !words.isDisjoint(with: Self.options) { return isNegated ? .demanded : .ignored }
        var kinds: Set<Uncertified> = []
        if words.contains("none") { kinds.insert(.none) }
        if words.contains("self") { kinds.insert(.itself) }
        if !kinds.isEmpty {
            if isNegated { refused.formUnion(kinds) } else { allowed.formUnion(kinds) }
            return nil
        }
        if isNegated { return .demanded }
        if !words.isDisjoint(with: Self.certificates) {
            refused = [.none, .itself]
            return nil
        }
        return words.isDisjoint(with: Self.conveyances) ? .demanded : nil
    }

    private static let negations: Set = [
        "no", "not", "non", "never", "without", "refuse", "refused", "refuses", "reject", "rejected", "rejects",
        "forbid", "forbidden", "disallow", "disallowed", "deny", "denied",
    ]
    private static let anchors: Set = ["trusted", "trust", "root", "roots", "anchor", "anchors", "anchored", "chain"]
    private static let demands: Set = ["required", "require", "requires", "mandatory", "demanded", "needed"]
    private static let options: Set = ["optional", "any", "ignored", "ignore"]
    private static let certificates: Set = [
        "basic", "certified", "certificate", "certificates", "batch", "attca", "anonca",
    ]
    /// What a browser is asked for says nothing of what is taken.
    private static let conveyances: Set = ["direct", "indirect", "enterprise", "preferred", "verified", "verify"]
}

extension Attestation {
    /// What it has in place of a certificate; empty where it has one.
    var uncertified: Set<AttestationPolicy.Uncertified> {
        switch kind {
        case .none: return [.none]
        case .itself: return [.itself]
        case .certified: return []
        case .several(let parts):
            let kinds = parts.map(\.uncertified)
            return kinds.contains([]) ? [] : kinds.reduce(into: []) { $0.formUnion($1) }
        }
    }
}

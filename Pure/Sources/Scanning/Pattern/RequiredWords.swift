import Bytes

/// Which words occur in whatever matches a pattern.
enum RequiredWords {
    private static let countLimit = 24
    private static let lengthLimit = 24

    /// One of these occurs in whatever matches, in lower case; nil when there is no such list.
    static func of(_ node: PatternNode) -> [[UInt8]]? {
        let facts = Facts(node)
        return better(facts.exact.flatMap { $0.contains([]) ? nil : $0 }, facts.best).map {
            Array(Set($0)).sorted { $0.lexicographicallyPrecedes($1) }
        }
    }

    /// The list whose shortest word is the longer.
    private static func better(_ one: [[UInt8]]?, _ other: [[UInt8]]?) -> [[UInt8]]? {
        guard let one else { return other }
        guard let other else { return one }
        let (first, second) = (one.map(\.count).min() ?? 0, other.map(\.count).min() ?? 0)
        return first == second ? (one.count <= other.count ? one : other) : (first > second ? one : other)
    }

    private struct Facts {
        /// All that the node can match, if it is little; in lower case.
        var exact: [[UInt8]]?
        /// The best list of words so far.
        var best: [[UInt8]]?

        init(_ node: PatternNode) {
            switch node {
            case .bytes(let set):
                let bytes = Set(set.members.map(\.asciiLowercased))
                exact = bytes.count <= 16 ? bytes.sorted().map { [$0] } : nil
            case .check: exact = [[]]
            case .sequence(let nodes):
                var run: [[UInt8]]? = [[]]
                var isWhole = true
                for node in nodes {
                    let facts = Facts(node)
                    best = better(best, facts.best)
                    if let exact = facts.exact, let longer = Self.product(run ?? [[]], exact) {
                        run = longer
                    } else {
                        isWhole = false
                        keep(run)
                        run = facts.exact
                    }
                    if facts.exact == nil { run = nil }
                }
                if isWhole { exact = run } else { keep(run) }
            case .choice(let nodes):
                let facts = nodes.map { Facts($0) }
                let all = facts.compactMap(\.exact).flatMap(\.self)
                if facts.allSatisfy({ $0.exact != nil }), all.count <= countLimit { exact = all }
                let lists = facts.compactMap { better($0.exact.flatMap { $0.contains([]) ? nil : $0 }, $0.best) }
                let words = lists.flatMap(\.self)
                if lists.count == facts.count, words.count <= 400 { best = words }
            case .repeated(let node, let least, let most):
                guard least > 0 else {
                    let facts = Facts(node)
                    if most == 1, let inner = facts.exact, inner.count < countLimit { exact = [[]] + inner }
                    return
                }
                let facts = Facts(node)
                best = better(facts.exact.flatMap { $0.contains([]) ? nil : $0 }, facts.best)
                if least == 1, most == 1 { exact = facts.exact }
                if let inner = facts.exact, inner.count == 1, least > 1, least * inner[0].count <= lengthLimit {
                    best = [Array(repeatElement(inner[0], count: least).joined())]
                }
            }
        }

        private mutating func keep(_ run: [[UInt8]]?) {
            guard let run, !run.contains([]) else { return }
            best = better(best, run)
        }

        private static func product(_ one: [[UInt8]], _ other: [[UInt8]]) -> [[UInt8]]? {
            guard one.count * other.count <= countLimit else { return nil }
            let result = one.flatMap { start in other.map { start + $0 } }
            return result.allSatisfy { $0.count <= lengthLimit } ? result : nil
        }
    }
}

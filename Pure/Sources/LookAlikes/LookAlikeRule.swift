/// How much likeness is believed of which name: the numbers, and why they are what they are.
///
/// They were set on fifteen thousand popular names and as many that were popular once: which slips do honest names have
/// that are no slips? Transposed, repeated and neighbouring keys next to none, whatever the length; other letters many, as
/// long as the name is short.
public enum LookAlikeRule {
    /// The shortest target, in letters and digits, for which a slip makes a name be looked at, and held; nil for never.
    public static func leastLength(for slip: Slip, of tier: NameCorpus.Tier) -> (review: Int?, hold: Int?) {
        let row = table[slip.kind] ?? ([], [])
        // Who types a name gets its beginning right, and honest names differ in it.
        let more = slip.isFirst ? (tier <= .popular ? 1 : 2) : 0
        func least(_ column: [Int]) -> Int? { tier.rawValue < column.count ? column[tier.rawValue] + more : nil }
        return (least(row.review), least(row.hold))
    }

    /// By kind: for leading, popular, known and other names.
    private static let table: [Slip.Kind: (review: [Int], hold: [Int])] = [
        .transposition: ([3, 3, 4, 5], [5, 5, 6]),
        .repetition: ([3, 4, 4, 6], [5, 5, 5]),
        .additionalKey: ([4, 4, 5, 7], [5, 5, 6]),
        .adjacentKey: ([4, 4, 6, 7], [6, 6, 7]),
        .homoglyph: ([4, 4, 6, 8], [6, 9, 9]),
        .omission: ([4, 4, 6, 9], [6, 9, 11]),
        .insertion: ([4, 5, 8], [9]),
        .bitFlip: ([5, 7, 9], [8]),
        .substitution: ([5, 7, 9], [8]),
        .plural: ([5, 6], []),
        .version: ([3], []),
    ]

    /// The shortest leading name of which two slips are believed, in letters and digits.
    static let leastForTwoSlips = 10
    /// The shortest popular one.
    static let leastForTwoSlipsOfPopular = 13
    /// The shortest core for which an affix makes a look-alike, of a leading and of a popular name.
    static let leastForAffix = (leading: 3, popular: 6)
    /// The shortest name that is glued to a word without a separator.
    static let leastForGlue = 6
    /// The shortest brand whose name before others makes a look-alike.
    static let leastForBrand = 4
    /// How many names that differ in one word make a family.
    static let family = 4

    /// What is put behind a name to look like a part of it.
    static let suffixes: Set<String> = [
        "api", "async", "beta", "binary", "cli", "client", "core", "dev", "ext", "fix", "helper", "latest", "lib",
        "libs",
        "lite", "module", "modules", "new", "ng", "official", "package", "plus", "pro", "sdk", "server", "test", "tool",
        "toolkit", "tools", "types", "util", "utils", "v2", "v3", "wrapper", "x",
    ]
    /// What is put before one.
    static let prefixes: Set<String> = [
        "easy", "get", "go", "js", "lib", "my", "new", "node", "pip", "real", "simple", "the",
    ]
    /// What is glued to one.
    static let glue = ["ai", "dbfix", "dev", "fix", "lib", "lite", "new", "official", "plus", "pro", "src", "v2", "x"]
}

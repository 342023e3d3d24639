import PackagingFormats
import Testing

@testable import LookAlikes

@Suite("A look-alike") struct LookAlikeTests {
    /// Names that are much downloaded, the most first.
    private static let leading = """
        boto3 packaging requests urllib3 setuptools certifi charset-normalizer idna typing-extensions botocore \
        python-dateutil six numpy pyyaml cryptography s3transfer pip wheel pydantic pandas click jinja2 markupsafe attrs \
        aiohttp protobuf fsspec rsa pytest colorama awscli scikit-learn beautifulsoup4 lxml pillow sqlalchemy flask django \
        tensorflow selenium pymongo opencv-python matplotlib virtualenv redis discord-py types-boto-sqs
        """.split(separator: " ").map(String.init)

    /// Fifteen thousand others, which are like nothing that anybody types.
    private static let filler = (0..<16_000).map { "zz\(String($0, radix: 7))qx\(String($0 &* 7_919, radix: 9))" }

    /// The leading names, the one in the middle of each later tier, and an operator's brand.
    private static let corpus: NameCorpus = {
        var popular: [(name: String, downloads: Int)] = leading.enumerated().map { ($1, 10_000_000 - $0) }
        popular += filler.enumerated().map { ($1, 1_000_000 - $0) }
        popular += [("freqtrade", 999_000), ("bitcoinlib", 990_000), ("vyper", 990_001), ("cryptofeed", 1)]
        popular += (0..<5).map { ("types-boto-x\($0)", 999_500) }
        popular += [("django-tags", 990_003), ("django-tabs", 990_004), ("flask-tags", 3), ("flask-tabs", 2)]
        return NameCorpus(popular: popular, protected: ["acme", "acme-billing"])
    }()

    // The columns are the point.
    // swift-format-ignore
    static let table: [(name: String, verdict: LookAlike.Verdict, target: String?, mechanism: String?)] = [
        ("reqeusts",            .hold,   "requests",        "transposition"),
        ("requestss",           .hold,   "requests",        "repetition"),
        ("requersts",           .hold,   "requests",        "additional-key"),
        ("requesrs",            .hold,   "requests",        "adjacent-key"),
        ("reqests",             .hold,   "requests",        "omission"),
        ("requejts",            .hold,   "requests",        "substitution"),
        ("diango",              .hold,   "django",          "homoglyph"),
        ("nurnpy",              .review, "numpy",           "looks-the-same"),
        ("co1orama",            .hold,   "colorama",        "looks-the-same"),
        ("setup-tools",         .hold,   "setuptools",      "separators"),
        ("scikitlearn",         .hold,   "scikit-learn",    "separators"),
        ("flasks",              .review, "flask",           "plural"),
        ("boto",                .review, "boto3",           "version"),
        ("typing-extention",    .review, "typing-extensions", "two-slips"),
        ("dateutil-python",     .review, "python-dateutil", "word-order"),
        ("python-requests",     .review, "requests",        "python-affix"),
        ("pydateutil",          .review, "python-dateutil", "python-affix"),
        ("redis-py",            .review, "redis",           "python-affix"),
        ("requests-sdk",        .review, "requests",        "affix"),
        ("my-requests",         .review, "requests",        "affix"),
        ("requestsfix",         .review, "requests",        "affix"),
        ("acme-login",          .review, "acme",            "scope"),
        ("acmee-billing",       .hold,   "acme-billing",    "repetition"),
        ("telnetlib",           .review, "telnetlib",       "standard-library"),
        // Further down, more likeness is needed, or a longer name.
        ("freqtrad",            .hold,   "freqtrade",       "omission"),
        ("freqtradee",          .hold,   "freqtrade",       "repetition"),
        ("bitcoinlob",          .hold,   "bitcoinlib",      "adjacent-key"),
        ("vypep",               .clear,  nil,               nil),
        ("vyperr",              .hold,   "vyper",           "repetition"),
        ("cryptofed",           .review, "cryptofeed",      "repetition"),
        ("cryptofeedp",         .clear,  nil,               nil),
        // Who types gets the first letter right.
        ("kitcoinlib",          .clear,  nil,               nil),
        // Siblings of a family, and words that others have as well.
        ("types-boto-sns",      .clear,  nil,               nil),
        ("django-taqs",         .review, "django-tabs",     "substitution"),
        ("requests",            .clear,  nil,               nil),
        ("pic",                 .clear,  nil,               nil),
        ("an-honest-new-name",  .clear,  nil,               nil),
        ("x",                   .clear,  nil,               nil),
    ]

    @Test("has a verdict, a target and a mechanism", arguments: table)
    func verdicts(name: String, verdict: LookAlike.Verdict, target: String?, mechanism: String?) throws {
        let look = Self.corpus.judge(try ProjectName(parsing: name))
        #expect(look.verdict == verdict)
        #expect(look.target == target)
        #expect(look.mechanism?.code == mechanism)
    }

    @Test("of a name of one's own is none")
    func own() throws {
        #expect(Self.corpus.judge(try ProjectName(parsing: "requestss"), own: ["requests"]) == .clear)
        #expect(Self.corpus.judge(try ProjectName(parsing: "acme-login"), own: ["acme", "acme-billing"]) == .clear)
        #expect(Self.corpus.judge(try ProjectName(parsing: "requestss"), own: ["flask"]).target == "requests")
    }

    @Test("is judged the same, in whatever order the names were put in")
    func order() throws {
        let names = Self.leading.enumerated().map { (name: $1, downloads: 1_000 - $0) }
        let (one, other) = (NameCorpus(popular: names), NameCorpus(popular: names.reversed()))
        for row in Self.table {
            let name = try ProjectName(parsing: row.name)
            #expect(one.judge(name) == other.judge(name))
        }
    }

    @Test("needs no less of a name that has less to lose")
    func tiers() {
        for kind in Slip.Kind.allCases {
            for isFirst in [true, false] {
                let slip = Slip(kind: kind, isFirst: isFirst)
                let rows = NameCorpus.Tier.allCases.map { LookAlikeRule.leastLength(for: slip, of: $0) }
                for (above, below) in zip(rows, rows.dropFirst()) {
                    #expect((above.review ?? .max) <= (below.review ?? .max))
                    #expect((above.hold ?? .max) <= (below.hold ?? .max))
                }
                for row in rows { #expect((row.review ?? .max) <= (row.hold ?? .max)) }
            }
        }
    }

    @Test("of what is short, long or strange is none")
    func strange() throws {
        let names = ["x", String(repeating: "a", count: 250), String(repeating: "py", count: 125), "a-------------b"]
        for name in try names.map(ProjectName.init(parsing:)) {
            #expect(NameCorpus(popular: []).judge(name) == .clear)
            #expect(Self.corpus.judge(name).verdict == .clear)
        }
    }
}

import LookAlikes
import Testing

@Suite("A slip") struct SlipTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(name: String, target: String, kind: Slip.Kind?, isFirst: Bool)] = [
        ("reqeusts",   "requests",  .transposition, false),
        ("erquests",   "requests",  .transposition, true),
        ("requestss",  "requests",  .repetition,    false),
        ("rrequests",  "requests",  .repetition,    false),
        ("pilow",      "pillow",    .repetition,    false),
        ("requersts",  "requests",  .additionalKey, false),
        ("trequests",  "requests",  .additionalKey, true),
        ("requesrs",   "requests",  .adjacentKey,   false),
        ("diango",     "django",    .homoglyph,     false),
        ("1xml",       "lxml",      .homoglyph,     true),
        ("numpi",      "numpy",     .homoglyph,     false),
        ("dgango",     "django",    .homoglyph,     false),
        ("djanwo",     "django",    .bitFlip,       false),
        ("reqests",    "requests",  .omission,      false),
        ("equests",    "requests",  .omission,      true),
        ("requepsts",  "requests",  .insertion,     false),
        ("requejts",   "requests",  .substitution,  false),
        ("pandass",    "pandas",    .repetition,    false),
        ("flasks",     "flask",     .plural,        false),
        ("request",    "requests",  .plural,        false),
        ("boto",       "boto3",     .version,       false),
        ("boto33",     "boto3",     .repetition,    false),
        ("boto4",      "boto3",     .version,       false),
        ("flask2",     "flask",     .version,       false),
        ("requests",   "requests",  nil,            false),
        ("rqeusets",   "requests",  nil,            false),
        ("req",        "requests",  nil,            false),
        ("ab",         "ba",        .transposition, true),
        ("a",          "",          .insertion,     true),
        ("",           "",          nil,            false),
    ]

    @Test("has a kind, and is the first letter's or not", arguments: table)
    func kinds(name: String, target: String, kind: Slip.Kind?, isFirst: Bool) {
        let slip = Slip.between(Array(name.utf8), Array(target.utf8))
        #expect(slip?.kind == kind)
        if kind != nil { #expect(slip?.isFirst == isFirst) }
    }
}

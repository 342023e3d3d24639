import Acts
import Findings
import LookAlikes
import PackagingFormats
import ReleaseDifferences
import UTC
import Verdicts

/// The cases of the golden table of verdicts, in words.
enum VerdictTable {
    struct Case: Sendable {
        let words: String
        var age: Duration? = .days(900)
        var differences: [ReleaseDifference] = []
        var findings: [Finding] = []
        var findingsBefore: [Finding] = []
        var end: Look.End = .complete
        var change: @Sendable (inout VerdictFacts) -> Void = { _ in }
    }

    static func finding(
        _ severity: Severity, path: String = "demo/core.py", evidence: String = "exec(x)", isConfidential: Bool = false
    ) -> Finding {
        Finding(
            rule: "decode-and-exec", severity: severity, path: path, line: 3, evidence: evidence,
            why: "It decodes text and runs it.", isConfidential: isConfidential)
    }

    static let pth = ReleaseDifference.newHook(.startCode(path: "demo.pth"))
    static let steals = ReleaseDifference.firstPair(
        pair(.credentials, .network), path: "demo/core.py", line: 3, evidence: ".aws/credentials")
    static let fetches = ReleaseDifference.firstPair(
        pair(.network, .dynamicCode), path: "demo/core.py", line: 3, evidence: "exec")
    static func pair(_ first: Capability, _ second: Capability) -> CapabilityPair {
        CapabilityPair.all.first { $0.first == first && $0.second == second } ?? CapabilityPair.all[0]
    }

    static let network = ReleaseDifference.firstCapability(
        .network, path: "demo/core.py", line: 3, evidence: "urllib.request")
    static let execution = ReleaseDifference.firstCapability(
        .execution, path: "demo/core.py", line: 4, evidence: "subprocess")
    static let native = ReleaseDifference.firstCapability(
        .nativeCode, path: "demo/core.py", line: 5, evidence: "ctypes")

    static let cases: [Case] = [
        Case(words: "nothing"),
        Case(words: "first use of the network", differences: [network]),
        Case(
            words: "first use of the network, of programs and of machine code",
            differences: [network, execution, native]),
        Case(words: "fetches code and runs it", differences: [fetches]),
        Case(
            words: "fetches code and runs it, with a new tool from elsewhere",
            differences: [
                fetches, .newTool("twine", instead: "uv"), .newAddressBlock,
            ]),
        Case(
            words: "fetches code and runs it, with a credential that proves less from elsewhere",
            differences: [
                fetches, .weakerCredential(.password, instead: .phishingResistant), .newAddressBlock,
            ]),
        Case(words: "reads credentials and sends them", differences: [steals]),
        Case(words: "a new .pth file with code", differences: [pth]),
        Case(
            words: "a new .pth file with code, by somebody who is new",
            differences: [
                pth, .newPerson("mallory", since: .days(2)),
            ]),
        Case(words: "a new .pth file with code, in a young project", age: .days(29), differences: [pth]),
        Case(
            words: "a new .pth file with code, in a project that is just not young", age: .days(30), differences: [pth]),
        Case(words: "a cmdclass that was not there", differences: [.newHook(.commandClass)]),
        Case(
            words: "a new uploader with a new tool from elsewhere, after two years",
            differences: [
                .newUploader("mallory"), .newTool("twine", instead: "uv"), .newAddressBlock, .woken(after: .days(730)),
            ]),
        Case(words: "lost its attestation", differences: [.lostAttestation]),
        Case(words: "added late", differences: [.lateFile(.days(15))]),
        Case(words: "a young dependency", differences: [.dependency("fresh", .young(.days(29)))]),
        Case(
            words: "a dependency that looks like another, by a new uploader",
            differences: [
                .dependency("rsquests", .lookAlike(of: "requests")), .newUploader("mallory"), .newAddressBlock,
            ]),
        Case(words: "a new finding of severity high", findings: [finding(.high)]),
        Case(
            words: "five new findings of severity high",
            findings: (1...5).map { finding(.high, evidence: "exec(\($0))") }),
        Case(
            words: "five findings of severity high that were there before",
            findings: (1...5).map { finding(.high, evidence: "exec(\($0))") },
            findingsBefore: (1...5).map { finding(.high, evidence: "exec(\($0))") }),
        Case(words: "a new finding of severity high in a test", findings: [finding(.high, path: "tests/test_a.py")]),
        Case(
            words: "a new finding of severity high, and it fetches code and runs it", differences: [fetches],
            findings: [finding(.high)]),
        Case(
            words: "two new findings of severity medium", findings: [finding(.medium), finding(.medium, evidence: "y")]),
        Case(words: "a secret of the author's own", findings: [finding(.high, isConfidential: true)]),
        Case(words: "the look reached a bound", end: .bounded("nested five deep")),
        Case(words: "the look failed", end: .failed("it ran out of its time")),
        Case(words: "a new name that is like a popular one: hold", age: nil) { $0.name = alike(.hold) },
        Case(words: "a new name that is like a popular one: review", age: nil) { $0.name = alike(.review) },
        Case(words: "a new name that is like a popular one: review, and a .pth file", age: nil, differences: [pth]) {
            $0.name = alike(.review)
        },
        Case(words: "bytes that an advisory knows") { $0.knownDigest = "MAL-2026-1" },
        Case(words: "a project that an advisory knows") { $0.knownName = "MAL-2026-2" },
        Case(words: "an archive that lies") { $0.lyingArchive = "Its directory names a file twice." },
    ]

    /// A verdict about a name, of the corpus itself: `requests` with one letter more or less.
    static func alike(_ verdict: LookAlike.Verdict) -> LookAlike? {
        let popular = (0..<4_000).map { (name: "filler-\(inLetters($0))", downloads: 5_000 - $0) }
        let corpus = NameCorpus(popular: [(name: "requests", downloads: 900_000)] + popular)
        let names = [
            "requestss", "reqests", "rrequests", "requets", "requests-sdk", "requests2", "requestz", "requestt",
        ]
        return names.lazy.compactMap { try? ProjectName(parsing: $0) }.map { corpus.judge($0) }
            .first { $0.verdict == verdict }
    }

    private static func inLetters(_ number: Int) -> String {
        String(
            String(number).map { Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8($0.wholeNumberValue ?? 0) * 2)) })
    }

    static func facts(_ row: Case, _ tier: ProjectTier) -> VerdictFacts {
        var facts = VerdictFacts(
            tier: tier, projectAge: row.age, look: Look(findings: row.findings, version: "rules 1", end: row.end),
            findingsBefore: row.findingsBefore, differences: row.differences, dataVersion: "names 1")
        row.change(&facts)
        return facts
    }

    static let enforced = DefenceSettings(
        modes: [.critical: .enforce, .popular: .enforce, .other: .enforce], whenNotLookedAt: .hold)

    static var text: String {
        var text = ""
        for row in cases {
            text += "\(row.words)\n"
            for tier in ProjectTier.allCases {
                let verdict = VerdictPolicy.decide(facts(row, tier), under: enforced)
                text += "    \(tier.rawValue): \(verdict.points) points, \(words(verdict.outcome))\n"
            }
            for cause in VerdictPolicy.decide(facts(row, .popular), under: enforced).causes {
                text += "    - \(cause.code): \(cause.words)\n"
            }
        }
        return text
    }

    static func words(_ outcome: VerdictOutcome) -> String {
        switch outcome {
        case .publish, .queue, .refuse: outcome.code
        case .hold(let hold):
            "hold for \(hold.lasts.inDays) (\(hold.decider.rawValue) decides), then \(hold.end.rawValue)"
        }
    }
}

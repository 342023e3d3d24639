import Findings
import Testing

@Suite("What a rule found")
struct FindingTests {
    @Test("Evidence is one short line, whatever stands in the file")
    func evidenceIsShort() {
        let finding = Finding(
            rule: "long", severity: .low, path: "a.py", line: 1, evidence: String(repeating: "x", count: 5_000), why: ""
        )
        #expect(finding.evidence.count == 200)
    }

    @Test("Severities are in the order of how bad they are")
    func severitiesAreOrdered() {
        #expect(Severity.allCases.sorted() == [.note, .low, .medium, .high])
    }
}

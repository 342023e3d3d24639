import Acts
import Findings
import LookAlikes
import PackagingFormats
import ReleaseDifferences
import Testing
import UTC
import Verdicts

@Suite("Releases that somebody else made") struct TakeoverTests {
    static let now = Timestamp(seconds: 1_780_000_000)

    static func inventory(_ files: [String: String], _ kind: ReleaseInventory.Kind) -> ReleaseInventory {
        var builder = InventoryBuilder(kind: kind)
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            // Characters up to U+00FF stand for bytes.
            let bytes =
                text.unicodeScalars.allSatisfy { $0.value < 256 }
                ? text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } : Array(text.utf8)
            let isWheel = if case .wheel = kind { true } else { false }
            builder.add(path: isWheel && path.hasPrefix(".dist-info") ? "demo-1.0\(path)" : path, content: bytes)
        }
        return builder.inventory()
    }

    static func differences(_ takeover: Takeover) throws -> [ReleaseDifference] {
        let (old, new) = try (Version(parsing: "1.0"), Version(parsing: "1.1"))
        // The top of an sdist has the version in its name.
        let before = takeover.before
        var after = Dictionary(
            takeover.before.map { ($0.key.replacing("demo-1.0/", with: "demo-1.1/"), $0.value) },
            uniquingKeysWith: { $1 })
        after.merge(takeover.after) { $1 }
        let wheel = inventory(after, takeover.kind)
        var found = ReleaseDifference.between(inventory(before, takeover.kind), wheel, doubts: takeover.doubts)
        if let source = takeover.source {
            found += ReleaseDifference.ofWheel(wheel, against: inventory(source, .sourceDistribution))
        }
        let usual = Publication(
            version: old, at: now - .days(30), uploader: "ada", tool: "uv", addressBlock: "192.0.2.0/24",
            assurance: .phishingResistant)
        var publication = usual
        publication.version = new
        publication.at = now
        if takeover.isStolenToken {
            publication.tool = "twine"
            publication.addressBlock = "198.51.100.0/24"
            publication.assurance = .password
        }
        return found + ReleaseDifference.between(ProjectHistory(publications: [usual]), publication)
    }

    static func verdict(
        _ differences: [ReleaseDifference], tier: ProjectTier = .popular, age: Duration? = .days(900)
    ) -> Verdict {
        let facts = VerdictFacts(
            tier: tier, projectAge: age, look: Look(findings: [], version: "none", end: .complete),
            differences: differences)
        return VerdictPolicy.decide(
            facts, under: DefenceSettings(modes: [.critical: .enforce, .popular: .enforce, .other: .enforce]))
    }

    @Test("are held where others build on the project, by facts alone", arguments: Takeover.all)
    func held(takeover: Takeover) throws {
        let verdict = Self.verdict(try Self.differences(takeover))
        #expect(verdict.outcome.code == "hold", "\(verdict.points): \(verdict.causes.map(\.words))")
    }

    @Test("are looked at wherever they are", arguments: Takeover.all)
    func lookedAt(takeover: Takeover) throws {
        let verdict = Self.verdict(try Self.differences(takeover), tier: .other)
        #expect(["hold", "queue"].contains(verdict.outcome.code), "\(verdict.causes.map(\.words))")
    }

    @Test("are more than thirty, and the same trees without what was added are published")
    func controls() throws {
        #expect(Takeover.all.count >= 30)
        for takeover in Takeover.all {
            let same = Takeover(name: takeover.name, kind: takeover.kind, before: takeover.before, after: [:])
            #expect(Self.verdict(try Self.differences(same)).outcome == .publish, "\(takeover.name)")
        }
    }
}

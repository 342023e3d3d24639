import Acts
import PackagingFormats
import ReleaseDifferences
import Testing
import UTC

@Suite("In what a release came in another way than those before it") struct PublicationTests {
    static let now = Timestamp(seconds: 1_780_000_000)

    static func publication(
        _ version: String = "1.0", daysAgo: Int = 30, _ change: (inout Publication) -> Void = { _ in }
    ) throws -> Publication {
        var publication = Publication(
            version: try Version(parsing: version), at: now - .days(daysAgo), uploader: "ada", tool: "uv",
            addressBlock: "192.0.2.0/24", assurance: .secondFactor, isAttested: true)
        change(&publication)
        return publication
    }

    static func codes(
        _ now: Publication, after history: ProjectHistory
    ) -> [String] { ReleaseDifference.between(history, now).map(\.code) }

    @Test("is nothing where everything is as always, and of a first release nothing but the release itself")
    func same() throws {
        let now = try Self.publication("1.1", daysAgo: 0)
        #expect(try Self.codes(now, after: ProjectHistory(publications: [Self.publication()])) == [])
        #expect(Self.codes(now, after: ProjectHistory()) == [])
    }

    @Test("is each of the facts, by itself")
    func each() throws {
        let history = ProjectHistory(publications: [try Self.publication()])
        // swift-format-ignore
        let table: [(code: String, change: (inout Publication) -> Void)] = [
            ("new-uploader",      { $0.uploader = "mallory" }),
            ("new-tool",          { $0.tool = "twine" }),
            ("new-address-block", { $0.addressBlock = "198.51.100.0/24" }),
            ("weaker-credential", { $0.assurance = .password }),
            ("lost-attestation",  { $0.isAttested = false }),
        ]
        for row in table {
            #expect(Self.codes(try Self.publication("1.1", daysAgo: 0, row.change), after: history) == [row.code])
        }
        let stronger = try Self.publication("1.1", daysAgo: 0) { $0.assurance = .attestedHardware }
        #expect(Self.codes(stronger, after: history) == [])
    }

    // swift-format-ignore
    static let versions: [(String, String, Bool)] = [
        ("1.0", "2.0", false), ("1.9", "10.0", false), ("1.9", "11.0", true), ("1.0", "26.1", false),
        ("1.0", "2026.1", false), ("1.0", "99.0", false), ("1.0", "100.0", true), ("1.0", "9999.0", true),
        ("3.0", "2.0", false), ("1.0", "1!99.0", false),
    ]

    @Test("is a version far ahead, but none that counts years", arguments: versions)
    func ahead(old: String, new: String, isAhead: Bool) throws {
        let history = ProjectHistory(publications: [try Self.publication(old)])
        #expect(Self.codes(try Self.publication(new, daysAgo: 0), after: history) == (isAhead ? ["version-ahead"] : []))
    }

    @Test("is that a project wakes after more than a year, and that a file comes after more than 14 days")
    func times() throws {
        for (days, codes) in [(365, []), (366, ["woken"])] {
            let history = ProjectHistory(publications: [try Self.publication(daysAgo: days)])
            #expect(Self.codes(try Self.publication("1.1", daysAgo: 0), after: history) == codes)
        }
        for (days, codes) in [(14, []), (15, ["late-file"])] {
            let history = ProjectHistory(
                publications: [try Self.publication(daysAgo: days)], releaseBegan: Self.now - .days(days))
            #expect(Self.codes(try Self.publication("1.0", daysAgo: 0), after: history) == codes)
        }
    }

    @Test("is that somebody has had their role since days only")
    func newPerson() throws {
        let history = ProjectHistory(
            publications: [try Self.publication()], newPeople: ["ada": Self.now - .days(3)])
        #expect(Self.codes(try Self.publication("1.1", daysAgo: 0), after: history) == ["new-person"])
    }
}

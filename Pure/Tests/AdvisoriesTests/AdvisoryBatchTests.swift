import Advisories
import PackagingFormats
import Testing
import UTC

@Suite("The documents of one import") struct AdvisoryBatchTests {
    @Test("are named with what is wrong with them: unreadable, twice the same, our own")
    func faults() throws {
        var batch = AdvisoryBatch()
        #expect(batch.look(at: document(), from: "a.json") != nil)
        #expect(batch.look(at: document(), from: "b.json") == nil)
        #expect(batch.look(at: Array("{".utf8), from: "c.json") == nil)
        #expect(batch.look(at: document(id: "RIND-2026-1"), from: "d.json") == nil)
        #expect(
            batch.look(at: document(#"{"package":{"ecosystem":"npm","name":"x"}}"#, id: "GHSA-1"), from: "e.json")
                == nil)
        #expect(batch.look(at: document(id: "PYSEC-2026-2"), from: "f.json") != nil)
        #expect(batch.count == 2 && batch.others == 1)
        #expect(batch.faults.map(\.file) == ["b.json", "c.json", "d.json"])
        #expect(batch.faults[0].description == "b.json: 'PYSEC-2026-1' is the identifier of a.json, too")
    }

    // The columns are the point.
    // swift-format-ignore
    @Test("take the place of what was changed before them, and of nothing that was changed after",
        arguments: [
            (5, nil,          AdvisoryArrival.new),
            (5, (4, false),   .newer),
            (5, (5, false),   .newer),
            (5, (6, false),   .older),
            (5, (5, true),    .same),
        ] as [(Int64, (Int64, Bool)?, AdvisoryArrival)])
    func arrival(modified: Int64, known: (Int64, Bool)?, arrival: AdvisoryArrival) {
        let known = known.map { (modified: Timestamp(seconds: $0.0), isSame: $0.1) }
        #expect(AdvisoryArrival(modified: Timestamp(seconds: modified), known: known) == arrival)
    }
}

@Suite("Versions that are known to be bad") struct KnownBadTests {
    @Test("are those of which an advisory that holds says so, malicious or not")
    func hits() throws {
        let demo = try ProjectName(parsing: "demo")
        let versions = try ["1.0", "2.0"].map { (project: demo, version: try Version(parsing: $0)) }
        let package = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}"#
        let advisories = try [
            document(id: "PYSEC-2026-1"), document(id: "MAL-2026-1"),
            document(package, #","withdrawn":"2026-02-01T00:00:00Z""#, id: "MAL-2026-2"),
        ].map { try AdvisoryDocument(parsing: $0).advisory }
        let hits = KnownBad.hits(among: versions, in: advisories)
        #expect(hits.map(\.advisory.description) == ["MAL-2026-1", "PYSEC-2026-1"])
        #expect(hits.map(\.isMalicious) == [true, false])
        #expect(hits.allSatisfy { $0.version.normalized == "1.0" && $0.project == demo })
    }
}

@Suite("A quarantine as an advisory of the index") struct QuarantineTests {
    private static let since = Timestamp(seconds: 1_780_000_000)

    @Test("is about what nobody can have, under an identifier that stays, until it ends")
    func advisory() throws {
        let demo = try ProjectName(parsing: "Demo")
        let version = try Version(parsing: "1.0")
        func advisory(_ what: Quarantine.What, until: Timestamp? = nil) -> Advisory {
            Quarantine(what, of: demo, reason: "It steals keys", serial: 17, since: Self.since, until: until).advisory
        }
        let project = advisory(.project)
        #expect(project.id.description == "RIND-2026-17" && project.id.isOwn && project.id.ownSerial == 17)
        #expect(project.summary == "Demo is in quarantine" && project.details?.contains("It steals keys") == true)
        #expect(project.holds(for: demo, "0.1.dev1") && project.modified == Self.since)
        let release = advisory(.release(version))
        #expect(release.holds(for: demo, "1.0.0") && !release.holds(for: demo, "1.1"))
        let file = advisory(.file("demo-1.0.tar.gz", of: version))
        #expect(file.holds(for: demo, "1.0") && file.summary == "demo-1.0.tar.gz is in quarantine")
        let ended = advisory(.project, until: Self.since + .seconds(60))
        #expect(ended.withdrawn == ended.modified && ended.modified > Self.since && ended.id == project.id)
        #expect(!ended.holds(for: demo, "1.0"))
        #expect(try AdvisoryDocument(parsing: AdvisoryDocument(release).bytes).advisory == release)
    }

    @Test(
        "has the only identifiers that name a change of this index",
        arguments: [
            ("RIND-2026-17", Int64(17)), ("RIND-2026-017", nil), ("RIND-2026", nil), ("MAL-2026-17", nil),
            ("RIND-2026-x", nil),
        ])
    func identifier(text: String, serial: Int64?) { #expect(AdvisoryID(text)?.ownSerial == serial) }
}

@Suite("What a page says of an advisory") struct AdvisoryLineTests {
    @Test("is its identifier, its first line, how grave it is and where it is fixed")
    func line() throws {
        let demo = try ProjectName(parsing: "demo")
        let text = #"""
            {"package":{"ecosystem":"PyPI","name":"demo"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},
            {"fixed":"1.2"}]}]}
            """#
        let more =
            #","aliases":["PYSEC-1","CVE-2026-1"],"summary":"Reads files","database_specific":{"severity":"HIGH"}"#
        let line = AdvisoryLine(try AdvisoryDocument(parsing: document(text, more)).advisory, of: demo)
        #expect(line.title == "PYSEC-2026-1 (CVE-2026-1)")
        #expect(line.text == "Reads files. Severity: high. Fixed in 1.2.")
        #expect(!line.isGrave)
        let malicious = AdvisoryLine(try AdvisoryDocument(parsing: document(id: "MAL-2026-1")).advisory, of: demo)
        #expect(malicious.title == "MAL-2026-1" && malicious.isGrave)
        #expect(malicious.text == "It is malicious. Do not install it.")
    }

    @Test("is said of at most five, the gravest first, and not of what the status of the project says")
    func five() throws {
        let demo = try ProjectName(parsing: "demo")
        let version = try Version(parsing: "1.0")
        let package = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}"#
        var advisories = try (1...6).map { try AdvisoryDocument(parsing: document(id: "PYSEC-2026-\($0)")).advisory }
        #expect(AdvisoryLine.all(Array(advisories.prefix(5)), of: demo, version).count == 5)
        advisories.append(try AdvisoryDocument(parsing: document(id: "MAL-2026-1")).advisory)
        let high = document(package, #","database_specific":{"severity":"HIGH"}"#, id: "PYSEC-2026-9")
        advisories.append(try AdvisoryDocument(parsing: high).advisory)
        advisories.append(
            Quarantine(.project, of: demo, reason: "x", serial: 1, since: Timestamp(seconds: 0), until: nil).advisory)
        let lines = AdvisoryLine.all(advisories, of: demo, version)
        #expect(lines.map(\.title).prefix(3) == ["MAL-2026-1", "PYSEC-2026-9", "PYSEC-2026-1"])
        #expect(lines.last?.title == "3 more" && lines.last?.text == "PYSEC-2026-4, PYSEC-2026-5, PYSEC-2026-6")
        #expect(lines.first?.path == "/osv/v1/vulns/MAL-2026-1" && lines.last?.path == nil)
        #expect(AdvisoryLine.all(advisories, of: demo, try Version(parsing: "2.0")).isEmpty)
    }

    @Test("cuts what is long")
    func long() throws {
        let demo = try ProjectName(parsing: "demo")
        let package = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}"#
        let more = #","details":"\n  \n\#(String(repeating: "x", count: 400))\nmore""#
        let line = AdvisoryLine(try AdvisoryDocument(parsing: document(package, more)).advisory, of: demo)
        #expect(line.text.count == 301 && line.text.hasSuffix("x…"))
    }
}

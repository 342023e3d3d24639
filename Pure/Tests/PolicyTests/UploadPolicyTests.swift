import Accounts
import Acts
import LookAlikes
import PackagingFormats
import Policy
import Primitives
import Projects
import Testing
import UTC

@Suite("Whether a file becomes part of a release") struct UploadPolicyTests {
    static let limits = UploadLimits(fileSize: 1_000, projectSize: 10_000)

    static func candidate(
        _ version: String = "1.0", size: Int64 = 100, type: PackageType = .wheel, sha256: String = "aa",
        filename: String = "demo-1.0-py3-none-any.whl"
    ) throws -> UploadCandidate {
        UploadCandidate(
            project: try ProjectName(parsing: "demo"), version: try Version(parsing: version),
            filename: try DistributionFilename(strict: filename), packageType: type, pythonTag: "py3", size: size,
            digests: Digests(sha256: sha256, blake2b256: "bb", md5: "cc"), metadataSHA256: nil,
            metadata: ReleaseMetadata())
    }

    static let nothing = UploadFacts(sameName: nil, sourceDistribution: nil, projectSize: 0)

    @Test("A new file is stored")
    func new() throws {
        #expect(try UploadPolicy.decide(Self.candidate(), knowing: Self.nothing, limits: Self.limits) == .store)
    }

    @Test("The same bytes again change nothing, even where nothing new would be taken")
    func again() throws {
        let facts = UploadFacts(
            sameName: .init(filename: "demo-1.0-py3-none-any.whl", sha256: "aa"), sourceDistribution: "demo-1.0.tar.gz",
            projectSize: 99_999)
        let candidate = try Self.candidate("1.0+local", size: 5_000, type: .sourceDistribution)
        #expect(try UploadPolicy.decide(candidate, knowing: facts, limits: Self.limits) == .alreadyThere)
    }

    @Test("Other bytes under a known name are refused, in the words that clients look for")
    func otherBytes() throws {
        let facts = UploadFacts(
            sameName: .init(filename: "demo-1.0-py3-none-any.whl", sha256: "ff"), sourceDistribution: nil,
            projectSize: 0)
        let refusal = #expect(throws: UploadRefusal.self) {
            try UploadPolicy.decide(Self.candidate(), knowing: facts, limits: Self.limits)
        }
        #expect(refusal?.explanation.hasPrefix("File already exists") == true)
    }

    @Test("Other bytes under another spelling of a known name are refused, with the name that is there")
    func otherSpelling() throws {
        let facts = UploadFacts(
            sameName: .init(filename: "Demo-1.0.0-py3-none-any.whl", sha256: "ff"), sourceDistribution: nil,
            projectSize: 0)
        let refusal = #expect(throws: UploadRefusal.self) {
            try UploadPolicy.decide(Self.candidate(), knowing: facts, limits: Self.limits)
        }
        #expect(refusal?.explanation.hasPrefix("File already exists") == true)
        #expect(refusal?.explanation.contains("it is 'Demo-1.0.0-py3-none-any.whl'") == true)
    }

    @Test("The name of a removed file is never used again, not even by the same bytes", arguments: ["aa", "ff"])
    func removed(sha256: String) throws {
        let facts = UploadFacts(
            sameName: .init(filename: "demo-1.0-py3-none-any.whl", sha256: sha256, isRemoved: true),
            sourceDistribution: nil, projectSize: 0)
        let refusal = #expect(throws: UploadRefusal.self) {
            try UploadPolicy.decide(Self.candidate(), knowing: facts, limits: Self.limits)
        }
        #expect(refusal?.explanation.hasPrefix("File already exists") == true)
        #expect(refusal?.explanation.contains("this filename has already been used") == true)
    }

    @Test("A local version is refused")
    func local() throws {
        #expect(throws: UploadRefusal.localVersion(try Version(parsing: "1.0+ubuntu1"))) {
            try UploadPolicy.decide(Self.candidate("1.0+ubuntu1"), knowing: Self.nothing, limits: Self.limits)
        }
    }

    @Test("A release has one sdist, and as many wheels as it likes")
    func oneSourceDistribution() throws {
        let facts = UploadFacts(sameName: nil, sourceDistribution: "demo-1.0.tar.gz", projectSize: 0)
        #expect(throws: UploadRefusal.secondSourceDistribution("demo-1.0.tar.gz")) {
            try UploadPolicy.decide(Self.candidate(type: .sourceDistribution), knowing: facts, limits: Self.limits)
        }
        #expect(try UploadPolicy.decide(Self.candidate(), knowing: facts, limits: Self.limits) == .store)
    }

    @Test("The limits themselves are still taken, a byte more is not")
    func limits() throws {
        let full = UploadFacts(sameName: nil, sourceDistribution: nil, projectSize: 9_000)
        #expect(try UploadPolicy.decide(Self.candidate(size: 1_000), knowing: full, limits: Self.limits) == .store)
        #expect(throws: UploadRefusal.fileTooLarge(limit: 1_000)) {
            try UploadPolicy.decide(Self.candidate(size: 1_001), knowing: Self.nothing, limits: Self.limits)
        }
        let fuller = UploadFacts(sameName: nil, sourceDistribution: nil, projectSize: 9_001)
        #expect(throws: UploadRefusal.projectTooLarge(try ProjectName(parsing: "demo"), limit: 10_000)) {
            try UploadPolicy.decide(Self.candidate(size: 1_000), knowing: fuller, limits: Self.limits)
        }
    }

    // swift-format-ignore
    static let counts: [(ofRelease: Int, ofProject: Int, code: String?)] = [
        (999,   9_999,  nil),
        (1_000, 9_999,  "upload.too-many-files-of-release"),
        (999,   10_000, "upload.too-many-files-of-project"),
    ]

    @Test("A release and a project take so many files", arguments: counts)
    func count(ofRelease: Int, ofProject: Int, code: String?) throws {
        let facts = UploadFacts(
            sameName: nil, sourceDistribution: nil, projectSize: 0, releaseFiles: ofRelease, projectFiles: ofProject)
        let candidate = try Self.candidate()
        do throws(UploadRefusal) {
            let decision = try UploadPolicy.decide(candidate, knowing: facts, limits: Self.limits)
            #expect(decision == .store)
            #expect(code == nil)
        } catch {
            #expect(error.code == code && error.kind == .tooLarge)
        }
    }
}

@Suite("Whether a free name can be taken") struct NamePolicyTests {
    static let ada: Actor = {
        guard let name = try? Username(parsing: "ada") else { return .anonymous }
        return Actor(.user(UserID(1), name, isAdministrator: true), assurance: .password)
    }()

    @Test("Modules of the standard library, reserved and look-alike names cannot, for anybody but the operator")
    func names() throws {
        let demo = try ProjectName(parsing: "dem0")
        let similar = try ProjectName(parsing: "demo")
        let json = try ProjectName(parsing: "JSON")
        let free = NameFacts(isReserved: false, similar: nil)
        try NamePolicy.decide(demo, by: Self.ada, knowing: free)
        #expect(throws: NameRefusal.standardLibrary(json)) {
            try NamePolicy.decide(json, by: Self.ada, knowing: free)
        }
        #expect(throws: NameRefusal.reserved(demo)) {
            try NamePolicy.decide(demo, by: Self.ada, knowing: NameFacts(isReserved: true, similar: nil))
        }
        #expect(throws: NameRefusal.tooSimilar(demo, to: similar)) {
            try NamePolicy.decide(demo, by: Self.ada, knowing: NameFacts(isReserved: false, similar: similar))
        }
        try NamePolicy.decide(
            json, by: .operatorAtMachine, knowing: NameFacts(isReserved: true, similar: similar))
    }

    // The columns are the point.
    // swift-format-ignore
    static let likenesses: [(String, LookAlikeSetting, isRefused: Bool, noted: LookAlike.Verdict?)] = [
        ("reqeusts",        .enforce, true,  nil),
        ("reqeusts",        .report,  false, .hold),
        ("reqeusts",        .off,     false, nil),
        ("python-requests", .enforce, false, .review),
        ("python-requests", .report,  false, .review),
        ("python-requests", .off,     false, nil),
        ("quite-another",   .enforce, false, nil),
    ]

    @Test("Names that are like others' are refused or noted, as the operator chose", arguments: likenesses)
    func likeness(name: String, setting: LookAlikeSetting, isRefused: Bool, noted: LookAlike.Verdict?) throws {
        let name = try ProjectName(parsing: name)
        let look = NameCorpus(popular: [("requests", 1_000)], protected: []).judge(name)
        let facts = NameFacts(isReserved: false, similar: nil, likeness: look, lookAlikes: setting)
        #expect(try NamePolicy.decide(name, by: .operatorAtMachine, knowing: facts) == nil)
        guard isRefused else {
            #expect(try NamePolicy.decide(name, by: Self.ada, knowing: facts)?.verdict == noted)
            return
        }
        let refusal = #expect(throws: NameRefusal.self) { try NamePolicy.decide(name, by: Self.ada, knowing: facts) }
        #expect(refusal == .lookAlike(name, look) && refusal?.kind == .forbidden && refusal?.code == "name.look-alike")
        #expect(
            refusal?.explanation.hasPrefix(
                "The name 'reqeusts' is taken for 'requests', which others use: it is one slip away (transposition). ")
                == true)
    }
}

@Suite("A refusal for size") struct SizeRefusalTests {
    // The columns are the point.
    // swift-format-ignore
    static let limits: [(Int64, String)] = [
        (1_000_000, "is 1 MB."), (1 << 20, "is 1 MiB."), (100, "is 100 bytes."), (1 << 30, "is 1 GiB."),
        (1_500_000_000, "is 1500 MB."), (100 << 30, "is 100 GiB."),
    ]

    @Test("tells the limit in the unit in which it was set", arguments: limits)
    func unit(limit: Int64, words: String) throws {
        #expect(UploadRefusal.fileTooLarge(limit: limit).explanation.contains(words))
        let project = try ProjectName(parsing: "demo")
        #expect(UploadRefusal.projectTooLarge(project, limit: limit).explanation.contains(words))
    }
}

import Accounts
import Acts
import Database
import Foundation
import Hummingbird
import PackagingFormats
import Policy
import Ports
import Primitives
import Server
import Stores
import Support
import UTC
import Web

/// What it costs to decide whether somebody may publish: the decision as a function, and its share of an upload.
///
///     swift run -c release MandateBenchmark [UPLOADS]
///
/// The function is called over and over on facts that are there. For its share, files are uploaded over one connection
/// to two projects in turns, of which one is critical and held to two demands: look-ups, decision, blob, archive,
/// commit, answer. What the two take more or less than each other is what the rule costs, with its look-ups.
@main struct MandateBenchmark {
    static func main() async throws {
        let uploads = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 400
        try decisions()
        try await shareOfUploads(uploads)
    }

    // MARK: The function

    private static func decisions() throws {
        let now = Timestamp(seconds: 1_795_348_800)
        let project = try ProjectName(parsing: "demo-pkg")
        let actor = Actor(
            .user(UserID(1), try Username(parsing: "ada"), isAdministrator: false), assurance: .phishingResistant)
        for (words, name, facts) in try cases(project, now) {
            var allowed = 0
            let judge = nanoseconds {
                if case .refused = Mandate.judge(.uploadFile, on: project, by: actor, knowing: facts, at: now) {
                    return
                }
                allowed += 1
            }
            let knowing = ProjectFacts(exists: true, role: .owner, mandate: facts)
            let permit = nanoseconds {
                if (try? AccessPolicy.permit(.uploadFile, on: project, to: actor, knowing: knowing, at: now)) != nil {
                    allowed += 1
                }
            }
            precondition((allowed > 0) == (name == .allowed), words)
            print(line("\(words):", judge, "ns Mandate.judge,", permit, "ns AccessPolicy.permit"))
        }
    }

    private enum Outcome { case allowed, refused }

    private static func cases(
        _ project: ProjectName, _ now: Timestamp
    ) throws -> [(String, Outcome, MandateFacts)] {
        let today = now.day
        let designation = Designation(
            name: project, reason: .downloads(rank: 3, count: 1_234_567), asOf: today, windowDays: 183,
            designatedAt: now)
        let rule = try MandateRule(
            announcedFrom: today - 90, enforcedFrom: today - 60, required: .secondFactor,
            stricter: .init(share: Share(percent: "10"), assurance: .phishingResistant), needsSpare: true)
        let past = now - .days(40)
        let demands = [Demand.Requirement.secondFactor, .phishingResistant, .spare].map {
            Demand($0, noticedAt: past, bindsAt: past)
        }
        let held = MandateFacts(
            designation: designation, rule: rule, isInTopShare: true, demands: demands,
            holdings: FactorHoldings(strongest: .phishingResistant, securityKeys: 2))
        var lacking = held
        lacking.holdings = FactorHoldings(strongest: .phishingResistant, securityKeys: 1)
        return [
            ("not critical", .allowed, MandateFacts.none), ("critical, allowed", .allowed, held),
            ("critical, refused", .refused, lacking),
        ]
    }

    /// The processor's time of one call, so that what else runs on the machine does not count: the median of many
    /// rounds.
    private static func nanoseconds(_ call: () -> Void) -> Double {
        let calls = 20_000
        let rounds = (0..<51).map { _ in
            let start = processorTime()
            for _ in 0..<calls { call() }
            return Double(processorTime() - start) / Double(calls)
        }
        return median(rounds)
    }

    /// What the processor has worked for this thread, in nanoseconds.
    private static func processorTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // MARK: Its share

    private static func shareOfUploads(_ count: Int) async throws {
        let server = try await TestServer()
        let stores = server.index.stores
        let names = try ["plain-project", "critical-project"].map(ProjectName.init(parsing:))
        for name in names {
            try await send(name, version: "0.1", to: server)
        }
        try await stores.critical.designate(names[1], by: .operatorAtMachine, at: server.now)
        // What ada's token was made with fulfils it: refusals are quick, and nobody asks what they cost.
        let ada = try Username(parsing: "ada")
        let user = try await stores.accounts.user(named: ada)
        guard let user else { throw Wrong() }
        for _ in 0..<2 {
            try await TestGiveaway.addKey(to: user.id, model: nil, in: server.index.database, at: server.now)
        }
        try await server.index.database.byHand("UPDATE token SET assurance = 'phishing-resistant'")
        try await stores.critical.set(
            CriticalSettings(
                critical: .usual,
                mandate: try MandateRule(
                    announcedFrom: server.now.day, enforcedFrom: server.now.day, noticeDays: 0, needsSpare: true)),
            by: .operatorAtMachine, at: server.now)
        server.now = server.now + .days(2)

        let holder = Actor(.user(user.id, ada, isAdministrator: false), assurance: .phishingResistant)
        var lookUps: [Double] = []
        for name in names {
            var rounds: [Double] = []
            for _ in 0..<51 {
                let start = processorTime()
                for _ in 0..<100 { try await stores.projects.mayUpload(to: name, by: holder, at: server.now) }
                rounds.append(Double(processorTime() - start) / 100e3)
            }
            lookUps.append(median(rounds))
        }
        print(line("one look whether one may:", lookUps[0], "µs,", lookUps[1], "µs to a critical project"))

        let port = 18_084
        let (running, isRunning) = AsyncStream.makeStream(of: Void.self)
        let application = server.server.application(host: "127.0.0.1", port: port, limits: EdgeLimits()) {
            isRunning.yield()
        }
        let serving = Task { try await application.runService() }
        for await _ in running { break }
        let times = try await UploadingClient(port: port, token: server.token).times(
            of: count, to: names.map { name in { number in file(name, version: "1.\(number)") } })
        serving.cancel()
        try await serving.value
        let (plain, critical) = (median(times[0]), median(times[1]))
        print(line("an upload:", plain, "ms to a project,", critical, "ms to a critical one"))
        // Medians of pairs that were done one after the other meet the same machine.
        let difference = median(zip(times[1], times[0]).map { $0 - $1 })
        print(line("the rule, with its look-ups:", difference * 1e3, "µs,", difference / plain * 100, "% of an upload"))
    }

    private static func send(_ name: ProjectName, version: String, to server: TestServer) async throws {
        guard try await server.upload(file(name, version: version)).status == 200 else { throw Wrong() }
    }

    private static func file(_ name: ProjectName, version: String) -> TestUpload {
        let component = name.normalized.replacing("-", with: "_")
        var upload = TestUpload.wheel(TestWheel(component, version))
        upload["name"] = name.normalized
        upload["version"] = version
        upload.filename = "\(component)-\(version)-py3-none-any.whl"
        return upload
    }

    private struct Wrong: Error {}

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static func line(
        _ words: String, _ first: Double, _ unit: String, _ second: Double, _ other: String
    ) -> String {
        "\(words) \(String(format: "%.2f", first)) \(unit) \(String(format: "%.2f", second)) \(other)"
    }
}

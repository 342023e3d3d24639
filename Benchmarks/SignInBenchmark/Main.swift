import Accounts
import Foundation
import Identity
import Passwords
import Policy
import Ports
import Server
import Stores
import Support
import Synchronization
import UTC

/// Signs people in as fast as can be, and beside it computes argon2 hashes alone: what a sign-in costs beyond its hash.
///
///     swift run -c release SignInBenchmark [SECONDS]
///
/// Both in turns of one second in one process, by the same hasher at the costs that are in use, so that what else the
/// machine does meets both alike. A sign-in is a whole `POST /account/login/` through the router: form, look-ups, hash,
/// session, commit on disk, answer.
@main struct SignInBenchmark {
    static let people = 64
    static let atOnce = 8

    static func main() async throws {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 10
        let hasher = try PasswordHasher()
        let server = try await TestServer(hasher: hasher)
        let stored = try await hasher.hash(TestServer.password)
        for number in 0..<people {
            _ = try await server.index.stores.accounts.add(
                NewUser(
                    name: Username(parsing: "user\(number)"), email: EmailAddress(parsing: "u\(number)@example.org"),
                    isAdministrator: false, passwordHash: stored), by: .operatorAtMachine, at: server.now)
        }
        var (hashes, signIns) = (Rate(), Rate())
        for _ in 0..<rounds {
            hashes += try await measured {
                guard try await hasher.check(TestServer.password, against: stored) == .right else { throw Wrong() }
            }
            signIns += try await measured { number in
                let browser = TestBrowser(server)
                guard try await browser.signIn("user\(number % people)").status == 303 else { throw Wrong() }
            }
        }
        print("argon2 alone: \(hashes.text) hashes a second")
        print(
            "sign-ins:     \(signIns.text) a second, \(Int((signIns.perSecond / hashes.perSecond * 100).rounded())) %")
    }

    private struct Wrong: Error {}

    /// A class, because those who count share it.
    private final class Counter: Sendable { let value = Atomic(0) }

    struct Rate {
        var count = 0
        var seconds = 0.0
        var perSecond: Double { Double(count) / seconds }
        var text: String { String(format: "%6.1f", perSecond) }
        static func += (left: inout Rate, right: Rate) {
            left.count += right.count
            left.seconds += right.seconds
        }
    }

    private static func measured(_ work: @escaping @Sendable () async throws -> Void) async throws -> Rate {
        try await measured { _ in try await work() }
    }

    /// Does `work` over and over for a second, several at once, each with a number of its own.
    private static func measured(_ work: @escaping @Sendable (Int) async throws -> Void) async throws -> Rate {
        let clock = ContinuousClock()
        let start = clock.now
        let next = Counter()
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<atOnce {
                group.addTask {
                    var done = 0
                    while clock.now - start < .seconds(1) {
                        try await work(next.value.add(1, ordering: .relaxed).oldValue)
                        done += 1
                    }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        let spent = clock.now - start
        return Rate(
            count: count, seconds: Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18)
    }
}

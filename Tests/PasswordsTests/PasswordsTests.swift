import Foundation
import Primitives
import Testing
import VectorSupport

@testable import Passwords

/// Cheap enough for a test run.
private let cheap = PasswordParameters(memory: 64, iterations: 1, lanes: 1)
private let salt = [UInt8](0..<16)

@Suite("Password hashes") struct PasswordHashTests {
    struct Example: Decodable {
        struct Vector: Decodable {
            let password_hex, salt_hex, secret_hex, ad_hex, tag_hex: String
            let t, m_kib, p: UInt32
        }
        let argon2id_rfc9106_section_5_3: Vector
    }

    @Test(
        "are those of RFC 9106, section 5.3",
        .enabled(if: Vectors.arePresent, "no ../shared/vectors beside the project"))
    func example() throws {
        let example = try Vectors.decode(Example.self, from: "webauthn/password_kdf.json").argon2id_rfc9106_section_5_3
        let tag = try Argon2id.tag(
            of: bytes(example.password_hex), salt: bytes(example.salt_hex), secret: bytes(example.secret_hex),
            associatedData: bytes(example.ad_hex),
            parameters: PasswordParameters(memory: example.m_kib, iterations: example.t, lanes: example.p), length: 32)
        #expect(tag == bytes(example.tag_hex))
    }

    @Test("can be read by others: this one is from libargon2's own encoder")
    func foreign() throws {
        // argon2id_hash_encoded(2, 65536, 1, "correct horse", 13, "somesalt8bytes16", 16, 32, …)
        let text =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ4Ynl0ZXMxNg$q2tCP9DBCF+yDSSsZ9vQESDkVmHQ8Rlh+Ubq+LrYGoU"
        let hash = try PasswordHash(parsing: text)
        #expect(try hash.matches("correct horse"))
        #expect(hash.description == text)
    }

    @Test("are of the composed letters: whichever keyboard made them, and those from before too")
    func composed() throws {
        let (composed, apart) = ("K\u{E4}sekuchen", "Ka\u{308}sekuchen")
        for password in [composed, apart] {
            let hash = try PasswordHash(of: password, salt: salt, parameters: cheap)
            #expect(try hash.matches(composed) && hash.matches(apart))
            #expect(try !hash.matches("Kasekuchen"))
        }
        let before = try PasswordHash(
            parsing: PasswordHash(of: "x", salt: salt, parameters: cheap).description.replacing(
                #/[^$]+$/#,
                with: Data(
                    try Argon2id.tag(of: Array(apart.utf8), salt: salt, parameters: cheap, length: 32)
                ).base64EncodedString().replacing("=", with: "")))
        #expect(try before.matches(apart))
    }

    @Test("cost what OWASP recommends unless told otherwise")
    func defaults() throws {
        #expect(try PasswordHash(of: "x", salt: salt).description.hasPrefix("$argon2id$v=19$m=47104,t=1,p=1$"))
    }

    @Test(
        "match their password and no other",
        arguments: ["", "secret", "pässwörd", "a\u{0}b", .init(repeating: "x", count: 1024)])
    func matching(password: String) throws {
        let hash = try PasswordHash(parsing: PasswordHash(of: password, salt: salt, parameters: cheap).description)
        #expect(try hash.matches(password))
        for other in [password + " ", password + "\u{0}", String(password.dropLast()) + "?"] {
            #expect(try !hash.matches(other))
        }
    }

    @Test("of the same password differ by their salt")
    func salts() throws {
        #expect(try PasswordHash(of: "x", parameters: cheap) != PasswordHash(of: "x", parameters: cheap))
    }

    @Test("are outdated when the costs differ, in either direction")
    func outdated() throws {
        let hash = try PasswordHash(of: "x", salt: salt, parameters: cheap)
        #expect(!hash.needsRehash(cheap))
        #expect(hash.needsRehash(PasswordParameters(memory: 128, iterations: 1, lanes: 1)))
        #expect(hash.needsRehash(PasswordParameters(memory: 64, iterations: 2, lanes: 1)))
        #expect(hash.needsRehash(PasswordParameters(memory: 32, iterations: 1, lanes: 1)))
    }

    static let malformedTexts = [
        "", "x", "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw",
        "$argon2i$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=16$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=4294967295,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=0,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=9$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$t=1,m=64,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=+64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=1$AAEC$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw==$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA",
        "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$****************",
    ]

    @Test("that are none are told apart from wrong passwords", arguments: malformedTexts)
    func malformed(text: String) {
        #expect(throws: PasswordHashError.malformed) { try PasswordHash(parsing: text) }
    }

    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }
}

@Suite("The password hasher") struct PasswordHasherTests {
    @Test("says right, wrong, and right but outdated")
    func verdicts() async throws {
        let hasher = try PasswordHasher(parameters: cheap)
        let stored = try await hasher.hash("secret")
        #expect(try await hasher.check("secret", against: stored) == .right)
        #expect(try await hasher.check("Secret", against: stored) == .wrong)

        let dearer = try PasswordHasher(parameters: PasswordParameters(memory: 128, iterations: 1, lanes: 1))
        #expect(try await dearer.check("Secret", against: stored) == .wrong)
        guard case .rightAndRehashed(let new) = try await dearer.check("secret", against: stored) else {
            Issue.record("an outdated hash was not replaced")
            return
        }
        #expect(try await dearer.check("secret", against: new) == .right)
    }

    @Test("says no for an account that is not there, after as much work as for one that is")
    func unknownAccount() async throws {
        let hasher = try PasswordHasher(parameters: PasswordParameters(memory: 16 * 1024, iterations: 2, lanes: 1))
        let stored = try await hasher.hash("secret")
        let clock = ContinuousClock()
        #expect(try await hasher.check("wrong", against: nil) == .wrong)
        func least(_ work: () async throws -> Void) async throws -> Duration {
            var best = Duration.seconds(1_000)
            for _ in 0..<3 { best = min(best, try await clock.measure(work)) }
            return best
        }
        let known = try await least { _ = try await hasher.check("wrong", against: stored) }
        let unknown = try await least { _ = try await hasher.check("wrong", against: nil) }
        // Skipping the work would be a thousand times faster; a busy machine is not.
        #expect(unknown > known / 10)
    }

    @Test("keeps the cooperative pool free while it hashes")
    func poolStaysFree() async throws {
        let hasher = try PasswordHasher(parameters: PasswordParameters(memory: 64 * 1024, iterations: 3, lanes: 1))
        let finished = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    _ = try await hasher.hash("x")
                    return "hash"
                }
            }
            group.addTask { "other work" }
            return try await group.next()
        }
        #expect(finished == "other work")
    }

    @Test("does no work for a task that is cancelled")
    func cancelled() async throws {
        let hasher = try PasswordHasher(parameters: cheap)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await hasher.hash("x")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("sends away who comes while too many wait, and takes the next once they are done")
    func tooMany() async throws {
        let hasher = try PasswordHasher(
            parameters: PasswordParameters(memory: 64 * 1024, iterations: 3, lanes: 1), atOnce: 1, waiting: 2)
        let (hashed, refused) = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    do {
                        _ = try await hasher.hash("x")
                        return true
                    } catch let refusal as TooManyPasswords {
                        guard case .tooMany(let seconds) = refusal.kind else { throw refusal }
                        #expect(seconds > 0)
                        return false
                    }
                }
            }
            return try await group.reduce(into: (0, 0)) { counts, isHashed in
                if isHashed { counts.0 += 1 } else { counts.1 += 1 }
            }
        }
        #expect(hashed >= 3)
        #expect(refused > 0)
        _ = try await hasher.hash("x")
    }

    @Test("calls a damaged hash damaged, not wrong")
    func damaged() async throws {
        let hasher = try PasswordHasher(parameters: cheap)
        await #expect(throws: PasswordHashError.malformed) { try await hasher.check("x", against: "scrypt$1") }
    }
}

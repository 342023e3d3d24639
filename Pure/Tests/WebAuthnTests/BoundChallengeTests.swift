import Bytes
import Testing
import WebAuthn

@Suite("A challenge that is bound to what it is for") struct BoundChallengeTests {
    static let nonce = [UInt8](0..<32)

    @Test("begins with the random bytes, and is another for each purpose and for each of them")
    func bound() {
        let purpose = "step-up stage.approve \(String(repeating: "0f", count: 32))"
        let challenge = BoundChallenge(nonce: Self.nonce, for: purpose).bytes
        #expect(challenge.count == 64 && Array(challenge.prefix(32)) == Self.nonce)
        #expect(BoundChallenge.isBound(challenge, to: purpose))
        #expect(!BoundChallenge.isBound(challenge, to: purpose + "0"))
        #expect(!BoundChallenge.isBound(challenge, to: "step-up stage.approve"))
        for place in challenge.indices {
            var other = challenge
            other[place] ^= 1
            #expect(!BoundChallenge.isBound(other, to: purpose), "\(place)")
        }
        #expect(BoundChallenge(nonce: Self.nonce.reversed(), for: purpose).bytes.suffix(32) != challenge.suffix(32))
    }

    @Test("is not what has another length, random bytes alone among them")
    func lengths() {
        let challenge = BoundChallenge(nonce: Self.nonce, for: "a").bytes
        #expect(!BoundChallenge.isBound(Self.nonce, to: "a"))
        #expect(!BoundChallenge.isBound([], to: "a"))
        #expect(!BoundChallenge.isBound(challenge + [0], to: "a"))
        #expect(!BoundChallenge.isBound(Array(challenge.dropLast()), to: "a"))
    }
}

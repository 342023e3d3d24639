import Testing
import WebAuthn

@Suite("The counter of a credential") struct SignatureCounterTests {
    @Test("has to rise, unless the authenticator does not count")
    func rises() {
        #expect(SignatureCounter(6).accepts(7) && SignatureCounter(0).accepts(1))
        #expect(SignatureCounter(0).accepts(0))
        #expect(!SignatureCounter(6).accepts(6) && !SignatureCounter(6).accepts(5) && !SignatureCounter(6).accepts(0))
        #expect(SignatureCounter(.max - 1).accepts(.max) && !SignatureCounter(.max).accepts(.max))
    }
}

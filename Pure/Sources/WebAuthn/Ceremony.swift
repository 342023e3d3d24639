import Bytes
import Crypto

/// What both ceremonies check of a response, in the order of the specification.
struct CeremonyChecks: Sendable {
    let ceremony: Ceremony
    let expectations: Expectations

    func refusal(_ step: CeremonyStep, _ cause: CeremonyRefusal.Cause = .notAsExpected) -> CeremonyRefusal {
        CeremonyRefusal(ceremony: ceremony, step: step, cause: cause)
    }

    func require(_ condition: Bool, _ step: CeremonyStep) throws(CeremonyRefusal) {
        guard condition else { throw refusal(step) }
    }

    /// 7.1, steps 5 to 12; 7.2, steps 8 to 14 and 20. Returns the hash of the client data, which is what is signed.
    func checkClientData(_ bytes: [UInt8]) throws(CeremonyRefusal) -> [UInt8] {
        let data: ClientData
        do { data = try ClientData(parsing: bytes) } catch { throw refusal(.clientData, .clientData(error)) }
        // Swift's strings are equal when they look alike; bytes leave no room for that.
        let type = ceremony == .registration ? "webauthn.create" : "webauthn.get"
        try require(data.type.utf8.elementsEqual(type.utf8), .type)
        try require(!expectations.challenge.isEmpty, .challenge)
        try require(areEqual(data.challenge.utf8, expectations.challenge.base64URL.utf8), .challenge)
        try require(isOne(data.origin, of: expectations.origins), .origin)
        try checkFraming(data)
        return Array(SHA256.hash(data: bytes))
    }

    private func checkFraming(_ data: ClientData) throws(CeremonyRefusal) {
        switch expectations.framing {
        case .refused:
            try require(!data.crossOrigin, .crossOrigin)
            try require(data.topOrigin == nil, .topOrigin)
        case .allowed(let topOrigins):
            guard let topOrigin = data.topOrigin else { return }
            try require(data.crossOrigin && isOne(topOrigin, of: topOrigins), .topOrigin)
        }
    }

    private func isOne(_ text: String, of allowed: [String]) -> Bool {
        allowed.contains { $0.utf8.elementsEqual(text.utf8) }
    }

    /// 7.1, steps 14 to 17; 7.2, steps 15 to 18.
    func checkAuthenticator(_ data: AuthenticatorData, relyingPartyID: String) throws(CeremonyRefusal) {
        let expected = Array(SHA256.hash(data: Array(relyingPartyID.utf8)))
        try require(areEqual(data.relyingPartyIDHash, expected), .relyingParty)
        try require(data.flags.contains(.userPresent), .userPresence)
        try requireUserVerification(data.flags)
        try require(data.flags.contains(.backupEligible) || !data.flags.contains(.backedUp), .backupState)
    }

    /// 7.1, step 16; 7.2, step 17.
    func requireUserVerification(_ flags: AuthenticatorFlags) throws(CeremonyRefusal) {
        try require(!expectations.requiresUserVerification || flags.contains(.userVerified), .userVerification)
    }

    /// 7.1, step 20. SHA-1 takes more than being offered.
    func requireOffered(_ algorithm: Algorithm) throws(CeremonyRefusal) {
        try require(expectations.algorithms.contains(algorithm), .algorithm)
        try require(algorithm != .rs1 || expectations.sha1 == .everywhere, .algorithm)
    }
}

import Foundation
import UTC
import WebAuthn

/// One ceremony of a case file: what the relying party expects, what was stored, and what came.
///
/// The format is that of the README beside the test vectors. Members that say what the verdict should be, or where the
/// case comes from, are not looked at.
struct CeremonyCase {
    enum Kind {
        case registration(RegistrationCase)
        case authentication(AuthenticationCase)
    }

    let kind: Kind

    init(_ value: CaseValue) throws {
        let members = try CaseMembers(value)
        switch try members.string("kind") {
        case "registration": kind = .registration(try RegistrationCase(members))
        case "authentication": kind = .authentication(try AuthenticationCase(members))
        default: throw members.unreadable("kind")
        }
    }

    /// What both kinds of ceremony have in common.
    fileprivate static func expectations(_ members: CaseMembers) throws -> Expectations {
        let origins = try members.strings("origins") ?? [members.required("origin", try members.string("origin"))]
        var expectations = Expectations(
            challenge: try members.required("challenge", try members.bytes("challenge")), origins: origins,
            relyingPartyID: try members.required("rp_id", try members.string("rp_id")),
            requiresUserVerification: try members.boolean("require_uv") ?? false)
        let policy = try members.object("policy")
        if try policy.boolean("allowCrossOrigin") ?? (policy["topOrigins"] != nil) {
            expectations.framing = .allowed(topOrigins: try policy.strings("topOrigins") ?? [])
        }
        if let allowsSHA1 = try policy.boolean("allowSHA1") {
            expectations.sha1 = allowsSHA1 ? .everywhere : .refused
            if allowsSHA1 { expectations.algorithms.append(.rs1) }
        }
        return expectations
    }
}

struct RegistrationCase {
    let expectations: Expectations
    let response: RegistrationResponse
    let takenIDs: [[UInt8]]
    let isTaken: Bool
    /// Nil where no chain is demanded.
    let anchors: TrustAnchors?
    let moment: Timestamp?
    let policy: AttestationPolicy
    let allowedModels: Set<AAGUID>?

    init(_ members: CaseMembers) throws {
        var expectations = try CeremonyCase.expectations(members)
        if let numbers = try members.list("pubKeyCredParams", Self.algorithm) {
            // Browsers take an empty list for these two, and pass over entries of another type (WebAuthn Level 3,
            // section 5.1.3).
            expectations.algorithms =
                numbers.isEmpty ? [.es256, .rs256] : numbers.compactMap(Algorithm.init(rawValue:))
        }
        let policy = try members.object("policy")
        self.policy = AttestationPolicy(try policy.string("attestation"))
        expectations.ignoresUnknownAttestation = self.policy.chain == .ignored
        self.expectations = expectations
        let object = try members.required("attestationObject", try members.bytes("attestationObject"))
        let stated = try members.bytes("credential_id_in_response") ?? members.bytes("credential_id")
        response = RegistrationResponse(
            credentialID: stated ?? RegistrationResponse.credentialID(in: object) ?? [],
            clientDataJSON: try members.required("clientDataJSON", try members.bytes("clientDataJSON")),
            attestationObject: object)
        if case .boolean(let flag)? = members["already_registered"] {
            (isTaken, takenIDs) = (flag, [])
        } else {
            (isTaken, takenIDs) = (false, try members.identifiers("already_registered") ?? [])
        }
        anchors = try Self.anchors(members)
        moment = try members["verification_time"].map { value in
            try members.required("verification_time", Timestamp(value))
        }
        allowedModels = try policy.list("allowedAAGUIDs", Self.model).map { Set($0) }
    }

    private static func algorithm(_ value: CaseValue) -> Int? {
        switch value {
        case .integer(let number): number
        case .object(let members):
            if case .string(let type)? = members["type"], type != "public-key" {
                0  // which no algorithm has
            } else if case .integer(let number)? = members["alg"] {
                number
            } else {
                nil
            }
        case .array, .string, .number, .boolean, .null, .unreadable: nil
        }
    }

    /// An AAGUID, with its dashes or without any.
    private static func model(_ value: CaseValue) -> AAGUID? {
        guard case .string(let text) = value else { return nil }
        guard text.utf8.count == 32 else { return AAGUID(text) }
        let digits = Array(text.utf8)
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: digits[$0], as: UTF8.self) }
        return AAGUID(groups.joined(separator: "-"))
    }

    /// By format, or one list for all of them; nil without any format. An anchor that cannot be read vouches for
    /// nothing.
    private static func anchors(_ members: CaseMembers) throws -> TrustAnchors? {
        guard let value = members["trust_roots_pem"] else { return nil }
        var anchors = TrustAnchors()
        guard case .object = value else {
            for text in try members.strings("trust_roots_pem") ?? [] { anchors.add(pem: text, for: nil) }
            return anchors
        }
        let byFormat = try members.object("trust_roots_pem")
        guard !byFormat.names.isEmpty else { return nil }
        for name in byFormat.names {
            let format = Attestation.Format(rawValue: name)
            for text in try byFormat.strings(name) ?? [] where format != nil { anchors.add(pem: text, for: format) }
        }
        return anchors
    }
}

struct AuthenticationCase {
    let expectations: Expectations
    let response: AuthenticationResponse
    let credentialID: [UInt8]
    let publicKey: [UInt8]
    let signCount: UInt32
    let backupEligible: Bool?
    let userHandle: [UInt8]
    /// False where the credential is another account's.
    let isOwn: Bool

    init(_ members: CaseMembers) throws {
        var expectations = try CeremonyCase.expectations(members)
        let policy = try members.object("policy")
        credentialID = try members.required("credential_id", try members.bytes("credential_id"))
        publicKey = try members.required("credential_public_key", try members.bytes("credential_public_key"))
        signCount = try members.counter("stored_sign_count") ?? 0
        backupEligible = try members.boolean("registered_backup_eligible")
        expectations.allowedCredentials = try members.identifiers("allowCredentials") ?? []
        expectations.appID = try members.string("appid") ?? policy.string("appid")
        let claimed = try members.bytes("response_user_handle").flatMap { $0.isEmpty ? nil : $0 }
        let account = try members.bytes("account_user_handle").flatMap { $0.isEmpty ? nil : $0 }
        // Where the case does not say whose the credential is, it is the account's that signs in.
        userHandle = account ?? claimed ?? [0]
        expectations.userHandle = try members.boolean("discoverable") == true ? nil : userHandle
        self.expectations = expectations
        isOwn = try Self.isOwn(members, handles: [account, claimed].compactMap(\.self))
        let results = [try members.object("clientExtensionResults"), try policy.object("clientExtensionResults")]
        var response = AuthenticationResponse(
            credentialID: try members.bytes("credential_id_in_response") ?? credentialID,
            clientDataJSON: try members.required("clientDataJSON", try members.bytes("clientDataJSON")),
            authenticatorData: try members.required("authenticatorData", try members.bytes("authenticatorData")),
            signature: try members.required("signature", try members.bytes("signature")), userHandle: claimed)
        for result in results where try result.boolean("appid") == true { response.usedAppID = true }
        self.response = response
    }

    /// The owner is named as the account is, or by its user handle.
    private static func isOwn(_ members: CaseMembers, handles: [[UInt8]]) throws -> Bool {
        guard let owner = try members.string("credential_owner") else { return true }
        if let account = try members.string("account") { return account.utf8.elementsEqual(owner.utf8) }
        return handles.allSatisfy { $0.elementsEqual(owner.utf8) || $0 == base64URLBytes(owner) }
    }
}

extension TrustAnchors {
    /// Adds every certificate of a PEM text, whatever the length of its lines; without any markers the text is taken
    /// for base64 alone.
    fileprivate mutating func add(pem: String, for format: Attestation.Format?) {
        let parts = pem.components(separatedBy: "-----BEGIN CERTIFICATE-----")
        let bodies = parts.count > 1 ? Array(parts.dropFirst()) : parts
        for body in bodies {
            let digits = body.components(separatedBy: "-----END")[0].filter { !$0.isWhitespace }
            guard let der = Data(base64Encoded: digits) else { continue }
            try? add(Array(der), for: format.map { [$0] } ?? Attestation.Format.allCases)
        }
    }
}

extension Timestamp {
    /// ISO 8601, with or without a zone (then it is UTC), or a date alone; or seconds since 1970.
    fileprivate init?(_ value: CaseValue) {
        switch value {
        case .integer(let seconds): self.init(seconds: Int64(seconds))
        case .number(let seconds):
            guard let whole = Int64(exactly: seconds.rounded(.down)) else { return nil }
            self.init(seconds: whole)
        case .string(let text): self.init(anyISO8601: text)
        case .object, .array, .boolean, .null, .unreadable: return nil
        }
    }

    private init?(anyISO8601 text: String) {
        if let day = Day(iso8601: text) {
            self = day.start
            return
        }
        var local = text.replacing(" ", with: "T")
        var offset: Int64 = 0
        if let zone = local.firstMatch(of: /([+-])([0-9]{2}):?([0-9]{2})$/), zone.range.lowerBound > local.startIndex,
            local.contains("T"), let hours = Int64(zone.2), let minutes = Int64(zone.3)
        {
            offset = (hours * 60 + minutes) * (zone.1 == "-" ? -60 : 60)
            local = String(local[..<zone.range.lowerBound])
        } else if local.hasSuffix("Z") || local.hasSuffix("z") {
            local.removeLast()
        }
        guard let moment = Timestamp(iso8601: local + "Z") else { return nil }
        self = moment - .seconds(offset)
    }
}

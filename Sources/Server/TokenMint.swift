import Crypto
import Foundation
import Model
import PackagingFormats
import Stores
import Tokens
import UTC

/// Makes API tokens.
public enum TokenMint {
    /// Makes a token and records it. The text is shown once and is nowhere else.
    public static func issue(
        for owner: Username, label: String, projects: [ProjectName]?, expiresAt: Timestamp?, by actor: Actor,
        in stores: Stores, at now: Timestamp
    ) async throws -> (text: String, record: APIToken) {
        guard let user = try await stores.accounts.user(named: owner) else { throw AccountRefusal.noSuchUser(owner) }
        let rootKey = [UInt8](randomBytes: 32)
        let id = Data([UInt8](randomBytes: 16)).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        var caveats: [Caveat] = [.user(user.id.description)]
        if let projects { caveats.append(.projects(Set(projects.map(\.normalized)))) }
        if let expiresAt { caveats.append(.window(expiry: expiresAt, notBefore: Timestamp(seconds: now.seconds))) }
        let macaroon = try Macaroon(
            location: "rind", identifier: Array(id.utf8), rootKey: SymmetricKey(data: rootKey), caveats: caveats)
        let record = try await stores.tokens.add(
            NewAPIToken(
                id: id, rootKey: rootKey, owner: owner, label: label, projects: projects, expiresAt: expiresAt,
                assurance: .password),
            by: actor, at: now)
        return (macaroon.text, record)
    }
}

extension [UInt8] {
    /// Bytes from the system's source of randomness.
    init(randomBytes count: Int) {
        var generator = SystemRandomNumberGenerator()
        self = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

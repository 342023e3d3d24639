import Accounts
import Bytes
import Crypto
import Foundation
import PackagingFormats
import Past
import Policy
import Ports
import Primitives
import Tokens
import UTC

/// Makes API tokens.
public struct TokenMint: Sendable {
    let accounts: any AccountStore
    let tokens: any TokenStore

    /// A mint over the stores of an index.
    public init(accounts: any AccountStore, tokens: any TokenStore) {
        self.accounts = accounts
        self.tokens = tokens
    }

    /// Makes a token and records it. The text is shown once and is nowhere else.
    ///
    /// - Parameter asOf: as of when it reads the index, where it does nothing but that.
    public func issue(
        for owner: Username, label: String, projects: [ProjectName]?, expiresAt: Timestamp?, asOf: PointInTime? = nil,
        by actor: Actor, from origin: RequestOrigin = RequestOrigin(), at now: Timestamp
    ) async throws -> (text: String, record: APIToken) {
        guard let user = try await accounts.user(named: owner) else { throw AccountRefusal.noSuchUser(owner) }
        let rootKey = [UInt8](randomBytes: 32)
        let id = [UInt8](randomBytes: 16).base64URL
        var caveats: [Caveat] = [.user(user.id.description)]
        if let projects { caveats.append(.projects(Set(projects.map(\.normalized)))) }
        if let asOf { caveats.append(.asOf(asOf.description)) }
        if let expiresAt { caveats.append(.window(expiry: expiresAt, notBefore: Timestamp(seconds: now.seconds))) }
        let macaroon = try Macaroon(
            location: "rind", identifier: Array(id.utf8), rootKey: SymmetricKey(data: rootKey), caveats: caveats)
        let record = try await tokens.add(
            NewAPIToken(
                id: id, rootKey: rootKey, owner: owner, label: label, projects: projects, expiresAt: expiresAt,
                asOf: asOf?.description),
            by: actor, from: origin, at: now)
        return (macaroon.text, record)
    }
}

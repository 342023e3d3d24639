import Bytes
public import UTC

/// A condition that narrows a token, written as a JSON array that begins with a number: PyPI's own forms, so that
/// PyPI's tools can write them.
///
/// Source: PyPI's macaroon caveats; `[2, [project ids]]` exists there too and is unknown here, where projects have no
/// other name than their name.
public enum Caveat: Hashable, Sendable {
    /// `[0, expiry, not-before]`, Unix seconds: valid from `notBefore` on, no longer at `expiry`.
    case window(expiry: Timestamp, notBefore: Timestamp)
    /// `[1, ["name", …]]`: only these projects, by normalized name.
    case projects(Set<String>)
    /// `[3, "user id"]`: only while it belongs to this user.
    case user(String)
    /// `[100, "2026-11-01T00:00:00Z"]`: reads the index as it was then, and does nothing else. Ours: PyPI has none.
    case asOf(String)

    /// The caveat as it is signed.
    public var bytes: [UInt8] {
        switch self {
        case .window(let expiry, let notBefore): Array("[0,\(expiry.seconds),\(notBefore.seconds)]".utf8)
        case .projects(let names): Array("[1,[\(names.sorted().map(JSON.quoted).joined(separator: ","))]]".utf8)
        case .user(let id): Array("[3,\(JSON.quoted(id))]".utf8)
        case .asOf(let point): Array("[100,\(JSON.quoted(point))]".utf8)
        }
    }

    /// Reads a caveat; whatever is not exactly one of the known forms is refused, for a condition that is not
    /// understood cannot be met.
    public init(parsing bytes: [UInt8]) throws(TokenRefusal) {
        guard let elements = (try? JSON(parsing: bytes))?.array, let tag = elements.first?.integer else {
            throw .malformedCaveat
        }
        switch (tag, elements.dropFirst().first, elements.count) {
        case (0, .number(let expiry?), 3):
            guard let notBefore = elements[2].integer else { throw .malformedCaveat }
            self = .window(expiry: Timestamp(seconds: Int64(expiry)), notBefore: Timestamp(seconds: Int64(notBefore)))
        case (1, .array(let names), 2):
            var projects: Set<String> = []
            for name in names {
                guard let name = name.string else { throw .malformedCaveat }
                projects.insert(name)
            }
            self = .projects(projects)
        case (3, .string(let id), 2): self = .user(id)
        case (100, .string(let point), 2): self = .asOf(point)
        case (0, _, _), (1, _, _), (3, _, _), (100, _, _): throw .malformedCaveat
        default: throw .unknownCaveat
        }
    }
}

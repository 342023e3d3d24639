import Bytes
import Foundation

/// What one hash costs.
public struct PasswordParameters: Sendable, Hashable {
    /// Memory in KiB.
    public var memory: UInt32
    /// Passes over that memory.
    public var iterations: UInt32
    /// Lanes, each of which may have a thread.
    public var lanes: UInt32

    /// What one hash costs. The default is the first of OWASP's recommendations for argon2id: 46 MiB, once, one lane.
    ///
    /// Source: OWASP Password Storage Cheat Sheet.
    public init(memory: UInt32 = 46 * 1024, iterations: UInt32 = 1, lanes: UInt32 = 1) {
        self.memory = memory
        self.iterations = iterations
        self.lanes = lanes
    }
}

/// An argon2id hash of a password, with everything needed to check one against it.
///
/// Its text is the PHC string format: `$argon2id$v=19$m=47104,t=1,p=1$<salt>$<tag>` with base64 without padding.
public struct PasswordHash: Sendable, Hashable, CustomStringConvertible {
    public let parameters: PasswordParameters
    /// What makes equal passwords hash differently.
    public let salt: [UInt8]
    /// What remains of the password.
    public let tag: [UInt8]

    /// Hashes a password, in the composed form of its letters, whichever one the keyboard made (RFC 8265, section
    /// 4.2.2).
    ///
    /// Takes tens of milliseconds of a core and `parameters.memory` on purpose: never on an event loop
    /// (`PasswordHasher` is for that).
    public init(
        of password: String, salt: [UInt8] = Self.randomSalt(), parameters: PasswordParameters = PasswordParameters()
    ) throws(PasswordHashError) {
        self.parameters = parameters
        self.salt = salt
        tag = try Argon2id.tag(
            of: Array(password.precomposedStringWithCanonicalMapping.utf8), salt: salt, parameters: parameters,
            length: Self.tagLength)
    }

    /// Reads the PHC string format. Costs are bounded, so that a damaged row cannot claim all memory.
    public init(parsing text: String) throws(PasswordHashError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19",
            let parameters = Self.parameters(parts[3]),
            let salt = Base64.standard.bytes(parts[4].utf8, padding: .none), (8...64).contains(salt.count),
            let tag = Base64.standard.bytes(parts[5].utf8, padding: .none), (16...64).contains(tag.count)
        else { throw .malformed }
        self.parameters = parameters
        self.salt = salt
        self.tag = tag
    }

    /// Whether it is the hash of `password`. Takes as long as hashing, twice that for a password that
    /// is not in composed form, and tells nothing by its time.
    public func matches(_ password: String) throws(PasswordHashError) -> Bool {
        let composed = password.precomposedStringWithCanonicalMapping
        // Compared byte by byte: as strings, the two forms are equal. The other one is what was hashed before.
        if composed.utf8.elementsEqual(password.utf8) { return try isTag(of: composed) }
        let (isOne, isOther) = (try isTag(of: composed), try isTag(of: password))
        return isOne || isOther
    }

    private func isTag(of password: String) throws(PasswordHashError) -> Bool {
        let other = try Argon2id.tag(of: Array(password.utf8), salt: salt, parameters: parameters, length: tag.count)
        return zip(tag, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether the password should be hashed again when it is next seen, because what a hash costs has changed.
    public func needsRehash(_ wanted: PasswordParameters) -> Bool {
        parameters != wanted || tag.count != Self.tagLength
    }

    public var description: String {
        "$argon2id$v=19$m=\(parameters.memory),t=\(parameters.iterations),p=\(parameters.lanes)"
            + "$\(Base64.standard.unpadded(salt))$\(Base64.standard.unpadded(tag))"
    }

    /// 16 bytes from the system's generator.
    public static func randomSalt() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<16).map { _ in .random(in: .min ... .max, using: &random) }
    }

    private static let tagLength = 32

    private static func parameters(_ text: Substring) -> PasswordParameters? {
        let pairs = text.split(separator: ",", omittingEmptySubsequences: false)
        guard pairs.count == 3,
            let memory = number(pairs[0], named: "m="), (8...(1 << 21)).contains(memory),
            let iterations = number(pairs[1], named: "t="), (1...100).contains(iterations),
            let lanes = number(pairs[2], named: "p="), (1...64).contains(lanes), memory >= 8 * lanes
        else { return nil }
        return PasswordParameters(memory: memory, iterations: iterations, lanes: lanes)
    }

    private static func number(_ text: Substring, named name: String) -> UInt32? {
        guard text.hasPrefix(name) else { return nil }
        let digits = text.dropFirst(name.count)
        return digits.utf8.allSatisfy(\.isASCIIDigit) ? UInt32(digits) : nil
    }
}

/// Why a password could not be hashed or checked. Never the person's fault.
public enum PasswordHashError: Error, Hashable {
    /// The text is no argon2id hash in PHC form, or one with absurd costs.
    case malformed
    /// libargon2's own words: no memory, or costs and lengths that it does not take.
    case failed(String)
}

import Bytes

/// A value of a case file. What is missing and what is null are the same.
enum CaseValue: Decodable, Sendable {
    case object([String: CaseValue])
    case array([CaseValue])
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case null
    case unreadable

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([CaseValue].self) {
            self = .array(value)
        } else if let value = try? container.decode([String: CaseValue].self) {
            self = .object(value)
        } else {
            // Half a surrogate pair, or a number that nothing holds: the case has it, not the file.
            self = .unreadable
        }
    }
}

/// Why a case cannot be read: the path of the member that is missing or of another type than the format says.
struct UnreadableCase: Error {
    let member: String
}

/// The members of an object, taken out by what they have to be. A member that is there has to be of the right type;
/// only `required` members have to be there.
struct CaseMembers {
    private let members: [String: CaseValue]
    private let path: String

    init(_ value: CaseValue, path: String = "") throws {
        guard case .object(let members) = value else { throw UnreadableCase(member: path.isEmpty ? "case" : path) }
        self.members = members
        self.path = path.isEmpty ? "" : path + "."
    }

    private init() { (members, path) = ([:], "") }

    subscript(name: String) -> CaseValue? {
        guard let value = members[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    var names: [String] { members.keys.sorted() }

    func unreadable(_ name: String) -> UnreadableCase { UnreadableCase(member: path + name) }

    func object(_ name: String) throws -> CaseMembers {
        guard let value = self[name] else { return CaseMembers() }
        return try CaseMembers(value, path: path + name)
    }

    func string(_ name: String) throws -> String? {
        guard let value = self[name] else { return nil }
        guard case .string(let text) = value else { throw unreadable(name) }
        return text
    }

    func boolean(_ name: String) throws -> Bool? {
        guard let value = self[name] else { return nil }
        guard case .boolean(let flag) = value else { throw unreadable(name) }
        return flag
    }

    /// A number from 0 to 2^32 - 1.
    func counter(_ name: String) throws -> UInt32? {
        guard let value = self[name] else { return nil }
        guard case .integer(let number) = value, let count = UInt32(exactly: number) else { throw unreadable(name) }
        return count
    }

    /// Base64url without padding.
    func bytes(_ name: String) throws -> [UInt8]? {
        guard let text = try string(name) else { return nil }
        guard let bytes = base64URLBytes(text) else { throw unreadable(name) }
        return bytes
    }

    func required<Value>(_ name: String, _ value: Value?) throws -> Value {
        guard let value else { throw unreadable(name) }
        return value
    }

    /// One value, or an array of them.
    func list<Value>(
        _ name: String, _ read: (CaseValue) -> Value?
    ) throws -> [Value]? {
        guard let value = self[name] else { return nil }
        let items = if case .array(let items) = value { items } else { [value] }
        var values: [Value] = []
        for item in items {
            guard let one = read(item) else { throw unreadable(name) }
            values.append(one)
        }
        return values
    }

    func strings(_ name: String) throws -> [String]? {
        try list(name) { if case .string(let text) = $0 { text } else { nil } }
    }

    /// Credential ids, alone or as the `id` of a descriptor.
    func identifiers(_ name: String) throws -> [[UInt8]]? {
        try list(name) { item in
            switch item {
            case .string(let text): base64URLBytes(text)
            case .object(let members):
                if case .string(let text)? = members["id"] { base64URLBytes(text) } else { nil }
            case .array, .integer, .number, .boolean, .null, .unreadable: nil
            }
        }
    }
}

/// Base64url, with or without padding.
func base64URLBytes(_ text: String) -> [UInt8]? { Base64.url.bytes(text.utf8, padding: .optional) }

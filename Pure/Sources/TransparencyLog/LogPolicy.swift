/// Which logs somebody trusts, which witnesses, and how many of those it takes.
///
/// Source: C2SP, tlog-policy.
public struct LogPolicy: Sendable, Hashable {
    /// A log, and where it is.
    public struct Log: Sendable, Hashable {
        public let key: VerifierKey
        public let url: String?
    }

    /// A witness, and where it is.
    public struct Witness: Sendable, Hashable {
        /// What it is called in this policy.
        public let name: String
        public let key: VerifierKey
        public let url: String?
    }

    /// Whose cosignatures are enough.
    indirect enum Quorum: Sendable, Hashable {
        case none
        case witness(VerifierKey)
        case group(least: Int, of: [Quorum])
    }

    public private(set) var logs: [Log] = []
    public private(set) var witnesses: [Witness] = []
    private var quorum = Quorum.none

    /// The most bytes of a policy that is read.
    public static let maximumBytes = 1 << 20

    /// A policy that trusts some logs, and asks for no witness.
    public init(trusting logs: [VerifierKey]) {
        self.logs = logs.map { Log(key: $0, url: nil) }
    }

    /// Reads a checkpoint, and believes it where a log that is trusted and enough witnesses have signed it.
    public func verify(_ bytes: some Collection<UInt8>) throws(PolicyFailure) -> VerifiedCheckpoint {
        let head: VerifiedCheckpoint
        do throws(CheckpointFailure) {
            head = try VerifiedCheckpoint(parsing: bytes, logs: logs.map(\.key), witnesses: witnesses.map(\.key))
        } catch { throw .checkpoint(error) }
        guard quorum.isMet(by: head.signers) else { throw .quorum }
        return head
    }
}

extension LogPolicy {
    /// Whether it asks for witnesses at all. Where it does not, nothing says how old a checkpoint is: an index could show
    /// somebody the same one for ever.
    public var asksWitnesses: Bool { quorum != .none }

    /// Since when enough witnesses have said of a checkpoint that they know no greater tree, in seconds since 1970: the latest
    /// time at which that was so. Nil where no witness is asked, or too few have signed it.
    public func witnessed(_ head: VerifiedCheckpoint) -> UInt64? {
        guard asksWitnesses else { return nil }
        let times = witnesses.compactMap { witness in head.cosigned(by: witness.key).map { (witness.key, $0) } }
        return times.map(\.1).filter { time in
            quorum.isMet(by: Set(times.filter { $0.1 >= time }.map(\.0)))
        }.max()
    }
}

extension LogPolicy.Quorum {
    func isMet(by signers: Set<VerifierKey>) -> Bool {
        switch self {
        case .none: true
        case .witness(let key): signers.contains(key)
        case .group(let least, let members): members.count { $0.isMet(by: signers) } >= least
        }
    }
}

/// Why a policy does not believe a checkpoint.
public enum PolicyFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case checkpoint(CheckpointFailure)
    /// Too few of the witnesses have signed it.
    case quorum

    public var description: String {
        switch self {
        case .checkpoint(let failure): failure.description
        case .quorum: "too few of the policy's witnesses have cosigned the checkpoint"
        }
    }
}

/// What is wrong with a policy, and in which line.
public struct InvalidPolicy: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which rule of the format a line breaks, as the end of a sentence.
    public enum Reason: String, Sendable, CaseIterable {
        case characters = "has characters that no policy may have"
        case unknown = "begins with none of log, witness, group and quorum"
        case words = "has too few or too many words"
        case key = "has no key of the kind that it takes"
        case duplicateKey = "has a key that stands in a line before"
        case duplicateName = "gives a name that is taken"
        case undefined = "has a name that no line before defines"
        case member = "has a member that is in a group already"
        case threshold = "asks for fewer than one member, or for more than there are"
        case secondQuorum = "says for the second time what is enough"
        case noQuorum =
            "is the end, and no line said what is enough: add a line \"quorum none\", or one with the name of a witness or group"
        case long = "makes the file longer than a policy may be"
    }

    /// Counted from 1.
    public let line: Int
    public let reason: Reason

    public var description: String { "line \(line) \(reason.rawValue)" }
}

extension LogPolicy {
    /// Reads the text of a policy.
    public init(parsing bytes: some Collection<UInt8>) throws(InvalidPolicy) {
        guard bytes.count <= Self.maximumBytes else { throw InvalidPolicy(line: 1, reason: .long) }
        var reader = PolicyReader()
        var number = 0
        for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
            number += 1
            do throws(PolicyReader.Failure) {
                try reader.read(Array(line))
            } catch { throw InvalidPolicy(line: number, reason: error.reason) }
        }
        guard let quorum = reader.quorum else { throw InvalidPolicy(line: number, reason: .noQuorum) }
        self.logs = reader.logs
        self.witnesses = reader.witnesses
        self.quorum = quorum
    }
}

/// Reads a policy line by line. Names are bytes: two texts that only look alike are two names.
private struct PolicyReader {
    struct Failure: Error {
        let reason: InvalidPolicy.Reason
    }

    var logs: [LogPolicy.Log] = []
    var witnesses: [LogPolicy.Witness] = []
    var quorum: LogPolicy.Quorum?
    private var defined: [[UInt8]: LogPolicy.Quorum] = [:]
    private var members: Set<[UInt8]> = []
    private var keys: Set<[UInt8]> = []

    private static let none = Array("none".utf8)

    mutating func read(_ line: [UInt8]) throws(Failure) {
        guard line.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }) else { throw Failure(reason: .characters) }
        let words = line.split { $0 == 0x20 || $0 == 0x09 }.map(Array.init)
        guard let first = words.first, first.first != UInt8(ascii: "#") else { return }
        let rest = Array(words.dropFirst())
        switch String(decoding: first, as: UTF8.self) {
        case "log": try readLog(rest)
        case "witness": try readWitness(rest)
        case "group": try readGroup(rest)
        case "quorum": try readQuorum(rest)
        default: throw Failure(reason: .unknown)
        }
    }

    private mutating func readLog(_ words: [[UInt8]]) throws(Failure) {
        guard words.count == 1 || words.count == 2 else { throw Failure(reason: .words) }
        let key = try key(words[0], .note)
        logs.append(LogPolicy.Log(key: key, url: words.count == 2 ? String(decoding: words[1], as: UTF8.self) : nil))
    }

    private mutating func readWitness(_ words: [[UInt8]]) throws(Failure) {
        guard words.count == 2 || words.count == 3 else { throw Failure(reason: .words) }
        let key = try key(words[1], .cosignature)
        try define(words[0], .witness(key))
        witnesses.append(
            LogPolicy.Witness(
                name: String(decoding: words[0], as: UTF8.self), key: key,
                url: words.count == 3 ? String(decoding: words[2], as: UTF8.self) : nil))
    }

    private mutating func readGroup(_ words: [[UInt8]]) throws(Failure) {
        guard words.count >= 3 else { throw Failure(reason: .words) }
        let names = words.dropFirst(2)
        var group: [LogPolicy.Quorum] = []
        for name in names {
            guard let member = defined[name] else { throw Failure(reason: .undefined) }
            guard members.insert(name).inserted else { throw Failure(reason: .member) }
            group.append(member)
        }
        let least: Int? =
            switch String(decoding: words[1], as: UTF8.self) {
            case "all": names.count
            case "any": 1
            default: Int(decimal: String(decoding: words[1], as: UTF8.self))
            }
        guard let least, (1...names.count).contains(least) else { throw Failure(reason: .threshold) }
        try define(words[0], .group(least: least, of: group))
    }

    private mutating func readQuorum(_ words: [[UInt8]]) throws(Failure) {
        guard words.count == 1 else { throw Failure(reason: .words) }
        guard quorum == nil else { throw Failure(reason: .secondQuorum) }
        guard let rule = words[0] == Self.none ? LogPolicy.Quorum.none : defined[words[0]] else {
            throw Failure(reason: .undefined)
        }
        quorum = rule
    }

    private mutating func define(_ name: [UInt8], _ rule: LogPolicy.Quorum) throws(Failure) {
        guard name != Self.none, defined[name] == nil else { throw Failure(reason: .duplicateName) }
        defined[name] = rule
    }

    private mutating func key(_ text: [UInt8], _ kind: VerifierKey.Kind) throws(Failure) -> VerifierKey {
        guard let text = String(validating: text, as: UTF8.self), let key = VerifierKey(parsing: text), key.kind == kind
        else { throw Failure(reason: .key) }
        // Logs among themselves, and witnesses: the same key under two names is one.
        guard keys.insert([kind.rawValue] + key.key).inserted else { throw Failure(reason: .duplicateKey) }
        return key
    }
}

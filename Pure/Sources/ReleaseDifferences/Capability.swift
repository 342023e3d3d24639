/// What code can do that a release before it could not, as far as a reader of its text can tell.
///
/// None of them is bad by itself: honest packages speak to networks and run programs. That a release can do for the
/// first time what its project never did is a fact about the release.
public enum Capability: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Speaks to other machines.
    case network
    /// Starts other programs.
    case execution
    /// Runs text or bytes as Python.
    case dynamicCode = "dynamic-code"
    /// Calls machine code by address: `ctypes` and the like.
    case nativeCode = "native-code"
    /// Names a place where credentials lie: keys, tokens, wallets, the metadata of a cloud.
    case credentials
    /// Reads all of the environment, as opposed to a variable of it.
    case environment
    /// Makes bytes of text, or unpacks them.
    case decoding
    /// Makes a file executable.
    case permission
    /// Reads or writes what is copied and pasted.
    case clipboard
    /// Names a place from where programs are started by themselves.
    case persistence

    /// As part of a sentence: `it …`.
    public var words: String {
        switch self {
        case .network: "speaks to other machines"
        case .execution: "starts other programs"
        case .dynamicCode: "runs text as code"
        case .nativeCode: "calls machine code"
        case .credentials: "names a place where credentials lie"
        case .environment: "reads all of the environment"
        case .decoding: "decodes bytes"
        case .permission: "makes files executable"
        case .clipboard: "reads the clipboard"
        case .persistence: "names a place from where programs are started"
        }
    }

    /// In the order in which they are told.
    public static func < (one: Capability, other: Capability) -> Bool { one.order < other.order }
    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A place in a file that shows a capability.
public struct CapabilityUse: Sendable, Hashable {
    public let capability: Capability
    /// Counted from 1.
    public let line: Int
    /// The name or the text that shows it: `urllib.request`.
    public let evidence: String

    public init(_ capability: Capability, line: Int, evidence: String) {
        self.capability = capability
        self.line = line
        self.evidence = String(evidence.prefix(80))
    }
}

/// Two capabilities that are more together, in one file, than each by itself.
public struct CapabilityPair: Sendable, Hashable {
    public let first: Capability
    public let second: Capability
    /// What the two together are the pattern of, as part of a sentence.
    public let meaning: String
    public let weight: Weight

    /// All of them, the gravest first.
    public static let all: [CapabilityPair] = [
        CapabilityPair(.credentials, .network, "what reads credentials and sends them", .decisive),
        CapabilityPair(.network, .permission, "what fetches a program and makes it executable", .decisive),
        CapabilityPair(.clipboard, .network, "what reads the clipboard and sends it", .decisive),
        CapabilityPair(.decoding, .dynamicCode, "what hides code and runs it", .strong),
        CapabilityPair(.network, .dynamicCode, "what fetches code and runs it", .strong),
        CapabilityPair(.decoding, .execution, "what hides a program and starts it", .strong),
        CapabilityPair(.environment, .network, "what reads the environment and sends it", .strong),
        CapabilityPair(.network, .nativeCode, "what fetches machine code and calls it", .strong),
        CapabilityPair(.decoding, .nativeCode, "what hides machine code and calls it", .strong),
        CapabilityPair(.credentials, .execution, "what reads credentials and hands them to a program", .strong),
        CapabilityPair(.persistence, .execution, "what stays after it has run", .strong),
        CapabilityPair(.persistence, .network, "what fetches something that stays", .strong),
        CapabilityPair(.network, .execution, "what fetches a program and starts it", .fair),
    ]

    private init(_ first: Capability, _ second: Capability, _ meaning: String, _ weight: Weight) {
        self.first = first
        self.second = second
        self.meaning = meaning
        self.weight = weight
    }

    func isIn(_ capabilities: Set<Capability>) -> Bool { capabilities.contains(first) && capabilities.contains(second) }
}

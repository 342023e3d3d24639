import Acts
import UTC

/// Something in which a release is not like the one before it, or a wheel not like the sdist of its release.
public enum ReleaseDifference: Sendable, Hashable {
    // What is in it
    /// Code runs without being imported that did not before.
    case newHook(InstallHook)
    /// What ran without being imported before says something else.
    case changedHook(InstallHook)
    /// Nothing of the project could do this before.
    case firstCapability(Capability, path: String, line: Int, evidence: String)
    /// No file of the project could do both before.
    case firstPair(CapabilityPair, path: String, line: Int, evidence: String)
    /// A long text of other bytes than people write, in code.
    case embeddedBlob(path: String, line: Int, length: Int, beside: Capability?)
    /// Bytes that are spread like encrypted or compressed ones, in a file that is none of the known kinds.
    case blob(path: String, size: Int64, beside: Capability?)
    /// A file whose name says that it is a picture or the like, and whose first bytes do not.
    case disguised(path: String, beside: Capability?)
    /// Machine code in a project that had none.
    case firstNative(path: String, isForAnyPlatform: Bool)
    /// More than four times as large, and by more than a mebibyte.
    case sizeJump(from: Int64, to: Int64)
    /// A wheel has code that the sdist of its release has not, and that can do something.
    case notInSource(path: String, capabilities: [Capability])
    /// It depends on something doubtful that it did not depend on before.
    case dependency(String, DependencyDoubt)

    // How it came
    case newUploader(String)
    /// The account is in the project since a short time only.
    case newPerson(String, since: Duration)
    case newTool(String, instead: String)
    case newAddressBlock
    case weakerCredential(Assurance, instead: Assurance)
    /// Those before it had attestations.
    case lostAttestation
    /// Added to a release that is so old.
    case lateFile(Duration)
    /// The first release after so long.
    case woken(after: Duration)
    /// The first number of its version is far ahead.
    case versionAhead(from: String, to: String)

    /// How much it says.
    public var weight: Weight {
        switch self {
        case .newHook(let hook):
            switch hook {
            case .startCode: .decisive
            case .commandClass, .inTreeBackend, .command: .strong
            case .setupScript: .weak
            }
        case .changedHook(let hook):
            switch hook {
            case .startCode: .strong
            case .commandClass, .inTreeBackend, .setupScript, .command: .note
            }
        case .firstCapability(let capability, let path, _, _):
            Self.weigh(path, Self.weight(of: capability, isInstallCode: path == "setup.py"))
        case .firstPair(let pair, let path, _, _): Self.weigh(path, pair.weight)
        case .embeddedBlob(let path, _, _, let beside): Self.weigh(path, beside == nil ? .weak : .strong)
        case .blob(let path, _, let beside): Self.weigh(path, beside == nil ? .weak : .strong)
        case .disguised(let path, let beside): Self.weigh(path, beside == nil ? .weak : .strong)
        case .firstNative(let path, let isForAnyPlatform): Self.weigh(path, isForAnyPlatform ? .strong : .weak)
        case .sizeJump: .weak
        case .notInSource(_, let capabilities):
            CapabilityPair.all.contains { $0.isIn(Set(capabilities)) && $0.weight >= .strong } ? .strong : .fair
        case .dependency(_, let doubt):
            switch doubt {
            case .unknown: .note
            case .young(let age): age < .days(30) ? .strong : .weak
            case .lookAlike: .strong
            }
        case .newUploader: .fair
        case .newPerson: .fair
        case .newTool, .newAddressBlock: .weak
        case .weakerCredential: .fair
        case .lostAttestation: .strong
        case .lateFile: .strong
        case .woken: .fair
        case .versionAhead: .weak
        }
    }

    /// Whether it is about how a file came, and not about what is in it.
    public var isCircumstance: Bool {
        switch self {
        case .newHook, .changedHook, .firstCapability, .firstPair, .embeddedBlob, .blob, .disguised, .firstNative,
            .sizeJump, .notInSource, .dependency, .versionAhead:
            false
        case .newUploader, .newPerson, .newTool, .newAddressBlock, .weakerCredential, .lostAttestation, .lateFile,
            .woken:
            true
        }
    }

    /// Where it is to be seen; nil for what is about all of the release.
    public var place: (path: String, line: Int?)? {
        switch self {
        case .newHook(let hook), .changedHook(let hook):
            switch hook {
            case .setupScript, .commandClass: ("setup.py", nil)
            case .inTreeBackend: ("pyproject.toml", nil)
            case .startCode(let path): (path, nil)
            case .command: (".dist-info/entry_points.txt", nil)
            }
        case .firstCapability(_, let path, let line, _), .firstPair(_, let path, let line, _): (path, line)
        case .embeddedBlob(let path, let line, _, _): (path, line)
        case .blob(let path, _, _), .disguised(let path, _), .firstNative(let path, _), .notInSource(let path, _):
            (path, nil)
        case .sizeJump, .dependency, .newUploader, .newPerson, .newTool, .newAddressBlock, .weakerCredential,
            .lostAttestation, .lateFile, .woken, .versionAhead:
            nil
        }
    }

    /// The word for machines, the same for ever: `new-hook`.
    public var code: String {
        switch self {
        case .newHook: "new-hook"
        case .changedHook: "changed-hook"
        case .firstCapability: "first-capability"
        case .firstPair: "first-pair"
        case .embeddedBlob: "embedded-blob"
        case .blob: "blob"
        case .disguised: "disguised"
        case .firstNative: "first-native"
        case .sizeJump: "size-jump"
        case .notInSource: "not-in-source"
        case .dependency: "dependency"
        case .newUploader: "new-uploader"
        case .newPerson: "new-person"
        case .newTool: "new-tool"
        case .newAddressBlock: "new-address-block"
        case .weakerCredential: "weaker-credential"
        case .lostAttestation: "lost-attestation"
        case .lateFile: "late-file"
        case .woken: "woken"
        case .versionAhead: "version-ahead"
        }
    }

    /// What tests and examples can do is run by few.
    private static func weigh(_ path: String, _ weight: Weight) -> Weight {
        ArchiveMember.isAside(path) ? weight.lessened : weight
    }

    private static func weight(of capability: Capability, isInstallCode: Bool) -> Weight {
        let weight: Weight =
            switch capability {
            case .credentials: .fair
            case .network, .execution, .dynamicCode, .nativeCode, .clipboard, .persistence: .weak
            case .environment, .decoding, .permission: .note
            }
        guard isInstallCode else { return weight }
        switch capability {
        case .network, .dynamicCode, .credentials, .environment: return .strong
        case .execution, .nativeCode, .decoding, .permission, .clipboard, .persistence: return .fair
        }
    }
}

extension ReleaseDifference {
    /// A sentence for those who look, and for those who are told.
    public var words: String {
        switch self {
        case .newHook(let hook): "It has \(hook.words), and the release before had not."
        case .changedHook(let hook): "It has \(hook.words), and that is not what it was in the release before."
        case .firstCapability(let capability, let path, let line, let evidence):
            "\(path), line \(line) \(capability.words) (\(evidence)): nothing in the release before did."
        case .firstPair(let pair, let path, let line, let evidence):
            "\(path), line \(line) (\(evidence)): the file \(pair.first.words) and \(pair.second.words), which is the "
                + "pattern of \(pair.meaning). No file of the release before did both."
        case .embeddedBlob(let path, let line, let length, let beside):
            "\(path), line \(line) has a text of \(length) bytes that nobody wrote by hand"
                + Self.beside(beside, "the file")
        case .blob(let path, let size, let beside):
            "\(path) is new: \(size) bytes that look encrypted or compressed" + Self.beside(beside, "new code")
        case .disguised(let path, let beside):
            "\(path) is new, and not what its name says" + Self.beside(beside, "new code")
        case .firstNative(let path, let isForAnyPlatform):
            "\(path) is machine code, and the release before had none"
                + (isForAnyPlatform ? "; what it came in says that it runs on any machine." : ".")
        case .sizeJump(let before, let now): "It is \(now) bytes unpacked, and the release before was \(before)."
        case .notInSource(let path, let capabilities):
            "\(path) is in the wheel and not in the sdist of the release, and "
                + capabilities.map(\.words).joined(separator: ", ") + "."
        case .dependency(let name, let doubt):
            "It depends on \(name), which \(doubt.words); the release before did not."
        case .newUploader(let name): "\(name) has never uploaded to this project before."
        case .newPerson(let name, let since): "\(name) has had a role in the project for \(since.words) only."
        case .newTool(let tool, let instead): "It was uploaded with \(tool), and those before it with \(instead)."
        case .newAddressBlock: "It was uploaded from a part of the network from which none came before."
        case .weakerCredential(let assurance, let instead):
            "It was uploaded with a credential that proves \(assurance.words), and those before it with one that proves "
                + "\(instead.words)."
        case .lostAttestation: "It has no attestation, and the releases before it had."
        case .lateFile(let age): "It was added to a release that is \(age.words) old."
        case .woken(let quiet): "It is the first release after \(quiet.words)."
        case .versionAhead(let before, let now): "Its version \(now) is far ahead of \(before), the one before."
        }
    }

    private static func beside(_ capability: Capability?, _ what: String) -> String {
        capability.map { ", and \(what) \($0.words)." } ?? "."
    }
}

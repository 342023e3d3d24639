import Bytes
import Glibc
import PackagingFormats

/// The project that a file belongs to by its name.
///
/// To read a name by all rules takes microseconds; a log has hundreds of millions. So names of the usual form are known
/// by a look at their bytes (`PlainFileName`), which takes a hundred nanoseconds, and the rest is read by the rules; a
/// test compares the two. The projects' names, as they are spelled in files, are looked up in a table of fixed size in
/// which each has one place; it holds whole names, so that it can only answer right.
final class FileNames {
    private static let slots = 1 << 17
    private static let slotSize = 64
    private static let headSize = 8

    private let memory: UnsafeMutableRawPointer
    private var numbers: [String: UInt32] = [:]
    /// The normalized names that were seen, by their number here.
    private(set) var names: [String] = []

    init() {
        // Zeroed by the system as it is used: a short log does not pay for all of it. In large pages, if there are any:
        // with small ones, to find the page takes as long as to read the name.
        let size = Self.slots * Self.slotSize
        memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard memory != MAP_FAILED else { preconditionFailure("there is no memory") }
        madvise(memory, size, MADV_HUGEPAGE)
    }

    deinit { munmap(memory, Self.slots * Self.slotSize) }

    /// The number of the project that a file belongs to; nil when it has no valid name.
    @inline(__always) func number(ofFile name: Text) -> UInt32? {
        if let project = PlainFileName.project(of: name) { return number(ofProject: project) }
        guard let file = try? DistributionFilename(lenient: name.string) else { return nil }
        return number(of: file.project.normalized)
    }

    @inline(__always) private func number(ofProject name: Text) -> UInt32? {
        guard name.count <= Self.slotSize - Self.headSize else { return look(name) }
        let slot = memory + Int(truncatingIfNeeded: name.hash(seed: 0)) & (Self.slots - 1) &* Self.slotSize
        let text = (slot + Self.headSize).assumingMemoryBound(to: UInt8.self)
        let known = slot.load(fromByteOffset: 4, as: UInt32.self)
        if Int(known) == name.count, name.equals(text, count: name.count) { return slot.load(as: UInt32.self) }
        guard let number = look(name) else { return nil }
        slot.storeBytes(of: number, as: UInt32.self)
        slot.storeBytes(of: UInt32(name.count), toByteOffset: 4, as: UInt32.self)
        text.update(from: name.start, count: name.count)
        return number
    }

    private func look(_ name: Text) -> UInt32? {
        guard let project = try? ProjectName(parsing: name.string) else { return nil }
        return number(of: project.normalized)
    }

    private func number(of normalized: String) -> UInt32 {
        if let number = numbers[normalized] { return number }
        let number = UInt32(names.count)
        numbers[normalized] = number
        names.append(normalized)
        return number
    }
}

/// Names of files in the form that nearly all have: `demo_pkg-1.0rc1-cp312-cp312-manylinux_2_17_x86_64.whl`,
/// `demo-1.0.tar.gz`.
///
/// Whatever is known here is valid by `DistributionFilename.init(lenient:)` and belongs to the same project; much that
/// is valid is not known here.
enum PlainFileName {
    /// The part that names the project, as it is spelled; nil when the name is of another form, valid or not.
    static func project(of file: Text) -> Text? {
        guard file.count <= DistributionFilename.maximumLength else { return nil }
        if file.ends(with: ".whl") { return project(ofWheel: file[0..<(file.count - 4)]) }
        if file.ends(with: ".tar.gz") { return project(ofSource: file[0..<(file.count - 7)]) }
        if file.ends(with: ".zip") { return project(ofSource: file[0..<(file.count - 4)]) }
        return nil
    }

    private static func project(ofSource stem: Text) -> Text? {
        guard let hyphen = stem.last(UInt8(ascii: "-")), isVersion(stem[(hyphen + 1)..<stem.count]) else { return nil }
        let name = stem[0..<hyphen]
        return isName(name, allowsHyphen: true) ? name : nil
    }

    private static func project(ofWheel stem: Text) -> Text? {
        guard let first = stem.first(UInt8(ascii: "-")),
            let second = stem.first(UInt8(ascii: "-"), from: first + 1)
        else { return nil }
        let name = stem[0..<first]
        guard isName(name, allowsHyphen: false), isVersion(stem[(first + 1)..<second]) else { return nil }
        // Three tags; a build tag makes four, and is left to the rules.
        var tag = 0
        var isStart = true
        for index in (second + 1)..<stem.count {
            let byte = stem[index]
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") {
                if isStart { return nil }
                isStart = true
                if byte == UInt8(ascii: "-") { tag += 1 }
            } else {
                guard isAlphanumeric(byte) || byte == UInt8(ascii: "_") else { return nil }
                // The tag of a Python does not begin with a digit.
                if isStart, tag == 0, byte.isASCIIDigit { return nil }
                isStart = false
            }
        }
        return tag == 2 && !isStart ? name : nil
    }

    @inline(__always) private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric
    }

    private static func isName(_ name: Text, allowsHyphen: Bool) -> Bool {
        guard name.count > 0, name.count <= ProjectName.maximumLength, isAlphanumeric(name[0]),
            isAlphanumeric(name[name.count - 1])
        else { return false }
        var previous: UInt8 = 0
        for index in 0..<name.count {
            let byte = name[index]
            if !isAlphanumeric(byte) {
                switch byte {
                case UInt8(ascii: "."): break
                // Two of them are not allowed in a wheel's name.
                case UInt8(ascii: "_"): if previous == byte { return false }
                case UInt8(ascii: "-"): if !allowsHyphen { return false }
                default: return false
                }
            }
            previous = byte
        }
        return true
    }

    /// Whether it is a version such as `1.0`, `1.0rc1`, `1.0.post1` or `1.0.dev3`, in normal form.
    private static func isVersion(_ text: Text) -> Bool {
        guard text.count <= 64 else { return false }
        var index = 0
        func digits() -> Bool {
            let start = index
            while index < text.count, text[index].isASCIIDigit { index += 1 }
            return index > start
        }
        guard digits() else { return false }
        while index + 1 < text.count, text[index] == UInt8(ascii: "."), text[index + 1].isASCIIDigit {
            index += 1
            _ = digits()
        }
        if index == text.count { return true }
        let suffixes: [StaticString] = ["a", "b", "rc", ".post", ".dev"]
        for suffix in suffixes where text[index..<text.count].begins(with: suffix) {
            index += suffix.utf8CodeUnitCount
            return digits() && index == text.count
        }
        return false
    }
}

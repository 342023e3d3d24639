import Glibc
import PackagingFormats

/// The project that a file belongs to by its name, remembered for those that were asked for lately.
///
/// To read a name by all rules takes microseconds, and most lines are about files that a line before was about. The memory
/// is a table of fixed size in which a name has one place; it holds whole names, so that it can only answer right.
final class FileNames {
    private static let slots = 1 << 17
    private static let slotSize = 128
    private static let headSize = 8
    /// What stands for a file whose name is none.
    private static let invalid = UInt32.max

    private let memory: UnsafeMutableRawPointer
    private var numbers: [String: UInt32] = [:]
    /// The normalized names that were seen, by their number here.
    private(set) var names: [String] = []

    init() {
        // Zeroed by the system, page by page as they are used: a short log does not pay for all of them.
        guard let memory = calloc(Self.slots, Self.slotSize) else { preconditionFailure("there is no memory") }
        self.memory = memory
    }

    deinit { free(memory) }

    /// The number of the project that a file belongs to; nil when it has no valid name.
    @inline(__always) func number(ofFile name: Text) -> UInt32? {
        guard name.count <= Self.slotSize - Self.headSize, name.count > 0 else { return look(name) }
        let slot = memory + Int(truncatingIfNeeded: name.hash(seed: 0)) & (Self.slots - 1) &* Self.slotSize
        let text = (slot + Self.headSize).assumingMemoryBound(to: UInt8.self)
        let known = slot.load(fromByteOffset: 4, as: UInt32.self)
        if Int(known) == name.count, name.equals(text, count: name.count) {
            let number = slot.load(as: UInt32.self)
            return number == Self.invalid ? nil : number
        }
        let number = look(name)
        slot.storeBytes(of: number ?? Self.invalid, as: UInt32.self)
        slot.storeBytes(of: UInt32(name.count), toByteOffset: 4, as: UInt32.self)
        text.update(from: name.start, count: name.count)
        return number
    }

    private func look(_ name: Text) -> UInt32? {
        guard let file = try? DistributionFilename(lenient: name.string) else { return nil }
        return number(of: file.project.normalized)
    }

    private func number(of normalized: String) -> UInt32 {
        if let number = numbers[normalized] { return number }
        let number = UInt32(names.count)
        numbers[normalized] = number
        names.append(normalized)
        return number
    }
}

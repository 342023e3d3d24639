import Archives
import Differences
import NIOCore
import PackagingFormats
import Ports
import Projects
import Synchronization
import Web

/// A distribution file as it is read: its name, and the digest under which its bytes are kept.
public struct ReadFile: Sendable, Hashable {
    public let filename: String
    /// 64 lower-case hexadecimal digits.
    public let sha256: String

    /// A file by its name and digest.
    public init(filename: String, sha256: String) {
        self.filename = filename
        self.sha256 = sha256
    }

    /// A file of the index.
    public init(_ file: DistributionFile) {
        self.init(filename: file.filename, sha256: file.digests.sha256)
    }
}

/// Reads archives where they lie, and remembers what it found: bytes under a digest never change, so what was made of them
/// stays true.
///
/// Reading takes threads and time. So few read at once, few wait for them, and everybody who wants the same waits for one
/// reading.
public final class SourceReader: Sendable {
    private let blobs: any BlobStore
    private let lane: Lane
    private let limits: InventoryLimits
    /// How long one archive may be read.
    private let patience: Duration
    private let inventories: Kept<Inventory>
    private let differences: Kept<ReleaseDifference>
    private let contents: Kept<[UInt8]>

    /// The largest text that is shown, in bytes.
    static let textLimit = 8 << 20
    /// How much of the other files of a directory is read along with one of them, where reading means unpacking all.
    private static let neighbours = 4 << 20

    /// - Parameters:
    ///   - blobs: where the files are.
    ///   - width: how many read at once.
    ///   - places: how many may read or wait for it; beyond that they are refused.
    ///   - memory: bytes that all that is remembered may take, about.
    public init(
        blobs: any BlobStore, width: Int = max(1, System.coreCount / 2), places: Int = 24, memory: Int = 64 << 20,
        patience: Duration = .seconds(20), limits: InventoryLimits = .init()
    ) {
        self.blobs = blobs
        self.limits = limits
        self.patience = patience
        lane = Lane(width: width, places: places)
        inventories = Kept(limit: memory / 2)
        differences = Kept(limit: memory / 4)
        contents = Kept(limit: memory / 4)
    }

    /// What is in an archive.
    ///
    /// - Throws: `SourceRefusal`, `ServerBusy`, or what reading throws.
    public func inventory(of file: ReadFile) async throws -> Inventory {
        let limits = self.limits
        return try await inventories.value(for: file.filename + file.sha256, cost: \.cost) {
            try await self.read(file) { source, container, isCancelled in
                try Inventory(
                    reading: source, filename: file.filename, container: container, limits: limits,
                    isCancelled: isCancelled)
            }
        }
    }

    /// The bytes of a text in an archive.
    ///
    /// - Parameter entry: of its inventory; a text of at most `textLimit` bytes.
    func content(of entry: Inventory.Entry, in file: ReadFile, _ inventory: Inventory) async throws -> [UInt8] {
        let key = { @Sendable (path: ExactPath) in "\(file.sha256)/\(SourceAddress.segment(path.text))" }
        let asked = ExactPath(entry.path)
        return try await contents.value(for: key(asked), cost: { $0.count + 512 }) {
            let paths = Self.read(along: entry, inventory)
            let found = try await self.contents(
                of: paths, in: file, limit: Self.textLimit, total: Self.textLimit + Self.neighbours)
            for (path, bytes) in found where path != asked {
                self.contents.keep(bytes, for: key(path), cost: bytes.count + 512)
            }
            guard let bytes = found[asked] else { throw SourceRefusal.missing(file.filename) }
            return bytes
        }
    }

    /// To read one file of a tar means to unpack all of it, so its neighbours are read along: people go from one to the
    /// next.
    private static func read(along entry: Inventory.Entry, _ inventory: Inventory) -> Set<ExactPath> {
        var paths: Set<ExactPath> = [ExactPath(entry.path)]
        guard inventory.container == .gzippedTar else { return paths }
        let directory = entry.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(entry.path[..<$0]) } ?? ""
        var room = neighbours
        for other in inventory.listing(of: directory)?.files ?? [] where other.kind.isText && other.size <= room {
            room -= Int(other.size)
            paths.insert(ExactPath(other.path))
        }
        return paths
    }

    /// What is different between two archives, or what is in one where there is no other.
    ///
    /// - Parameter place: the one file whose lines are compared; nil for all.
    public func difference(
        from old: ReadFile?, to new: ReadFile, only place: String? = nil
    ) async throws -> ReleaseDifference {
        let key = "\(old?.sha256 ?? "") \(new.sha256) \(place.map(SourceAddress.segment) ?? "")"
        return try await differences.value(for: key, cost: \.cost) {
            let before: Inventory? = if let old { try await self.inventory(of: old) } else { nil }
            let after = try await self.inventory(of: new)
            return try await self.lane.run {
                let limits = place == nil ? DifferenceLimits() : .oneFile
                let plan = DifferencePlan(from: before, to: after, only: place, limits: limits)
                let oldContents: [ExactPath: [UInt8]] =
                    if let old {
                        try await self.unpacked(plan.oldPaths, of: old, limit: limits.file, total: limits.total)
                    } else { [:] }
                let newContents = try await self.unpacked(
                    plan.newPaths, of: new, limit: limits.file, total: limits.total)
                return plan.difference(old: oldContents, new: newContents)
            }
        }
    }

    // MARK: Reading

    private func contents(
        of paths: Set<ExactPath>, in file: ReadFile, limit: Int, total: Int
    ) async throws -> [ExactPath: [UInt8]] {
        try await lane.run { try await self.unpacked(paths, of: file, limit: limit, total: total) }
    }

    private func read<Result: Sendable>(
        _ file: ReadFile,
        _ body: @escaping @Sendable (any ByteSource, ArchiveContainer, @escaping () -> Bool) throws -> Result
    ) async throws -> Result {
        try await lane.run { try await self.open(file, body) }
    }

    private func unpacked(
        _ paths: Set<ExactPath>, of file: ReadFile, limit: Int, total: Int
    ) async throws -> [ExactPath: [UInt8]] {
        guard !paths.isEmpty else { return [:] }
        let limits = self.limits.archive
        return try await open(file) { source, container, isCancelled in
            try Archives.contents(
                of: paths, from: source, in: container, limit: limit, total: total, limits: limits,
                isCancelled: isCancelled)
        }
    }

    /// On a turn of the lane.
    private func open<Result: Sendable>(
        _ file: ReadFile,
        _ body: @escaping @Sendable (any ByteSource, ArchiveContainer, @escaping () -> Bool) throws -> Result
    ) async throws -> Result {
        guard let container = ArchiveContainer(filename: file.filename) else {
            throw SourceRefusal.unreadable(file.filename, explanation: "It is of a kind that this index does not read.")
        }
        let patience = self.patience
        do {
            let found = try await blobs.inspect(file.sha256) { source in
                // From when it is its turn.
                let end = ContinuousClock.now + patience
                return try body(source, container) { ContinuousClock.now > end }
            }
            guard let found else { throw SourceRefusal.missing(file.filename) }
            return found
        } catch let failure as InspectionFailure {
            switch failure {
            case .cancelled: throw SourceRefusal.takesTooLong(file.filename)
            case .invalid(let flaw):
                throw SourceRefusal.unreadable(file.filename, explanation: flaw.explanation)
            case .unreadable(let error): throw error
            }
        }
    }
}

/// Values that are dear to make and stay true, as many as fit; who asks for one that is being made waits for it.
private final class Kept<Value: Sendable>: Sendable {
    private let values: Mutex<VersionedCache<Result<Value, SourceRefusal>>>
    private let underWay = Mutex<[String: Task<Value, any Error>]>([:])

    init(limit: Int) { values = Mutex(VersionedCache(limit: limit)) }

    func keep(_ value: Value, for key: String, cost: Int) {
        values.withLock { _ = $0.put(.success(value), for: key, asOf: 0, cost: cost + key.utf8.count) }
    }

    func value(
        for key: String, cost: @escaping @Sendable (Value) -> Int, make: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if let known = values.withLock({ $0.value(for: key) }) { return try known.get() }
        let task = underWay.withLock { underWay in
            if let task = underWay[key] { return task }
            // Not of this task: its client may go while others wait for the same.
            let task = Task {
                defer { _ = self.underWay.withLock { $0.removeValue(forKey: key) } }
                do {
                    let value = try await make()
                    self.keep(value, for: key, cost: cost(value))
                    return value
                } catch let refusal as SourceRefusal {
                    // What an archive is does not change, so nobody tries again what took long in vain. But that bytes
                    // are missing can be mended.
                    if !refusal.canBeMended {
                        self.values.withLock {
                            _ = $0.put(.failure(refusal), for: key, asOf: 0, cost: 512 + key.utf8.count)
                        }
                    }
                    throw refusal
                }
            }
            underWay[key] = task
            return task
        }
        return try await task.value
    }
}

extension SourceRefusal {
    /// Whether it can be otherwise the next time.
    fileprivate var canBeMended: Bool {
        switch self {
        case .missing, .projectQuarantined, .fileQuarantined, .removed, .erased: true
        case .unreadable, .takesTooLong: false
        }
    }
}

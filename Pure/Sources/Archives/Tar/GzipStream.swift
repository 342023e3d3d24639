/// The unpacked bytes of a gzip file, part by part (RFC 1952).
///
/// One gzip member and nothing after it but zeros, which Python's gzip also takes for padding. A second member is
/// refused: `gzip` and Python read on into it, other readers stop. Read leniently, the stream goes on into it, and ends
/// before what is not sound.
final class GzipStream {
    private let source: any ByteSource
    private let inflater = Inflater(.gzip)
    private let limits: ArchiveLimits
    private let isCancelled: () -> Bool
    private var position: Int64 = 0
    private(set) var unpacked: Int64 = 0
    private var hasEnded = false
    /// What was passed over.
    private(set) var passedOver: PassedOver

    init(
        _ source: any ByteSource, limits: ArchiveLimits, leniency: Leniency, isCancelled: @escaping () -> Bool
    ) throws(InspectionFailure) {
        self.source = source
        passedOver = PassedOver(leniency)
        self.limits = limits
        self.isCancelled = isCancelled
        let window = SourceWindow(source, capacity: 2, readAhead: 2)
        guard let magic = try window.bytes(at: 0, 2), magic.elementsEqual(Self.magic) else { throw .tar(.notGzip) }
    }

    private static let magic: [UInt8] = [0x1F, 0x8B]

    /// The next bytes, never none, valid until the next call; nil at the end, when all of the file was sound.
    func next() throws(InspectionFailure) -> UnsafeRawBufferPointer? {
        while !hasEnded {
            if isCancelled() { throw .cancelled }
            if inflater.unused == 0 { inflater.feed(try read()) }
            let hadInput = inflater.unused > 0
            let step: Inflater.Step
            do { step = try inflater.step() } catch { throw .tar(.gzipData) }
            if step.isEnd {
                hasEnded = true
                try goOnBehindMember()
            }
            unpacked += Int64(step.bytes.count)
            try limits.check(unpacked: unpacked, packed: source.size)
            if !step.bytes.isEmpty { return step.bytes }
            guard hadInput || hasEnded else { throw .tar(.gzipCut) }
        }
        return nil
    }

    private func read() throws(InspectionFailure) -> Int {
        let count = Int(min(source.size - position, Int64(inflater.input.count)))
        try source.fill(.init(rebasing: inflater.input[..<count]), from: position)
        position += Int64(count)
        return count
    }

    /// Behind a gzip member there are zeros, or, where that is passed over, another one.
    private func goOnBehindMember() throws(InspectionFailure) {
        if inflater.unusedBytes.starts(with: Self.magic) {
            // Without reading anything again: there may be as many members as twenty bytes fit into the file.
            try passedOver.pass(.tar(.severalGzipMembers))
            inflater.startOver()
            hasEnded = false
            return
        }
        position -= Int64(inflater.unused)
        guard let start = try endOfPadding() else { return }
        let window = SourceWindow(source, capacity: 2, readAhead: 2)
        let isMember = try window.bytes(at: start, 2)?.elementsEqual(Self.magic) ?? false
        guard isMember else { return try passedOver.pass(.tar(.afterGzip)) }
        try passedOver.pass(.tar(.severalGzipMembers))
        position = start
        inflater.reset()
        hasEnded = false
    }

    /// The first byte from here on that is no zero; nil when there is none.
    private func endOfPadding() throws(InspectionFailure) -> Int64? {
        // Not the inflater's output: the last step's bytes are still to be given out of it.
        let window = SourceWindow(source, capacity: 64 << 10, readAhead: 64 << 10)
        var offset = position
        while offset < source.size {
            if isCancelled() { throw .cancelled }
            let count = Int(min(source.size - offset, 64 << 10))
            guard let bytes = try window.bytes(at: offset, count) else { return nil }
            if let first = bytes.firstIndex(where: { $0 != 0 }) { return offset + Int64(first) }
            offset += Int64(count)
        }
        return nil
    }
}

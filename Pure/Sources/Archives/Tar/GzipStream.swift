/// The unpacked bytes of a gzip file, part by part (RFC 1952).
///
/// One gzip member and nothing after it but zeros, which Python's gzip also takes for padding. A second member is
/// refused: `gzip` and Python read on into it, other readers stop.
final class GzipStream {
    private let source: any ByteSource
    private let inflater = Inflater(.gzip)
    private let limits: ArchiveLimits
    private let isCancelled: () -> Bool
    private var position: Int64 = 0
    private(set) var unpacked: Int64 = 0
    private var hasEnded = false

    init(
        _ source: any ByteSource, limits: ArchiveLimits, isCancelled: @escaping () -> Bool
    ) throws(InspectionFailure) {
        self.source = source
        self.limits = limits
        self.isCancelled = isCancelled
        let window = SourceWindow(source, capacity: 2, readAhead: 2)
        guard let magic = try window.bytes(at: 0, 2), magic.elementsEqual([0x1F, 0x8B]) else { throw .tar(.notGzip) }
    }

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
                try checkPadding()
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

    private func checkPadding() throws(InspectionFailure) {
        position -= Int64(inflater.unused)
        while position < source.size {
            if isCancelled() { throw .cancelled }
            let count = try read()
            guard inflater.input[..<count].allSatisfy({ $0 == 0 }) else { throw .tar(.afterGzip) }
        }
    }
}

/// The extra fields of a member (4.5) that change what it is; the others (times, owners) are skipped.
struct ZipExtra {
    private var zip64: UnsafeRawBufferPointer?
    private var unicodePath: UnsafeRawBufferPointer?

    /// Malformed or repeated fields give nil.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let record = LittleEndian(bytes: bytes)
        var position = 0
        while position < bytes.count {
            guard bytes.count - position >= 4 else { return nil }
            let (id, length) = (record.uint16(position), Int(record.uint16(position + 2)))
            position += 4
            guard length <= bytes.count - position else { return nil }
            let field = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
            position += length
            switch id {
            case 0x0001:
                guard zip64 == nil else { return nil }
                zip64 = field
            case 0x7075:
                guard unicodePath == nil else { return nil }
                unicodePath = field
            default: continue
            }
        }
    }

    /// The fields of a header with the ZIP64 values in place of those that are all ones (4.5.3).
    ///
    /// The field must hold just the values that are missing. Some writers add it when nothing is missing; then every
    /// value in it must be the header's own. Everything else is nil, for readers take it in different ways.
    func widen(size: UInt32, compressedSize: UInt32, offset: UInt32?) -> (Int64, Int64, Int64)? {
        let narrow = [size, compressedSize] + (offset.map { [$0] } ?? [])
        var wide = narrow.map(UInt64.init)
        let missing = narrow.indices.filter { narrow[$0] == .max }
        if let zip64 {
            let record = LittleEndian(bytes: zip64)
            let replaced = missing.isEmpty ? Array(narrow.indices.prefix(zip64.count / 8)) : missing
            guard zip64.count == replaced.count * 8 else { return nil }
            for (position, index) in replaced.enumerated() {
                let value = record.uint64(position * 8)
                guard !missing.isEmpty || value == wide[index] else { return nil }
                wide[index] = value
            }
        } else if !missing.isEmpty {
            return nil
        }
        guard let size = Int64(exactly: wide[0]), let compressedSize = Int64(exactly: wide[1]) else { return nil }
        guard let offset = Int64(exactly: offset == nil ? 0 : wide[2]) else { return nil }
        return (size, compressedSize, offset)
    }

    /// False if Info-ZIP's Unicode path gives the member another name than its header does.
    func agrees(withName name: UnsafeRawBufferPointer) -> Bool {
        guard let unicodePath else { return true }
        return unicodePath.dropFirst(5).elementsEqual(name)
    }
}

/// Reads the little-endian integers of ZIP records. Offsets are the record's own and within it.
struct LittleEndian {
    let bytes: UnsafeRawBufferPointer

    func uint16(_ offset: Int) -> UInt16 { integer(offset) }
    func uint32(_ offset: Int) -> UInt32 { integer(offset) }
    func uint64(_ offset: Int) -> UInt64 { integer(offset) }

    private func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Value {
        Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}

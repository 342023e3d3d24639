import CXxhash

/// The 128 bits that a segment is known by: XXH3-128, as `xxhsum -H2` prints them, of what it says.
///
/// Not SHA-256, which takes as long as everything else together. It has to tell segments apart that nobody made to be
/// alike, which 128 bits do for ever; anyone who could write a whole log of our proxy so that it is taken for another
/// could as well leave it out.
struct Fingerprint: ~Copyable {
    private let state: OpaquePointer

    init() {
        // It fails only without memory.
        guard let state = XXH3_createState() else { preconditionFailure("there is no memory") }
        self.state = state
        XXH3_128bits_reset(state)
    }

    deinit { XXH3_freeState(state) }

    /// Forgets what was added, for what was added to another.
    func become(copyOf other: borrowing Fingerprint) {
        XXH3_copyState(state, other.state)
    }

    /// Adds bytes.
    func add(_ bytes: UnsafeRawBufferPointer) {
        XXH3_128bits_update(state, bytes.baseAddress, bytes.count)
    }

    /// The fingerprint of all that was added so far.
    var bytes: [UInt8] {
        var canonical = XXH128_canonical_t()
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state))
        return withUnsafeBytes(of: canonical) { Array($0) }
    }

    /// The fingerprint of some bytes.
    static func of(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let whole = Fingerprint()
        Array(bytes).withUnsafeBytes { whole.add($0) }
        return whole.bytes
    }
}

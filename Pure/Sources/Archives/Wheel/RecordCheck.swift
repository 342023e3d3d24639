/// The comparison of a wheel's RECORD with its members.
struct RecordCheck {
    private struct Expected {
        let algorithm: Substring
        let digest: Substring
    }

    private var expected: [String: Expected] = [:]
    private var wrongHash: [String] = []

    /// Compares names, sizes and the kinds of hashes: all that shows without reading a member.
    ///
    /// Every file must be listed with a hash, and everything listed must be there. Exempt are RECORD itself and its
    /// signatures RECORD.jws and RECORD.p7s, which cannot be in it. A size may be left out, as "Recording installed
    /// projects" allows; the hash covers it. Directories are not listed.
    init(
        _ record: Record, _ members: [ZipMember], distInfo: String, passingOver passedOver: inout PassedOver
    ) throws(InspectionFailure) {
        let exempt = Set(["RECORD", "RECORD.jws", "RECORD.p7s"].map { "\(distInfo)/\($0)" })
        var lines = record.lines
        var (unlisted, wrongSize, weakHash): ([String], [String], [String]) = ([], [], [])
        for member in members where !member.entry.isDirectory {
            let path = member.entry.path
            guard let line = lines.removeValue(forKey: path) else {
                if !exempt.contains(path) { unlisted.append(path) }
                continue
            }
            if exempt.contains(path) { continue }
            if !line.size.isEmpty, Int64(line.size) != member.entry.size { wrongSize.append(path) }
            let parts = line.hash.split(separator: "=", maxSplits: 1)
            if parts.count == 2, RecordDigest(named: parts[0]) != nil {
                expected[path] = Expected(algorithm: parts[0], digest: parts[1].prefix { $0 != "=" })
            } else {
                weakHash.append(path)
            }
        }
        let difference = RecordDifference(
            unlisted: NameSample(unlisted), absent: NameSample(lines.keys), wrongSize: NameSample(wrongSize),
            weakHash: NameSample(weakHash))
        if !difference.isEmpty { try passedOver.pass(.wheel(.record(difference))) }
    }

    /// The digest to compute for this member; nil if RECORD says nothing about its bytes.
    func digest(for path: String) -> RecordDigest? {
        expected[path].flatMap { RecordDigest(named: $0.algorithm) }
    }

    /// Takes the digest of all of the member's bytes.
    mutating func compare(_ digest: RecordDigest, of path: String) {
        guard let expected = expected[path] else { return }
        if !digest.matches(expected.digest) { wrongHash.append(path) }
    }

    /// Throws if any digest was another than RECORD's, unless that is passed over.
    func finish(passingOver passedOver: inout PassedOver) throws(InspectionFailure) {
        guard !wrongHash.isEmpty else { return }
        try passedOver.pass(.wheel(.record(RecordDifference(wrongHash: NameSample(wrongHash)))))
    }
}

/// Accents and the like that follow each other without end.
///
/// Swift compares and hashes strings by canonical equivalence, and for that puts the marks of one letter in order, in
/// quadratic time. A letter with a million accents, in a summary or in the name of a file, keeps a processor busy for
/// hours wherever it is compared with anything. So what comes from outside is asked for it before it becomes a key or
/// is compared.
///
/// Source: Unicode Standard Annex 15, section 13, "Stream-Safe Text Format": no language needs more than 30.
public enum CombiningMarks {
    /// The most that may follow each other.
    public static let most = 30

    fileprivate static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
    }
}

extension StringProtocol {
    /// Whether more marks follow each other than text in any language has.
    public var hasExcessMarks: Bool {
        // The first mark is U+0300, CC 80 in UTF-8.
        guard utf8.contains(where: { $0 >= 0xCC }) else { return false }
        var run = 0
        for scalar in unicodeScalars {
            run = CombiningMarks.isMark(scalar) ? run + 1 : 0
            if run > CombiningMarks.most { return true }
        }
        return false
    }

    /// The text with the excess left out.
    public var withoutExcessMarks: String {
        guard hasExcessMarks else { return String(self) }
        var run = 0
        var kept = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            run = CombiningMarks.isMark(scalar) ? run + 1 : 0
            if run <= CombiningMarks.most { kept.append(scalar) }
        }
        return String(kept)
    }
}

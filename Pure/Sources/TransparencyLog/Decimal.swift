extension Int {
    /// A number that is not negative, in decimal, as all formats of a log have it: digits alone, and no zero before
    /// others. Nil for anything else, and for what does not fit.
    init?(decimal text: some StringProtocol) {
        let digits = text.utf8
        guard !digits.isEmpty, digits.count <= 19, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.count == 1 || digits.first != 0x30
        else { return nil }
        self.init(String(text))
    }
}

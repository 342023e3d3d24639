import Bytes

/// Words, as they are looked for and as they are kept: one rule for both.
public enum SearchWords {
    /// The longest word, in bytes of UTF-8; of a longer one the beginning counts.
    public static let longest = 40
    /// The shortest word, in bytes of UTF-8, that also finds longer ones. A letter or two begin half of all words.
    static let shortestBeginning = 3

    /// The words of a text, in lower case and without accents, each once, in their order.
    ///
    /// Scripts that put no spaces between words (Chinese, Japanese, Thai) count by the letter.
    ///
    /// How often a text praises itself says little, and ranking must not depend on it.
    public static func words(of text: some StringProtocol, limit: Int = .max) -> [String] {
        var words: [String] = []
        var seen: Set<String> = []
        var word = ""
        func end() {
            guard !word.isEmpty, words.count < limit else { return word = "" }
            if seen.insert(word).inserted { words.append(word) }
            word = ""
        }
        // By scalars: a letter with thirty thousand accents is one character.
        for scalar in text.unicodeScalars {
            guard words.count < limit else { break }
            if let byte = UInt8(exactly: scalar.value), byte < 0x80 {
                if byte.isASCIIAlphanumeric {
                    append(Unicode.Scalar(byte.asciiLowercased), to: &word)
                } else {
                    end()
                }
            } else if isMark(scalar) {
                continue
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                if standsAlone(scalar) { end() }
                for bare in bareLetters(scalar) { append(bare, to: &word) }
                if standsAlone(scalar) { end() }
            } else {
                end()
            }
        }
        end()
        return words
    }

    /// What a word and its other forms begin with: `parsing`, `parser` and `parsed` are `pars`. Of a word that has no
    /// such form it is the word.
    ///
    /// It is looked for as a beginning, so it may be too short, but not too long.
    static func stem(_ word: String) -> String {
        guard word.utf8.allSatisfy({ $0.isASCIILetter }) else { return word }
        let ending = endings.first {
            word.hasSuffix($0) && word.utf8.count - $0.utf8.count >= ($0.utf8.count == 1 ? 3 : 4)
        }
        return String(word.dropLast(ending?.utf8.count ?? 0))
    }

    private static let endings = [
        "ations", "ation", "izing", "izers", "izer", "ings", "ing", "ers", "ies", "ed", "er", "es", "s", "e", "y",
    ]

    /// Whether what follows a stem makes another form of the word, and no other word.
    static func isEnding(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.isEmpty || formEndings.contains { bytes.elementsEqual($0) }
    }

    private static let formEndings = (endings + ["or", "ors", "ion", "ions", "ized"]).map { Array($0.utf8) }

    /// Words that say nothing about what is looked for, unless there are no others.
    static let empty: Set<String> = [
        "a", "an", "and", "are", "as", "at", "best", "by", "can", "do", "for", "from", "how", "i", "in", "is", "it",
        "lib",
        "library", "module", "my", "of", "on", "or", "package", "packages", "python", "python3", "that", "the", "to",
        "tool",
        "use", "using", "with", "your",
    ]

    private static func append(_ scalar: Unicode.Scalar, to word: inout String) {
        if word.utf8.count + UTF8.width(scalar) <= longest { word.unicodeScalars.append(scalar) }
    }

    /// Marks that stand above or below a letter, and what is not seen.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        [.nonspacingMark, .enclosingMark, .format].contains(scalar.properties.generalCategory)
    }

    /// In lower case, and a Latin letter without its accent.
    private static func bareLetters(_ scalar: Unicode.Scalar) -> some Sequence<Unicode.Scalar> {
        scalar.properties.lowercaseMapping.unicodeScalars.lazy.filter { !isMark($0) }.map { accented[$0] ?? $0 }
    }

    /// Letters that are written with marks, or in another shape, and those that people type.
    private static let accented: [Unicode.Scalar: Unicode.Scalar] = {
        var letters: [Unicode.Scalar: Unicode.Scalar] = [:]
        for family in [
            "aàáâãäåāăąǎǟǻȁȃȧḁạảấầẩẫậắằẳẵặ", "bḃḅḇ", "cçćĉċčḉ", "dďḋḍḏḑḓđ", "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ", "fḟ",
            "gĝğġģǧǵḡ", "hĥȟḣḥḧḩḫẖħ", "iìíîïĩīĭįǐȉȋḭḯỉịı", "jĵǰ", "kķǩḱḳḵ", "lĺļľḷḹḻḽł", "mḿṁṃ", "nñńņňǹṅṇṉṋ",
            "oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợø", "pṕṗ", "rŕŗřȑȓṙṛṝṟ", "sśŝşšſșṡṣṥṧṩẛ", "tţťțṫṭṯṱẗŧ",
            "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự", "vṽṿ", "wŵẁẃẅẇẉẘ", "xẋẍ", "yýÿŷȳẏẙỳỵỷỹ", "zźżžẑẓẕ", "βϐ", "εϵ", "θϑ",
            "κϰ", "πϖ", "ρϱ", "σς", "φϕ",
        ] {
            let scalars = Array(family.unicodeScalars)
            for scalar in scalars.dropFirst() { letters[scalar] = scalars[0] }
        }
        return letters
    }()

    /// Whether a letter is a word by itself, as its script puts no spaces between words.
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        unspaced.contains { $0.contains(scalar.value) }
    }

    /// Thai and Lao, Burmese, Khmer; Japanese syllables; Chinese characters.
    private static let unspaced: [ClosedRange<UInt32>] = [
        0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF,
        0x20000...0x3FFFF,
    ]
}

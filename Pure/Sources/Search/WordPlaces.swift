/// Which places of a segment have a word: an index of some thousand texts, each a set of words.
struct WordPlaces: Sendable {
    typealias Place = UInt16

    /// In their order, so that those with one beginning stand together.
    private var words: [String] = []
    /// The places of each word, in their order.
    private var places: [[Place]] = []
    /// How many words each place has.
    private var counts: [Int] = []

    /// An index without words.
    init() {}

    /// An index of many texts at once: the words of each place, which may say one more than once.
    init(_ texts: [(place: Place, words: [Substring])]) {
        var all: [Substring: [Place]] = [:]
        for (place, words) in texts {
            makeRoom(for: place)
            for word in words where all[word]?.last != place {
                all[word, default: []].append(place)
                counts[Int(place)] += 1
            }
        }
        for (word, places) in all.map({ (String($0.key), $0.value) }).sorted(by: { $0.0 < $1.0 }) {
            self.words.append(word)
            self.places.append(places.sorted())
        }
    }

    /// Lets a place have some words, and no others.
    mutating func put(_ words: [Substring], at place: Place) {
        makeRoom(for: place)
        let new = Set(words.map(String.init))
        // What is downloaded more often says what it said.
        if counts[Int(place)] == new.count, new.allSatisfy({ has($0, at: place) }) { return }
        if counts[Int(place)] > 0 { remove(place) }
        for word in new {
            let row = firstRow(from: word)
            if row == self.words.count || self.words[row] != word {
                self.words.insert(word, at: row)
                places.insert([place], at: row)
            } else {
                places[row].insert(place, at: places[row].firstPlace { $0 >= place })
            }
        }
        counts[Int(place)] = new.count
    }

    private mutating func remove(_ place: Place) {
        var emptied: Set<String> = []
        for row in places.indices {
            let found = places[row].firstPlace { $0 >= place }
            guard found < places[row].count, places[row][found] == place else { continue }
            places[row].remove(at: found)
            if places[row].isEmpty { emptied.insert(words[row]) }
        }
        guard !emptied.isEmpty else { return }
        places.removeAll(where: \.isEmpty)
        words.removeAll { emptied.contains($0) }
    }

    /// Puts what has a word, or what begins with one, into a set.
    ///
    /// - Parameter start: the number of the first place.
    func insert(_ word: String, isBeginning: Bool, into set: inout ProjectSet, from start: Int) {
        var row = firstRow(from: word)
        while row < words.count, isBeginning ? words[row].utf8.starts(with: word.utf8) : words[row] == word {
            for place in places[row] { set.insert(start + Int(place)) }
            row += 1
        }
    }

    private func has(_ word: String, at place: Place) -> Bool {
        let row = firstRow(from: word)
        guard row < words.count, words[row] == word else { return false }
        let found = places[row].firstPlace { $0 >= place }
        return found < places[row].count && places[row][found] == place
    }

    private func firstRow(from word: String) -> Int { words.firstPlace { $0 >= word } }

    private mutating func makeRoom(for place: Place) {
        if Int(place) >= counts.count { counts += repeatElement(0, count: Int(place) + 1 - counts.count) }
    }
}

extension Array {
    /// Where the first element is that something is true of, as it is of all that follow; the end where it is of none.
    func firstPlace(where isTrue: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if isTrue(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

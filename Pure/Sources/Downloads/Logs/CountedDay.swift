/// The counts of a day, by the number of the name, in pieces that are there once something is in them.
final class CountedDay {
    private static let pieceSize = 4_096

    let number: Int64
    private var pieces: [[UnsafeMutablePointer<UInt32>?]] = [[], []]
    /// What 32 bits did not hold.
    private var carried: [[NameNumber: UInt64]] = [[:], [:]]

    init(_ number: Int64) { self.number = number }

    deinit {
        for piece in pieces.joined() { piece?.deallocate() }
    }

    @inline(__always) func count(_ name: Int, _ kind: DownloadKind) {
        let (index, place) = (name / Self.pieceSize, name % Self.pieceSize)
        if index < pieces[kind.rawValue].count, let piece = pieces[kind.rawValue][index], piece[place] < .max {
            piece[place] += 1
        } else {
            countSlowly(index, place, kind)
        }
    }

    func add(_ count: UInt64, to name: Int, _ kind: DownloadKind) {
        self.count(name, kind)
        guard count > 1 else { return }
        let (index, place) = (name / Self.pieceSize, name % Self.pieceSize)
        if let piece = pieces[kind.rawValue][index], count - 1 <= UInt64(UInt32.max - piece[place]) {
            piece[place] += UInt32(count - 1)
        } else {
            // One of them is counted by now.
            let before = carried[kind.rawValue][NameNumber(name)] ?? 0
            carried[kind.rawValue][NameNumber(name)] = min(before + (count - 1), CountColumn.largestCount)
        }
    }

    private func countSlowly(_ index: Int, _ place: Int, _ kind: DownloadKind) {
        while pieces[kind.rawValue].count <= index { pieces[kind.rawValue].append(nil) }
        guard let piece = pieces[kind.rawValue][index] else {
            let piece = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.pieceSize)
            piece.initialize(repeating: 0, count: Self.pieceSize)
            piece[place] = 1
            pieces[kind.rawValue][index] = piece
            return
        }
        // Full: four thousand million downloads of one name on one day in one file. Sums of them stay far below 2^64.
        carried[kind.rawValue][NameNumber(index * Self.pieceSize + place), default: 0] += UInt64(piece[place])
        piece[place] = 1
    }

    func counts(_ kind: DownloadKind) -> [(number: NameNumber, count: UInt64)] {
        var counts: [(number: NameNumber, count: UInt64)] = []
        for (index, piece) in pieces[kind.rawValue].enumerated() {
            guard let piece else { continue }
            for place in 0..<Self.pieceSize where piece[place] > 0 {
                counts.append((NameNumber(index * Self.pieceSize + place), UInt64(piece[place])))
            }
        }
        for (number, count) in carried[kind.rawValue] { counts.append((number, count)) }
        return counts
    }
}

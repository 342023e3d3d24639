import Glibc
import VectorSupport

/// Downloads as PyPI's are spread, made up: the name of rank r has on average 50,000,000 / r downloads a day up to rank
/// 15,000, where that is some 3,300, and beyond it falls with the square of the rank, to 1.5 at rank 700,000. Each day
/// is multiplied by a week's rhythm and by noise, and small means are rolled, so that most days of most names are a
/// handful or nothing. Which name has which rank is random, as it is when names are numbered in the order of their
/// first download.
struct Skew {
    private var random: SplitMix64
    private let means: [Double]

    init(names: Int, seed: UInt64 = 42) {
        random = SplitMix64(seed: seed)
        var means: [Double] = []
        for rank in 1...names {
            let share = 15_000 / Double(rank)
            let mean: Double = 50_000_000 / 15_000 * share
            means.append(rank <= 15_000 ? mean : mean * share)
        }
        means.shuffle(using: &random)
        self.means = means
    }

    /// The counts of all names on a day.
    mutating func day(_ number: Int) -> [UInt64] {
        let rhythm = [1.1, 1.15, 1.15, 1.1, 1.0, 0.7, 0.65][number % 7]
        return means.map { mean in
            // Between half and one and a half, most often near one.
            let noise = 0.5 + (unit() + unit()) / 2
            let expected = mean * rhythm * noise
            guard expected < 30 else { return UInt64(expected) }
            return poisson(expected)
        }
    }

    private mutating func unit() -> Double { Double(random.next() >> 11) * 0x1p-53 }

    /// A whole number of that mean (Knuth).
    private mutating func poisson(_ mean: Double) -> UInt64 {
        let limit = exp(-mean)
        var count: UInt64 = 0
        var product = unit()
        while product > limit {
            count += 1
            product *= unit()
        }
        return count
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How the time of some work grows with its input.
///
/// The law that the tests hold parsers and pages to: twice as much of anything takes twice as long. Quadratic work
/// takes four times as long, and a few kilobytes of it stop a server.
public enum Growth {
    /// The most that a doubling may cost. Work that sorts takes a little more than twice as long.
    public static let most = 2.3

    /// By what the time of `work` is multiplied when its input is doubled, from `size` to twice and to four times that:
    /// the greater of the two ratios.
    ///
    /// It is the processor's time of this thread, so that what else the machine does counts little. What counts a
    /// little is evened out: the sizes are measured one right behind the other, in rounds, so that a busy moment slows
    /// all of them; of the rounds' ratios the median counts, or the ratio of the least times where that is lower; and a
    /// growth that is too great is measured in more rounds. That can make linear work of what a busy machine had made
    /// look worse. It cannot make quadratic work linear: its ratio is four in most rounds, and four between the least
    /// times, however many there are.
    public static func ratio<Input>(from size: Int, of make: (Int) -> Input, _ work: (Input) -> Void) -> Double {
        let inputs = [size, 2 * size, 4 * size].map(make)
        // The first run of anything is slower than the others.
        work(inputs[0])
        let start = threadTime()
        var first: [Double] = []
        var second: [Double] = []
        // What else the machine does only ever adds time, so the least is the least disturbed.
        var least = [Double](repeating: .infinity, count: 3)
        while true {
            let times = inputs.map { time(of: work, on: $0) }
            least = zip(least, times).map(min)
            first.append(times[1] / times[0])
            second.append(times[2] / times[1])
            let ratio = max(
                min(median(of: first), least[1] / least[0]), min(median(of: second), least[2] / least[1]))
            let rounds = first.count
            let isOver = rounds >= 9 && (rounds >= 100 || threadTime() - start > 1)
            if isOver || (rounds > 1 && ratio < most) { return ratio }
        }
    }

    /// Of an even number, the greater of the two in the middle.
    private static func median(of ratios: [Double]) -> Double { ratios.sorted()[ratios.count / 2] }

    /// Seconds.
    private static func time<Input>(of work: (Input) -> Void, on input: Input) -> Double {
        let start = threadTime()
        // A clock that is read often enough to be right about what takes microseconds.
        var runs = 0
        repeat {
            work(input)
            runs += 1
        } while threadTime() - start < 0.002
        return (threadTime() - start) / Double(runs)
    }

    private static func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

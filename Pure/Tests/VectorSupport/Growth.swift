#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How the time of some work grows with its input.
///
/// The law that the tests hold parsers and pages to: twice as much of anything takes twice as long. Quadratic work takes
/// four times as long, and a few kilobytes of it stop a server.
public enum Growth {
    /// The most that a doubling may cost. Work that sorts takes a little more than twice as long.
    public static let most = 2.3

    /// By what the time of `work` is multiplied when its input is doubled, from `size` to twice and to four times that: the
    /// greater of the two ratios.
    ///
    /// It is the processor's time of this thread, so that what else the machine does counts little. What counts a little
    /// is evened out: each size is measured several times and the quickest is taken, and a growth that is too great is
    /// measured again. That can make linear work of what a busy machine had made look worse; it cannot make quadratic work
    /// linear, which takes four times as long each time.
    public static func ratio<Input>(from size: Int, of make: (Int) -> Input, _ work: (Input) -> Void) -> Double {
        let inputs = [size, 2 * size, 4 * size].map(make)
        var quickest = inputs.map { time(of: work, on: $0) }
        for _ in 0..<8 {
            for (index, input) in inputs.enumerated() {
                quickest[index] = min(quickest[index], time(of: work, on: input))
            }
            if greatest(of: quickest) < most { break }
        }
        return greatest(of: quickest)
    }

    private static func greatest(of times: [Double]) -> Double {
        zip(times.dropFirst(), times).map { $0 / $1 }.max() ?? 0
    }

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

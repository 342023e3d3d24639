import Database
import DownloadLogs
import Downloads
import Foundation
import Glibc
import PackagingFormats
import Stores
import UTC
import VectorSupport

/// Measures counting: the store with as many names and days as PyPI has, and how fast logs are read.
///
///     DownloadsBenchmark store FOLDER [NAMES [DAYS]]    makes FOLDER/store.sqlite and measures it; FOLDER/counts.bin
///                                                       has the same counts for another program
///     DownloadsBenchmark days FOLDER [NAMES]            measures the new days of that store again
///     DownloadsBenchmark log FOLDER [LINES [brief]]     writes FOLDER/access.log
///     DownloadsBenchmark ingest FOLDER FILE…            counts logs into FOLDER/ingest.sqlite
@main enum Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2 else { return print("usage: DownloadsBenchmark store|days|log|ingest FOLDER …") }
        let (verb, folder, rest) = (arguments[0], arguments[1], Array(arguments.dropFirst(2)))
        switch verb {
        case "store":
            try await StoreBenchmark(
                folder: folder, names: rest.first.flatMap(Int.init) ?? 700_000,
                days: rest.dropFirst().first.flatMap(Int.init) ?? 400
            ).run()
        case "days":
            try await StoreBenchmark(folder: folder, names: rest.first.flatMap(Int.init) ?? 700_000, days: 0).runDays()
        case "log":
            let lines = rest.first.flatMap(Int.init) ?? 2_000_000
            try LogWriter(lines: lines, isBrief: rest.contains("brief")).write(to: "\(folder)/access.log")
        case "ingest": try await ingest(rest, folder)
        default: print("unknown: \(verb)")
        }
    }

    static func ingest(_ files: [String], _ folder: String) async throws {
        let database = try Database(sqliteAt: "\(folder)/ingest.sqlite")
        let stores = try await Stores(database)
        let rules = LogRules(now: LogWriter.now, seed: 1)
        for file in files {
            let (start, cpu) = (ContinuousClock.now, cpuSeconds())
            var lines: Int64 = 0
            var summary = ""
            try await LogIngestion(stores.downloads, rules: rules).run([file]) { report in
                lines = report.summary?.lines ?? 0
                summary = "\(report.outcome.rawValue) \(report.summary?.downloads ?? 0) downloads"
            }
            let used = cpuSeconds() - cpu
            let wall = seconds(ContinuousClock.now - start)
            print(
                "ingest \(file.split(separator: "/").last ?? ""): \(lines) lines, \(summary); CPU \(two(used)) s, "
                    + "wall \(two(wall)) s, \(Int(Double(lines) / used)) lines per CPU second; most memory \(peakMemory() >> 20) MiB"
            )
        }
        try database.close()
    }
}

/// CPU seconds of this process so far, user and system.
func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

/// Bytes of memory that the process had at most.
func peakMemory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
}

func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

func two(_ number: Double) -> String { String(format: "%.2f", number) }

import Blobs
import Foundation
import Glibc

/// What this process takes of the machine, by the names that Prometheus has for it.
///
/// Source: prometheus.io, "Writing client libraries", "Process metrics"; proc(5).
enum ProcessFigures {
    /// What can be read; a system without `/proc` has none of it.
    static func families() -> [MetricFamily] { times() + descriptors() }

    private static func times() -> [MetricFamily] {
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            // The name of the program stands in parentheses and may hold anything; what follows is numbers.
            let end = text.lastIndex(of: ")")
        else { return [] }
        // The third field is the first here.
        let fields = text[text.index(after: end)...].split(separator: " ")
        func field(_ number: Int) -> Double? { fields.count > number - 3 ? Double(fields[number - 3]) : nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = sysconf(Int32(_SC_PAGESIZE))
        guard let user = field(14), let system = field(15), let start = field(22), let virtual = field(23),
            let resident = field(24)
        else { return [] }
        var families = [
            MetricFamily(
                "process_cpu_seconds_total", .counter, "Seconds of processor time, of the user's and the system's.",
                samples: [.init(value: "\((user + system) / ticks)")]),
            MetricFamily(
                "process_resident_memory_bytes", .gauge, "Bytes of memory that are in use.", Int(resident) * page),
            MetricFamily("process_virtual_memory_bytes", .gauge, "Bytes of address space.", Int(virtual)),
        ]
        if let boot = bootTime() {
            families.append(
                MetricFamily(
                    "process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.",
                    samples: [.init(value: "\(boot + start / ticks)")]))
        }
        return families
    }

    /// When the machine started, in seconds since 1970.
    private static func bootTime() -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }

    private static func descriptors() -> [MetricFamily] {
        var families: [MetricFamily] = []
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            families.append(
                MetricFamily("process_open_fds", .gauge, "Files and connections that are open.", open.count))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            families.append(
                MetricFamily("process_max_fds", .gauge, "Files and connections that may be open.", limit.rlim_cur))
        }
        return families
    }
}

/// How much room there is where an index is kept.
struct DiskFigures: Sendable {
    /// What is there, with the path of its folder.
    let folders: [(what: String, path: String)]

    func families() -> [MetricFamily] {
        let rooms = folders.compactMap { folder in DiskRoom(at: folder.path).map { (folder.what, $0) } }
        func family(_ name: String, _ help: String, _ bytes: (DiskRoom) -> Int64) -> MetricFamily {
            MetricFamily(
                name, .gauge, help,
                samples: rooms.map { .init(labels: [("folder", $0.0)], value: String(bytes($0.1))) })
        }
        return [
            family("rind_disk_free_bytes", "Bytes that can still be taken, by what is kept there.") { $0.free },
            family("rind_disk_used_bytes", "Bytes of the same disk that are taken.") { $0.total - $0.free },
            family("rind_disk_size_bytes", "Bytes of the same disk in all.") { $0.total },
        ]
    }
}

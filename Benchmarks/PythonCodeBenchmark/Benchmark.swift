import Foundation
import PythonCode

/// Reads all Python files below a folder and says how fast.
///
///     PythonCodeBenchmark FOLDER…              megabytes per second: with a vocabulary like that of rules, and with all names
///     PythonCodeBenchmark fuzz N SEED FOLDER…  N files that are broken in some way, and N of random bytes
///     PythonCodeBenchmark show FILE…           calls, reads and folded constants of a file
@main enum Benchmark {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "fuzz":
            guard arguments.count >= 4, let count = Int(arguments[1]), let seed = UInt64(arguments[2]) else {
                return print("usage: PythonCodeBenchmark fuzz N SEED FOLDER…")
            }
            var fuzzing = Fuzzing(files: arguments[3...].flatMap { files(below: $0) }, seed: seed)
            fuzzing.run(count)
        case "show": for path in arguments.dropFirst() { show(path) }
        case nil: print("usage: PythonCodeBenchmark FOLDER…")
        default: measure(arguments.flatMap { files(below: $0) })
        }
    }

    static func files(below path: String) -> [[UInt8]] {
        guard let entries = FileManager.default.enumerator(atPath: path) else {
            return FileManager.default.contents(atPath: path).map { [[UInt8]($0)] } ?? []
        }
        let names = entries.compactMap { $0 as? String }.filter { $0.hasSuffix(".py") }.sorted()
        return names.compactMap { FileManager.default.contents(atPath: path + "/" + $0).map { [UInt8]($0) } }
    }

    /// The processor's time of this thread, in seconds.
    static func time() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Names of the kinds that rules ask for.
    static let vocabulary = Vocabulary(
        names: [
            "os.system", "os.popen", "os.environ", "os.getenv", "subprocess.*", "exec", "eval", "compile", "requests.*",
            "urllib.request.*", "urllib.urlopen", "socket.socket", "socket.create_connection", "http.client.*",
            "base64.b64decode", "marshal.loads", "pickle.loads", "zlib.decompress", "open", "ctypes.*", "winreg.*",
            "*.recv", "*.sendall", "pathlib.Path.home",
        ], answers: ["requests.*", "urllib.request.*"])

    static func measure(_ files: [[UInt8]]) {
        let bytes = files.reduce(0) { $0 + $1.count }
        for (what, vocabulary) in [("rules", vocabulary), ("nothing", Vocabulary(names: ["occursNowhereAtAll"]))] {
            var best = Double.infinity
            var followed = 0
            for _ in 0..<3 {
                let start = time()
                followed = 0
                for file in files where PythonFile(reading: file, for: vocabulary).wasFollowed {
                    followed += file.count
                }
                best = min(best, time() - start)
            }
            let speed = Double(bytes) / best / 1e6
            print(
                "\(what): \(files.count) files, \(bytes) bytes, \(followed) of them followed, "
                    + String(format: "%.2f s, %.1f MB/s", best, speed))
        }
    }

    static func show(_ path: String) {
        for bytes in files(below: path) {
            let file = PythonFile(reading: bytes)
            for call in file.calls {
                let arguments = call.arguments.map { argument in
                    (argument.value.text ?? argument.value.name ?? "?") + " from "
                        + argument.value.origins.map(\.name).joined(separator: ", ")
                }
                print("\(call.position.line): \(call.name)(\(arguments.joined(separator: "; "))) \(call.place.run)")
            }
            for read in file.reads { print("\(read.position.line): reads \(read.name) \(read.key ?? "")") }
            for folded in file.folded {
                print(
                    "\(folded.position.line): is \(folded.constant.text.prefix(100)), \(folded.constant.decodings) decodings"
                )
            }
            for problem in file.problems { print("\(problem.position.line): \(problem.kind)") }
        }
    }
}

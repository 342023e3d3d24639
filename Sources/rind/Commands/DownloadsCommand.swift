import ArgumentParser
import CommandSupport
import DownloadLogs
import Downloads
import PackagingFormats
import Ports
import Server
import Stores
import UTC

/// `rind downloads …`
struct DownloadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downloads", abstract: "How often what is downloaded.",
        discussion: "Example: rind downloads ingest /var/log/nginx/access.log.1",
        subcommands: [Ingest.self, ImportHistory.self, List.self, Show.self])

    struct Ingest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Count the downloads in access logs of a proxy or a CDN, each segment once.",
            discussion: """
                Reads lines in the common and the combined log format and JSON lines; plain, gzip or zstd. The counts of a \
                file and its mark are one transaction: the same file again changes nothing, whatever it is called by then, and one \
                that has grown is counted from where it ended. Lines that cannot be read are counted by reason and shown. A file \
                that cannot be read to its end is set aside, nothing of it counts, and the exit status is 1.

                Example: rind downloads ingest /var/log/nginx/access.log.*.gz
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "Logs.", completion: .file()) var files: [String]
        @Option(
            help:
                "Downloads of one project that count from one address in an hour (default: the setting, if it is set).")
        var cap: Int?
        @Option(
            name: .customLong("field"),
            help: ArgumentHelp(
                "What a field of JSON lines is called, such as time=when or agent=headers.ua: one of time, method, path, request, status, agent, address.",
                valueName: "field=name"))
        var fields: [String] = []
        @Option(help: "count or ignore: lines whose format has no User-Agent.") var withoutAgent: WithoutAgent = .count
        @Option(help: "Count only paths that begin so, such as /packages/.") var prefix: String = ""

        enum WithoutAgent: String, ExpressibleByArgument, CaseIterable { case count, ignore }

        func validate() throws {
            if let cap, cap < 1 { throw ValidationError("--cap takes a number of at least 1.") }
            do { _ = try logFields() } catch { throw ValidationError("\(error)") }
        }

        private func logFields() throws -> LogFields {
            var named = LogFields()
            for field in fields { try named.set(field) }
            return named
        }

        func run() async throws {
            let fields = try logFields()
            let reports = try await common.withIndex(makesOne: true) { index in
                var rules = LogRules(now: currentTimestamp(), seed: .random(in: .min ... .max))
                rules.downloaders = index.settings.downloads.rules
                rules.cap = cap ?? index.settings.downloads.capOfLogs
                rules.fields = fields
                rules.countsWithoutAgent = withoutAgent == .count
                rules.prefix = prefix
                let bar = ProgressBar("Counting (MiB)")
                defer { bar.finish() }
                var reports: [FileReport] = []
                try await LogIngestion(index.stores.downloads, rules: rules).run(files) {
                    reports.append($0)
                } progress: {
                    bar.update(Int($0 >> 20), of: Int($1 >> 20))
                }
                return reports
            }
            if output.json { try printJSON(reports) } else { reports.forEach(say) }
            if reports.contains(where: \.isFailure) { throw ExitCode.failure }
        }
    }

    struct ImportHistory: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Add downloads that were counted elsewhere, each file once.",
            discussion: """
                The file is CSV with a name, a UTC day and a count in each row; a first row may name the columns (name, day, count). It \
                may be packed by gzip or zstd. What it says is added to what is there. When a row is bad, it is shown with its line \
                and nothing is added.

                Example: rind downloads import downloads-2026.csv
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The table.", completion: .file()) var file: String
        @Option(help: "The day of all rows, for a table that has none, such as 2026-11-01.") var day: Day?

        func run() async throws {
            let report = try await common.withIndex(makesOne: true) { index in
                let bar = ProgressBar("Importing (MiB)")
                defer { bar.finish() }
                return try await HistoryImport(index.stores.downloads, now: currentTimestamp()).run(file, day: day) {
                    bar.update(Int($0 >> 20), of: Int($1 >> 20))
                }
            }
            if output.json { try printJSON(report) } else { say(report) }
            if report.isFailure { throw ExitCode.failure }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the logs and tables that were counted, and the files that are set aside.",
            discussion: "Example: rind downloads list --json")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        struct Counted: Encodable {
            let file: String, kind: String, segment: String, at: String, summary: LogSummary
            let badLines: [FileReport.Line]
        }
        struct Aside: Encodable {
            let file: String, at: String, reason: String
        }
        struct Everything: Encodable {
            let counted: [Counted], setAside: [Aside]
        }

        func run() async throws {
            try await common.withIndex { index in
                let store = index.stores.downloads
                var counted: [Counted] = []
                for segment in try await store.segments() {
                    let isWanted = output.json && segment.summary.badLines > 0
                    let bad = isWanted ? try await store.badLines(of: segment.digest) : []
                    counted.append(
                        Counted(
                            file: segment.path, kind: segment.kind.rawValue, segment: segment.hexadecimalDigest,
                            at: segment.appliedAt.iso8601, summary: segment.summary,
                            badLines: bad.map { .init(line: $0.line, reason: $0.flaw.rawValue, text: $0.text) }))
                }
                let aside = try await store.filesSetAside().map {
                    Aside(file: $0.path, at: $0.at.iso8601, reason: $0.reason)
                }
                if output.json { return try printJSON(Everything(counted: counted, setAside: aside)) }
                printTable(
                    ["counted", "lines", "downloads", "mirrors", "bad", "file"],
                    counted.map {
                        [
                            String($0.at.prefix(19)), "\($0.summary.lines)", "\($0.summary.downloads)",
                            "\($0.summary.mirrors)", "\($0.summary.badLines)", $0.file,
                        ]
                    })
                for file in aside { print("set aside on \(file.at.prefix(10)): \(file.file) \(file.reason)") }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a name's downloads by day, and with what they were made.",
            discussion: """
                Installers and mirrors are told apart as far as the server counted them itself; logs and tables are counted by \
                name only, so the days may have more.

                Example: rind downloads show requests --days 30
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The name, hosted here or not.") var name: ProjectName
        @Option(help: "How many days back.") var days = Day.countsAreKept

        struct Line: Encodable {
            let day: Day, downloads: Int64, mirrors: Int64, installers: [Client], mirroring: [Client]
        }
        struct Client: Encodable {
            let name: String, version: String, downloads: Int64
        }

        func run() async throws {
            try await common.withIndex { index in
                let since = currentTimestamp().day - max(0, days)
                let store = index.stores.downloads
                let downloads = try await store.perDay(of: name, .downloads, since: since)
                let mirrors = try await store.perDay(of: name, .mirrors, since: since)
                let clients = try await store.clients(of: name, since: since)
                if output.json { return try printJSON(Self.lines(downloads, mirrors, clients)) }
                let mirrored = Dictionary(mirrors.map { ($0.day, $0.count) }, uniquingKeysWith: +)
                let installed = Dictionary(downloads.map { ($0.day, $0.count) }, uniquingKeysWith: +)
                printTable(
                    ["day", "downloads", "mirrors"],
                    Set(installed.keys).union(mirrored.keys).sorted().map {
                        ["\($0)", "\(installed[$0] ?? 0)", "\(mirrored[$0] ?? 0)"]
                    })
                for (title, isMirror) in [("installer", false), ("mirror", true)] {
                    let rows = Self.summed(clients.filter { $0.isMirror == isMirror })
                    guard !rows.isEmpty else { continue }
                    print("")
                    printTable([title, "version", "downloads"], rows.map { [$0.name, $0.version, "\($0.downloads)"] })
                }
            }
        }

        private static func lines(
            _ downloads: [(day: Day, count: Int64)], _ mirrors: [(day: Day, count: Int64)], _ clients: [ClientCount]
        ) -> [Line] {
            let byDay = Dictionary(grouping: clients, by: \.day)
            return Set(downloads.map(\.day) + mirrors.map(\.day)).sorted().map { day in
                let clients = byDay[day] ?? []
                return Line(
                    day: day, downloads: downloads.first { $0.day == day }?.count ?? 0,
                    mirrors: mirrors.first { $0.day == day }?.count ?? 0,
                    installers: summed(clients.filter { !$0.isMirror }),
                    mirroring: summed(clients.filter(\.isMirror)))
            }
        }

        /// By program and version, the most used first.
        private static func summed(_ clients: [ClientCount]) -> [Client] {
            Dictionary(clients.map { ($0.installer, $0.count) }, uniquingKeysWith: +)
                .map { Client(name: $0.name, version: $0.version, downloads: $1) }
                .sorted { ($1.downloads, $0.name, $0.version) < ($0.downloads, $1.name, $1.version) }
        }
    }
}

/// Says what became of a file.
private func say(_ report: FileReport) {
    guard let summary = report.summary, report.outcome == .applied else {
        let note = report.note ?? ""
        if report.isFailure { complain("\(report.file) \(note)") } else { print("\(report.file) \(note)") }
        for line in report.badLines {
            complain("\(report.file), line \(line.line): \(line.reason)\(line.text.isEmpty ? "" : ": \(line.text)")")
        }
        return
    }
    if let note = report.note { print("\(report.file) \(note)") }
    let parts: [(Int64, String)] = [
        (summary.downloads, "downloads"), (summary.mirrors, "by mirrors"),
        (summary.otherClients, "by other clients"), (summary.otherRequests, "other requests"),
        (summary.capped, "beyond the cap"), (summary.tooOld, "too old to count"), (summary.blank, "blank"),
    ]
    let words = parts.filter { $0.0 > 0 || $0.1 == "downloads" }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    let lines = summary.lines == 1 ? "1 line" : "\(summary.lines) lines"
    print("\(report.file): \(lines): \(words), \(summary.badLines) bad.")
    for (flaw, count) in summary.bad.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        complain("\(report.file): \(flaw.explanation(of: count))")
    }
    for line in report.badLines { complain("\(report.file), line \(line.line) (\(line.reason)): \(line.text)") }
}

extension Day: @retroactive ExpressibleByArgument {
    /// Reads it from the command line.
    public init?(argument: String) { self.init(iso8601: argument) }
}

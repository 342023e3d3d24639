import Downloads
import PackagingFormats
import Testing
import UTC
import VectorSupport

/// 2026-11-22T12:00:00Z
let now = Timestamp(seconds: 1_795_348_800)
let today = now.day

/// What a log of these bytes counts: downloads and mirrors by name and day, and what became of the lines.
struct Counted: Equatable {
    var downloads: [String: [Day: UInt64]] = [:]
    var mirrors: [String: [Day: UInt64]] = [:]

    init(_ counts: LogCounts, names: [String]) {
        for day in counts.days {
            for (number, count) in day.counts {
                if day.kind == .downloads {
                    downloads[names[Int(number)], default: [:]][day.day, default: 0] += count
                } else {
                    mirrors[names[Int(number)], default: [:]][day.day, default: 0] += count
                }
            }
        }
    }
}

func count(
    _ bytes: [UInt8], chunk: Int = 1 << 20, rules: LogRules = LogRules(now: now)
) -> (counted: Counted, summary: LogSummary, bad: [BadLogLine], lastDay: Day?) {
    var counter = LogCounter(rules)
    bytes.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            counter.read(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + chunk, bytes.count)]))
        }
    }
    let counts = counter.finish()
    return (Counted(counts, names: counter.names), counts.summary, counts.badLines, counts.lastDay)
}

func combined(
    _ request: String = "GET /packages/aa/bb/demo_pkg-1.0-py3-none-any.whl HTTP/1.1", status: String = "200",
    time: String = "22/Nov/2026:08:05:09 +0000", agent: String = "pip/26.3", address: String = "192.0.2.1"
) -> String {
    "\(address) - - [\(time)] \"\(request)\" \(status) 2326 \"-\" \"\(agent)\""
}

/// Where a line ends up.
enum Fate: Equatable {
    case download, mirror, otherClient, otherRequest, capped, tooOld, blank
    case bad(LogLineFlaw)

    init?(_ summary: LogSummary) {
        let fates: [(Int64, Fate)] =
            [
                (summary.downloads, .download), (summary.mirrors, .mirror), (summary.otherClients, .otherClient),
                (summary.otherRequests, .otherRequest), (summary.capped, .capped), (summary.tooOld, .tooOld),
                (summary.blank, .blank),
            ] + summary.bad.map { ($0.value, .bad($0.key)) }
        let taken = fates.filter { $0.0 > 0 }
        guard summary.lines == 1, taken.count == 1, taken[0].0 == 1 else { return nil }
        self = taken[0].1
    }
}

@Suite("A line of a log") struct LogLineTests {
    static let pip = #"pip/26.3 {\"ci\":null,\"cpu\":\"x86_64\"}"#

    // The columns are the point.
    // swift-format-ignore
    static let table: [(String, Fate)] = [
        (combined(),                                                                    .download),
        (combined(agent: pip),                                                          .download),
        (combined(agent: #"pip/26.3 {\x22ci\x22:null}"#),                               .download),
        (combined(agent: "uv/0.9.1 {}"),                                                .download),
        (combined(agent: "Python-urllib/3.11 setuptools/65.5"),                         .download),
        (combined(agent: "Python-urllib/3.11"),                                         .otherClient),
        (combined(agent: "bandersnatch/6.8.0 (cpython 3.12)"),                          .mirror),
        (combined(agent: "Mozilla/5.0 (X11; Linux)"),                                   .otherClient),
        (combined(agent: "-"),                                                          .otherClient),
        (combined(agent: ""),                                                           .otherClient),
        (combined(agent: String(repeating: "p", count: 70)),                            .otherClient),
        (combined(agent: "pip/" + String(repeating: "1", count: 70)),                   .otherClient),
        (combined(agent: #"\"pip\"/1.0"#),                                              .otherClient),
        (combined(address: "2001:db8::7"),                                              .download),
        (combined(address: "[2001:db8::7]"),                                            .download),
        (combined().replacing(" - - ", with: " - ada [x] lovelace "),                   .download),
        (combined() + #" "203.0.113.9" 0.003"#,                                         .download),
        (combined().replacing(#" "-" "pip"#, with: #" "https://a/\"b\"" "pip"#),        .download),
        // the common format has no User-Agent
        (#"192.0.2.1 - - [22/Nov/2026:08:05:09 +0000] "GET /a/demo-1.0.tar.gz HTTP/1.1" 200 2326"#, .download),
        (#"192.0.2.1 - - [22/Nov/2026:08:05:09 +0000] "GET /a/demo-1.0.tar.gz HTTP/1.1" 200 -"#,    .download),
        // what was asked for
        (combined("GET /packages/aa/demo-1.0.tar.gz HTTP/1.1"),                         .download),
        (combined("GET /packages/aa/demo-1.0.zip HTTP/1.1"),                            .download),
        (combined("GET /packages/aa/demo-1.0.tar.gz?x=1 HTTP/2.0"),                     .download),
        (combined("GET https://files.example.org/a/demo-1.0.tar.gz HTTP/1.1"),          .download),
        (combined("GET /packages/aa/demo-1.0%2Blocal.1.tar.gz HTTP/1.1"),               .download),
        (combined("GET /packages/aa/demo-1.0.tar.gz"),                                  .download),
        (combined("GET /packages/aa/demo-1.0-py3-none-any.whl.metadata HTTP/1.1"),      .otherRequest),
        (combined("GET /simple/demo/ HTTP/1.1"),                                        .otherRequest),
        (combined("GET / HTTP/1.1"),                                                    .otherRequest),
        (combined("GET /static/archive.zip HTTP/1.1"),                                  .otherRequest),
        (combined("HEAD /packages/aa/demo-1.0.tar.gz HTTP/1.1"),                        .otherRequest),
        (combined("POST /legacy/ HTTP/1.1", agent: "twine/7.0"),                        .otherRequest),
        (combined("-", status: "408"),                                                  .otherRequest),
        (combined(#"\x16\x03\x01\x02"#, status: "400"),                                 .otherRequest),
        (combined("GET /packages/aa/not a wheel.whl HTTP/1.1"),                         .bad(.name)),
        (combined("GET /packages/aa/-1.0.tar.gz HTTP/1.1"),                             .bad(.name)),
        (combined("GET /packages/aa/demo.whl HTTP/1.1"),                                .bad(.name)),
        // what was answered
        (combined(status: "206"),                                                       .otherRequest),
        (combined(status: "304"),                                                       .otherRequest),
        (combined(status: "404"),                                                       .otherRequest),
        (combined(status: "-"),                                                         .bad(.format)),
        (combined(status: "2000"),                                                      .bad(.format)),
        // when
        (combined(time: "23/Nov/2026:11:59:59 +0000"),                                  .download),
        (combined(time: "23/Nov/2026:12:00:01 +0000"),                                  .bad(.future)),
        (combined(time: "22/Nov/2126:08:05:09 +0000"),                                  .bad(.future)),
        (combined(time: "18/Oct/2025:00:00:00 +0000"),                                  .download),
        (combined(time: "17/Oct/2025:23:59:59 +0000"),                                  .tooOld),
        (combined(time: "10/Oct/1969:08:05:09 +0000"),                                  .tooOld),
        (combined(time: "30/Feb/2026:08:05:09 +0000"),                                  .bad(.time)),
        (combined(time: "22/Nix/2026:08:05:09 +0000"),                                  .bad(.time)),
        (combined(time: "22/Nov/2026:24:05:09 +0000"),                                  .bad(.time)),
        (combined(time: "22/Nov/2026:08:05:09 +9900"),                                  .bad(.time)),
        (combined(time: "2026-11-22T08:05:09+00:00"),                                   .bad(.time)),
        // what is no line of a log
        ("",                                                                            .blank),
        ("#Fields: date time",                                                          .blank),
        ("hello",                                                                       .bad(.format)),
        ("hello world, this is no log",                                                 .bad(.format)),
        ("PK\u{3}\u{4}\u{0}\u{0} \u{1}",                                                .bad(.binary)),
        (String(repeating: "x", count: 70_000),                                         .bad(.tooLong)),
        // JSON
        (#"{"time":"2026-11-22T08:05:09Z","method":"GET","path":"/p/demo-1.0.tar.gz","status":200,"user_agent":"pip/26.3"}"#, .download),
        (#"{ "time" : "2026-11-22T08:05:09.123+01:00" , "method":"GET","url":"/p/demo-1.0.tar.gz","status":"200"}"#,          .download),
        (#"{"timestamp":1795334400,"method":"GET","uri":"\/p\/demo-1.0.tar.gz","status":200,"agent":"pip/26.3"}"#,            .download),
        (#"{"ts":1795334400.123,"request":{"method":"GET","uri":"/p/demo-1.0.tar.gz","headers":{"User-Agent":["pip/26.3"]}},"status":200}"#, .download),
        (#"{"time_local":"22/Nov/2026:08:05:09 +0000","request":"GET /p/demo-1.0.tar.gz HTTP/1.1","status":200,"http_user_agent":"pip/26.3 {\"ci\":null}"}"#, .download),
        (#"{"time":1795334400000,"method":"GET","path":"/p/demo-1.0.tar.gz","status":200,"x":{"a":[1,{"b":"}"}]},"agent":"bandersnatch/6"}"#, .mirror),
        (#"{"time":"2026-11-22T08:05:09Z","method":"GET","path":"/p/demo-1.0.tar.gz","status":200,"user_agent":""}"#,         .otherClient),
        (#"{"time":"2026-11-22T08:05:09Z","method":"HEAD","path":"/p/demo-1.0.tar.gz","status":200}"#,                       .otherRequest),
        (#"{"time":"2026-11-22T08:05:09Z","method":"GET","path":"/p/demo-1.0.tar.gz","status":404}"#,                        .otherRequest),
        (#"{"method":"GET","path":"/p/demo-1.0.tar.gz","status":200}"#,                 .bad(.time)),
        (#"{"time":"yesterday","method":"GET","path":"/p/demo-1.0.tar.gz","status":200}"#, .bad(.time)),
        (#"{"time":"2026-11-22T08:05:09Z","status":200}"#,                              .bad(.format)),
        (#"{"time":"2026-11-22T08:05:09Z","method":"GET","path":"/p/demo-1.0.ta"#,      .bad(.cut)),
        (#"{"time":"2026-11-22T08:05:09Z""#,                                            .bad(.cut)),
        ("{",                                                                           .bad(.cut)),
        ("{}",                                                                          .bad(.time)),
        (#"{"time":"2026-11-22T08:05:09Z"} trailing"#,                                  .bad(.format)),
        (#"{time: 1}"#,                                                                 .bad(.format)),
    ]

    @Test("counts, or is left out, or is bad for a reason", arguments: table)
    func fate(line: String, fate: Fate) {
        for text in [line, line + "\n", line + "\r\n"] {
            let summary = count(Array(text.utf8)).summary
            if text.isEmpty {
                #expect(summary.lines == 0)
            } else {
                #expect(Fate(summary) == fate, "\(summary)")
            }
        }
    }

    @Test("that is cut anywhere before the end of its last field is never counted")
    func cut() {
        let line = Array(combined(agent: Self.pip).utf8)
        for end in 1..<line.count {
            let fate = Fate(count(Array(line[..<end])).summary)
            // Before the size ends it could be the common format, whose last field it is.
            let size =
                combined().firstRange(of: " 2326").map {
                    combined().utf8.distance(from: combined().startIndex, to: $0.lowerBound)
                } ?? 0
            if (size + 2...size + 6).contains(end) { continue }
            #expect(fate != .download && fate != .mirror, "\(String(decoding: line[..<end], as: UTF8.self))")
        }
    }

    @Test(
        "counts on its own day in UTC, wherever the server stands",
        arguments: [
            ("22/Nov/2026:00:30:00 +0100", "2026-11-21"), ("21/Nov/2026:23:30:00 -0100", "2026-11-22"),
            ("22/Nov/2026:00:00:00 +0000", "2026-11-22"), ("21/Nov/2026:23:59:60 +0000", "2026-11-22"),
            ("01/Mar/2026:05:29:59 +0530", "2026-02-28"), ("31/Dec/2025:16:00:00 -0800", "2026-01-01"),
        ])
    func timeZone(time: String, day: String) throws {
        let counted = count(Array(combined(time: time).utf8)).counted
        #expect(counted.downloads == ["demo-pkg": [try #require(Day(iso8601: day)): 1]])
    }

    @Test("in JSON can have fields of any name")
    func fields() throws {
        var rules = LogRules(now: now)
        for field in ["time=when", "method=how", "path=what.target", "status=result,answer", "agent=who"] {
            try rules.fields.set(field)
        }
        let line =
            #"{"when":"2026-11-22T08:05:09Z","how":"GET","what":{"target":"/p/demo-1.0.zip"},"answer":200,"who":"pip/1"}"#
        #expect(Fate(count(Array(line.utf8), rules: rules).summary) == .download)
        #expect(throws: InvalidLogField.self) { try rules.fields.set("tme=x") }
        #expect(throws: InvalidLogField.self) { try rules.fields.set("time=") }
        #expect(throws: InvalidLogField.self) { try rules.fields.set("path=a..b") }
    }

    @Test("without a User-Agent in its format does not count when the operator says so")
    func withoutAgent() {
        var rules = LogRules(now: now)
        rules.countsWithoutAgent = false
        let line = #"192.0.2.1 - - [22/Nov/2026:08:05:09 +0000] "GET /a/demo-1.0.tar.gz HTTP/1.1" 200 2326"#
        #expect(Fate(count(Array(line.utf8), rules: rules).summary) == .otherClient)
        #expect(Fate(count(Array(combined().utf8), rules: rules).summary) == .download)
    }

    @Test("counts below a prefix only when there is one")
    func prefix() {
        var rules = LogRules(now: now)
        rules.prefix = "/packages/"
        let lines: [(String, Fate)] = [
            ("GET /packages/a/demo-1.0.tar.gz HTTP/1.1", .download),
            ("GET /other/demo-1.0.tar.gz HTTP/1.1", .otherRequest),
            ("GET https://x.example/packages/demo-1.0.zip HTTP/1.1", .download),
            ("GET https://x.example/other/packages/demo-1.0.zip HTTP/1.1", .otherRequest),
        ]
        for (request, fate) in lines {
            #expect(Fate(count(Array(combined(request).utf8), rules: rules).summary) == fate)
        }
    }
}

@Suite("A log") struct LogCounterTests {
    @Test("keeps the first bad lines with their numbers and in a form that can be shown")
    func badLines() {
        let text = combined() + "\n\u{1B}[31mred\u{7}\n" + combined() + "\nnonsense\n"
        let (_, summary, bad, _) = count(Array(text.utf8))
        #expect(summary.lines == 4 && summary.downloads == 2)
        #expect(bad.map(\.line) == [2, 4])
        #expect(bad.map(\.flaw) == [.binary, .format])
        #expect(bad[0].text == "\u{FFFD}[31mred\u{FFFD}")
        let many = LogCounter.badLinesKept + 7
        let kept = count(Array(String(repeating: "nonsense\n", count: many).utf8))
        #expect(kept.summary.bad == [.format: Int64(many)])
        #expect(kept.bad.count == LogCounter.badLinesKept && kept.bad.last?.line == Int64(LogCounter.badLinesKept))
    }

    @Test("Bad lines are told as one would say it")
    func words() {
        for flaw in LogLineFlaw.allCases {
            #expect(flaw.explanation(of: 1) == "1 line that \(flaw.explanation)")
            #expect(flaw.explanation(of: 2).hasPrefix("2 lines that "))
            #expect(!flaw.explanation(of: 2).contains("s that \(flaw.explanation)"))
        }
    }

    static let cut = #"192.0.2.1 - - [22/Nov/2026:08:05:09 +0000] "GET /packages/aa/demo-1.0.tar.gz HTTP/1.1" 200 23"#

    @Test("in the combined format knows a line that was cut after its status; in the common format there is none")
    func cutWithinTheSize() {
        let many = [String](repeating: combined(), count: 100)
        let (_, summary, bad, _) = count(Array((many + [Self.cut] + many + [Self.cut]).joined(separator: "\n").utf8))
        #expect(summary.downloads == 200 && summary.bad == [.cut: 2] && bad.map(\.line) == [101, 202])
        // Both formats in one file, in any mixture or one after the other.
        let mixed = (0..<150).flatMap { _ in [combined(), Self.cut] }
        #expect(count(Array(mixed.joined(separator: "\n").utf8)).summary.downloads == 300)
        let joined =
            many + [Self.cut, Self.cut] + many + [Self.cut, "", "nonsense", Self.cut] + [Self.cut, combined()]
        let (_, both, bads, _) = count(Array(joined.joined(separator: "\n").utf8), chunk: 777)
        #expect(both.downloads == 206 && both.bad == [.format: 1] && bads.map(\.line) == [205])
        #expect(
            count(Array([String](repeating: Self.cut, count: 300).joined(separator: "\n").utf8)).summary.downloads
                == 300)
    }

    // The columns are the point.
    // swift-format-ignore
    static let ends: [(last: String, downloads: Int64, isBegun: Bool)] = [
        (combined(),                              2, false),  // whole but for its end
        (String(combined().dropLast()),           1, true),
        (String(combined().prefix(60)),           1, true),
        (cut,                                     1, true),
        ("1",                                     1, true),
        ("",                                      1, false),
        ("# a remark",                            1, false),
        (#"{"time":"2026-11-22T08:05:09Z","#,     1, true),
    ]

    @Test("that is still being written has a last line that is counted when it is whole", arguments: ends)
    func growing(last: String, downloads: Int64, isBegun: Bool) {
        for isGrowing in [true, false] {
            var counter = LogCounter(LogRules(now: now))
            Array((combined() + "\n" + last).utf8).withUnsafeBytes { counter.read($0) }
            let counts = counter.finish(isGrowing: isGrowing)
            #expect(counts.isLastLineBegun == (isBegun && isGrowing))
            if isGrowing { #expect(counts.summary.downloads == downloads) }
            #expect(counts.summary.lines == (last.isEmpty ? 1 : 2))
            if isBegun, isGrowing { #expect(counts.summary.bad == [.cut: 1] && counts.badLines.map(\.line) == [2]) }
        }
    }

    @Test("knows the last day that any line tells of, for its mark has to stay as long")
    func lastDay() {
        let text = [
            combined(time: "20/Nov/2026:08:05:09 +0000"), combined(status: "404", time: "21/Nov/2026:08:05:09 +0000"),
        ].joined(separator: "\n")
        let (_, summary, _, lastDay) = count(Array(text.utf8))
        #expect(summary.lastDay == Day(iso8601: "2026-11-20"))
        #expect(lastDay == Day(iso8601: "2026-11-21"))
    }

    @Test("holds one address to its cap for each project and hour")
    func cap() {
        var rules = LogRules(now: now)
        rules.cap = 2
        let hours = ["22/Nov/2026:08:05:09 +0000", "22/Nov/2026:08:59:59 +0000", "22/Nov/2026:09:00:00 +0000"]
        var lines: [String] = []
        for time in hours {
            for address in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
                for file in ["demo-1.0.zip", "Demo-1.1.zip", "other-1.0.zip"] {
                    for _ in 0..<3 { lines.append(combined("GET /\(file) HTTP/1.1", time: time, address: address)) }
                }
            }
        }
        lines.append(combined(agent: "bandersnatch/6.8.0"))
        let (counted, summary, _, _) = count(Array(lines.joined(separator: "\n").utf8), rules: rules)
        // Two hours, three addresses, two each; two versions of demo are one project.
        #expect(counted.downloads == ["demo": [today: 12], "other": [today: 12]])
        #expect(summary.capped == 81 - 24)
        #expect(summary.mirrors == 1)
    }

    @Test("is counted the same however it is cut into pieces", arguments: 0..<40 as Range<UInt64>)
    func pieces(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let log = RandomLog(lines: 200, using: &random)
        let whole = count(log.bytes)
        for chunk in [1, 7, Int.random(in: 2...3_000, using: &random)] {
            let pieces = count(log.bytes, chunk: chunk)
            #expect(pieces.counted == whole.counted)
            #expect(pieces.summary == whole.summary)
            #expect(pieces.bad == whole.bad)
        }
    }

    @Test("counts what a reader with nothing but the words of the rule counts", arguments: 0..<60 as Range<UInt64>)
    func naive(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let log = RandomLog(lines: 300, using: &random)
        let (counted, summary, _, _) = count(log.bytes)
        #expect(counted.downloads == log.downloads)
        #expect(counted.mirrors == log.mirrors)
        #expect(summary.lines == 300)
        #expect(summary.badLines == log.bad)
    }

    @Test("of random bytes breaks nothing, and every line is somewhere", arguments: 0..<100 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = RandomLog(lines: 30, using: &random).bytes
        for _ in 0..<Int.random(in: 1...60, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
        }
        let (_, summary, _, _) = count(bytes, chunk: Int.random(in: 1...500, using: &random))
        let all =
            summary.downloads + summary.mirrors + summary.otherClients + summary.otherRequests + summary.capped
            + summary.tooOld + summary.blank + summary.badLines
        #expect(summary.lines == all)
    }
}

/// Lines whose meaning is known because they are made from it.
struct RandomLog {
    var bytes: [UInt8] = []
    var downloads: [String: [Day: UInt64]] = [:]
    var mirrors: [String: [Day: UInt64]] = [:]
    var bad: Int64 = 0

    init(lines: Int, using random: inout SplitMix64) {
        for _ in 0..<lines { add(using: &random) }
    }

    private mutating func add(using random: inout SplitMix64) {
        let name = ["demo", "Zope.Interface", "flask_login", "a", "numpy-2"].randomElement(using: &random) ?? "demo"
        let normalized = ["Zope.Interface": "zope-interface", "flask_login": "flask-login"][name] ?? name
        let component = name.replacing("-", with: "_")
        let files = [
            "\(component)-1.0-py3-none-any.whl", "\(name)-2.0.tar.gz", "\(name)-3!1.0rc1.zip",
            "\(component)-1.0-1-cp312-cp312-manylinux_2_17_x86_64.whl",
        ]
        let agents: [(String, DownloadKind?)] = [
            ("pip/26.3 {}", .downloads), ("uv/0.9", .downloads), ("Poetry/2.1", .downloads),
            ("bandersnatch/6.8", .mirrors), ("Artifactory/7", .mirrors), ("curl/8", nil), ("-", nil),
        ]
        let (agent, kind) = agents.randomElement(using: &random) ?? ("-", nil)
        let isGet = Int.random(in: 0..<8, using: &random) > 0
        let isFile = Int.random(in: 0..<8, using: &random) > 0
        let status =
            Int.random(in: 0..<6, using: &random) > 0
            ? "200" : ["206", "304", "404", "500"].randomElement(using: &random) ?? "404"
        let day = today - Int.random(in: 0...30, using: &random)
        let path = isFile ? "/packages/aa/\(files.randomElement(using: &random) ?? "")" : "/simple/\(name)/"
        let (year, _, dayOfMonth) = day.civil
        let month = day.readable.split(separator: " ")[1]
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let clock = "0\(Int.random(in: 0...9, using: &random)):10:5\(Int.random(in: 0...9, using: &random))"
        let method = isGet ? "GET" : "HEAD"
        let line =
            if Bool.random(using: &random) {
                "10.0.0.\(Int.random(in: 0...255, using: &random)) - - [\(two(dayOfMonth))/\(month)/\(year):\(clock) +0000] \"\(method) \(path) HTTP/1.1\" \(status) 77 \"-\" \"\(agent)\""
            } else {
                #"{"time":"\#(day)T\#(clock)Z","method":"\#(method)","path":"\#(path)","status":\#(status),"user_agent":"\#(agent)","size":77}"#
            }
        if Int.random(in: 0..<10, using: &random) == 0 {
            bytes += Array(line.utf8.prefix(20))
            bad += 1
        } else {
            bytes += Array(line.utf8)
            if isGet, isFile, status == "200" {
                if kind == .downloads { downloads[normalized, default: [:]][day, default: 0] += 1 }
                if kind == .mirrors { mirrors[normalized, default: [:]][day, default: 0] += 1 }
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }
}

@Suite("The cap on repeats") struct RepeatCapTests {
    @Test("never holds an honest download back, however many there are")
    func honest() {
        let cap = RepeatCap(1, capacity: 1_024, seed: 7)
        for number in 0..<100_000 {
            let isAllowed = cap.allows("10.\(number >> 16).\(number >> 8 & 255).\(number & 255)", project: 1, time: 0)
            #expect(isAllowed)
        }
    }

    @Test("counts addresses of version 6 by the network of a household")
    func networks() {
        let cap = RepeatCap(1, capacity: 1_024, seed: 7)
        func isAllowed(_ address: String) -> Bool { cap.allows(address, project: 1, time: 0) }
        #expect(isAllowed("2001:db8:1:2::1"))
        #expect(!isAllowed("2001:db8:1:2:ffff::7") && !isAllowed("2001:0DB8:1:2::1"))
        #expect(isAllowed("2001:db8:1:3::1"))
        #expect(isAllowed("192.0.2.1") && !isAllowed("::ffff:192.0.2.1") && isAllowed("::ffff:192.0.2.2"))
    }

    @Test("remembers anyone who comes again and again, though many others come between")
    func pump() {
        let cap = RepeatCap(3, capacity: 1_024, seed: 7)
        var counted = 0
        for number in 0..<2_000 {
            if cap.allows("192.0.2.1", project: 1, time: 3_600) { counted += 1 }
            _ = cap.allows("10.0.0.\(number)", project: 1, time: 3_600)
        }
        #expect(counted < 12)
        #expect(counted >= 3)
    }
}

import Bytes

/// What a line of a log says about a request, as far as counting asks: views into the line.
struct LogRequest {
    /// Seconds since 1970, UTC.
    var time: Int64 = 0
    var isGet = false
    var status = 0
    /// What was asked for: a path with its query, or a whole address.
    var target = Text(noBytes, count: 0)
    /// The User-Agent; nil when the format has none. Empty when the client sent none.
    var agent: Text?
    /// Where the request came from; empty when the format does not say.
    var address = Text(noBytes, count: 0)
}

/// An address for no bytes.
var noBytes: UnsafePointer<UInt8> { ("" as StaticString).utf8Start }

/// Reads lines in the common log format and its extension, combined.
///
///     192.0.2.1 - ada [10/Oct/2000:13:55:36 -0700] "GET /packages/… HTTP/1.1" 200 2326 "referrer" "pip/26.3 …"
///
/// Quotation marks and backslashes in a quoted field have a backslash before them (Apache), or are `\x22` (nginx). What
/// follows the User-Agent is not looked at.
///
/// Source: Apache's documentation, "Log Files", "Common Log Format" and "Combined Log Format".
struct CommonLogReader {
    var time = LogTime()

    /// Reads a line into `request`; says what is wrong when it cannot.
    mutating func read(_ line: Text, into request: inout LogRequest) -> LogLineFlaw? {
        guard let addressEnd = line.first(UInt8(ascii: " ")) else { return .format }
        request.address = line[0..<addressEnd]

        // A user's name may hold anything, a bracket too: the time is known by its form.
        var search = addressEnd
        var timeStart = -1
        while let bracket = line.first(UInt8(ascii: "["), from: search) {
            guard bracket + 28 <= line.count else { return .cut }
            if line[bracket + 27] == UInt8(ascii: "]"), line[bracket + 3] == UInt8(ascii: "/") {
                timeStart = bracket + 1
                break
            }
            search = bracket + 1
        }
        guard timeStart > 0 else {
            if search > addressEnd { return .time }
            return line[addressEnd..<line.count].begins(with: " -") ? .cut : .format
        }
        guard let seconds = time.common(line, at: timeStart) else { return .time }
        request.time = seconds

        let quote = timeStart + 28
        guard quote < line.count else { return .cut }
        guard line[quote - 1] == UInt8(ascii: " "), line[quote] == UInt8(ascii: "\"") else { return .format }
        guard let requestEnd = readRequest(line, from: quote + 1, into: &request) else { return .cut }

        guard requestEnd + 5 < line.count else { return .cut }
        guard line[requestEnd + 1] == UInt8(ascii: " "), line[requestEnd + 5] == UInt8(ascii: " "),
            let status = line.number(at: requestEnd + 2, digits: 3)
        else { return .format }
        request.status = status
        return readRest(line, from: requestEnd + 6, into: &request)
    }

    /// Reads `GET /path HTTP/1.1` up to its quotation mark, and returns the place of that.
    @inline(__always)
    private func readRequest(_ line: Text, from start: Int, into request: inout LogRequest) -> Int? {
        request.isGet = line[start..<line.count].begins(with: "GET ")
        guard request.isGet else { return line.closingQuote(from: start) }
        let target = start + 4
        if let end = line.first(UInt8(ascii: " "), from: target), end + 9 < line.count,
            line[(end + 1)..<line.count].begins(with: "HTTP/"),
            let quote = line.first(UInt8(ascii: "\""), from: end + 6)
        {
            request.target = line[target..<end]
            return quote
        }
        // Without a version, or with spaces in the path.
        guard let quote = line.closingQuote(from: target) else { return nil }
        var end = quote
        if let space = line[target..<quote].last(UInt8(ascii: " ")),
            line[(target + space + 1)..<quote].begins(with: "HTTP/")
        {
            end = target + space
        }
        request.target = line[target..<end]
        return quote
    }

    /// Reads the size, and where there is more, referrer and User-Agent.
    @inline(__always)
    private func readRest(_ line: Text, from start: Int, into request: inout LogRequest) -> LogLineFlaw? {
        guard start < line.count else { return .cut }
        let size = line[start]
        guard size.isASCIIDigit || size == UInt8(ascii: "-") else { return .format }
        request.agent = nil
        guard let referrer = line.first(UInt8(ascii: "\""), from: start) else { return nil }
        guard let referrerEnd = line.closingQuote(from: referrer + 1),
            let agent = line.first(UInt8(ascii: "\""), from: referrerEnd + 1)
        else { return .cut }
        // The agent's own mark can be far, behind dozens that are escaped. What matters is that there is one.
        let last = line.count - 1
        if last > agent, line[last] == UInt8(ascii: "\""), !line.isEscaped(last, from: agent + 1) {
            request.agent = line[(agent + 1)..<last]
            return nil
        }
        guard let end = line.closingQuote(from: agent + 1) else { return .cut }
        request.agent = line[(agent + 1)..<end]
        return nil
    }
}

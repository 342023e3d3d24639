/// What the fields of a log in JSON lines are called.
///
/// A dot leads into an object: `request.uri`. Where a field has several names, the first that a line has counts, in the
/// order of the line. In a list, its first element counts.
public struct LogFields: Sendable, Equatable {
    /// What a field is for.
    public enum Role: String, Sendable, CaseIterable {
        /// When: ISO 8601, the common format's time, or a number since 1970.
        case time
        case method
        /// What was asked for: a path, or a whole address.
        case path
        /// Method and path in one, `GET /path HTTP/1.1`: instead of these two.
        case request
        /// The status of the answer.
        case status
        case agent
        /// Where the request came from.
        case address
    }

    /// The names of each field.
    public private(set) var names: [Role: [String]] = [
        .time: ["time", "timestamp", "@timestamp", "ts", "time_iso8601", "time_local", "date"],
        .method: ["method", "request_method", "request.method", "http_method"],
        .path: ["path", "uri", "url", "request_uri", "request.uri", "request_path"],
        .request: ["request", "request_line"],
        .status: ["status", "status_code", "response_status", "http_status"],
        .agent: [
            "user_agent", "agent", "http_user_agent", "request_user_agent", "userAgent",
            "request.headers.User-Agent",
        ],
        .address: [
            "remote_addr", "client_ip", "address", "ip", "remote_ip", "clientip", "request.client_ip",
            "request.remote_ip",
        ],
    ]

    /// The names that usual logs have: those of nginx in JSON, Fastly's and Caddy's among them.
    public init() {}

    /// Takes `time=when` or `agent=ua,user_agent`: the field has these names and no others.
    public mutating func set(_ text: String) throws(InvalidLogField) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let role = Role(rawValue: String(parts[0])) else { throw InvalidLogField(text: text) }
        let given = parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard
            given.allSatisfy({ name in
                !name.isEmpty
                    && !name.split(separator: ".", omittingEmptySubsequences: false).contains(where: \.isEmpty)
            })
        else { throw InvalidLogField(text: text) }
        names[role] = given
    }
}

/// What was given for a field of a log is no such thing.
public struct InvalidLogField: Error, Equatable, CustomStringConvertible {
    public let text: String
    public var description: String {
        "'\(text)' names no field. Write for example time=when or agent=ua; the fields are "
            + LogFields.Role.allCases.map(\.rawValue).joined(separator: ", ") + "."
    }
}

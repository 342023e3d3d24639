import Bytes
import PackagingFormats
import UTC

extension Advisory {
    /// As a document of version 1.7 of the format, its members in the order in which the specification lists them.
    var json: String {
        var members = [
            #""schema_version":"1.7.0""#, #""id":\#(JSON.quoted(id.description))"#,
            #""modified":"\#(modified.iso8601)""#,
        ]
        func add(_ name: String, _ value: String?) {
            if let value { members.append("\"\(name)\":\(value)") }
        }
        add("published", published.map { "\"\($0.iso8601)\"" })
        add("withdrawn", withdrawn.map { "\"\($0.iso8601)\"" })
        add("aliases", aliases.isEmpty ? nil : Self.list(aliases.map(JSON.quoted)))
        add("summary", summary.map(JSON.quoted))
        add("details", details.map(JSON.quoted))
        let severities = severities.map {
            #"{"type":\#(JSON.quoted($0.type)),"score":\#(JSON.quoted($0.score))}"#
        }
        add("severity", severities.isEmpty ? nil : Self.list(severities))
        add("affected", Self.list(affected.map(\.json)))
        let references = references.map {
            #"{"type":\#(JSON.quoted($0.type)),"url":\#(JSON.quoted($0.url))}"#
        }
        add("references", references.isEmpty ? nil : Self.list(references))
        add("database_specific", databaseSeverity.map { #"{"severity":\#(JSON.quoted($0))}"# })
        return "{\(members.joined(separator: ","))}"
    }

    fileprivate static func list(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }
}

extension AffectedPackage {
    fileprivate var json: String {
        let package =
            #""package":{"ecosystem":"\#(pythonEcosystem)","name":\#(JSON.quoted(project.normalized)),"purl":"pkg:pypi/\#(project.normalized)"}"#
        let ranges = ranges.map { events in
            #"{"type":"ECOSYSTEM","events":\#(Advisory.list(events.map(\.json)))}"#
        }
        var members = [package]
        if !ranges.isEmpty { members.append(#""ranges":\#(Advisory.list(ranges))"#) }
        if !versions.isEmpty { members.append(#""versions":\#(Advisory.list(versions.map(JSON.quoted)))"#) }
        return "{\(members.joined(separator: ","))}"
    }
}

extension AffectedPackage.Event {
    fileprivate var json: String {
        switch self {
        case .fromTheFirst: #"{"introduced":"0"}"#
        case .introduced(let version): #"{"introduced":"\#(version)"}"#
        case .fixed(let version): #"{"fixed":"\#(version)"}"#
        case .lastAffected(let version): #"{"last_affected":"\#(version)"}"#
        case .limit(let version): #"{"limit":"\#(version)"}"#
        }
    }
}

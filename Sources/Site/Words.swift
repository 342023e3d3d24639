import Bytes
import PackagingFormats
import Search
import UTC

// How numbers, sizes, times and addresses are written on the pages.

extension BinaryInteger {
    /// `1,234,567`
    package var grouped: String {
        let digits = String(magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return (self < 0 ? "−" : "") + grouped
    }

    /// `1 file`, `2 files`
    package func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}

extension String {
    /// With its first letter in upper case.
    package var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

/// `65.2 kB`, in powers of 1000, as pip shows sizes.
package func readableSize(_ bytes: Int64) -> String {
    var tenths = bytes * 10
    for unit in ["bytes", "kB", "MB", "GB"] {
        if unit == "GB" || tenths < 10_000 {
            // Whole numbers where a decimal says nothing.
            return unit == "bytes" || tenths >= 1_000
                ? "\((tenths / 10).grouped) \(unit)"
                : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        tenths = (tenths + 500) / 1_000
    }
    return ""
}

/// A moment: for machines, and for people.
package struct Moment: Equatable {
    let iso: String
    let readable: String

    package init(_ timestamp: Timestamp) {
        iso = timestamp.iso8601Seconds + "Z"
        readable = timestamp.day.readable
    }
}

/// A list that has something in it, so that a template shows its heading only then.
package struct NonEmpty<Item> {
    package let items: [Item]

    package init?(_ items: [Item]) {
        guard !items.isEmpty else { return nil }
        self.items = items
    }
}

/// Paths of pages.
package enum Paths {
    package static func project(_ name: ProjectName) -> String { "/project/\(name.normalized)/" }
    package static func release(_ name: ProjectName, _ version: Version) -> String {
        "\(project(name))\(percentEncoded(version.description))/"
    }
    /// The page that says how to check a file.
    package static func file(_ filename: String, of name: ProjectName) -> String {
        "\(project(name))file/\(percentEncoded(filename))/"
    }
    static func search(_ query: SearchQuery) -> String {
        "/search/?" + query.parameters.map { "\($0.name.rawValue)=\(percentEncoded($0.value))" }.joined(separator: "&")
    }

    /// One segment of a path, or one value of a query: all encoded but unreserved characters (RFC
    /// 3986, section 2.3) and the mark behind an epoch, as addresses have it in normal form.
    package static func percentEncoded(_ text: String) -> String {
        text.utf8.percentEncoded { $0.isUnreserved || $0 == UInt8(ascii: "!") }
    }
}

extension Timestamp {
    /// `22 Nov 2026, 14:38 UTC`
    package var readable: String { "\(day.readable), \(hourAndMinute) UTC" }
}

extension Moment {
    /// To the minute, for what a person has to compare with a clock.
    package init(minuteOf timestamp: Timestamp) {
        iso = timestamp.iso8601Seconds + "Z"
        readable = timestamp.readable
    }
}

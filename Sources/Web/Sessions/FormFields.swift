import Foundation
import PackagingFormats

/// The fields of a form as browsers send it: `application/x-www-form-urlencoded` (WHATWG URL, section 5.1), or with
/// files in it `multipart/form-data`.
public struct FormFields: Sendable, Hashable {
    /// One field.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    /// The most fields of a form.
    public static let maximumCount = 1_000

    /// All fields, in their order.
    public let fields: [Field]

    /// A form with these fields; those beyond the most are left out.
    ///
    /// Names and values are compared with what is known, before anybody has signed in: so no letter has accents without
    /// end.
    init(_ fields: [Field]) {
        self.fields = fields.prefix(Self.maximumCount).map { field in
            Field(name: field.name.withoutExcessMarks, value: field.value.withoutExcessMarks)
        }
    }

    /// Reads a body or a query. What is no valid encoding stays as it is written.
    public init(_ text: String) {
        self.init(
            // By bytes: a form is ASCII, but that is up to who sends it (see `CombiningMarks`).
            text.utf8.split(separator: UInt8(ascii: "&")).prefix(Self.maximumCount).map { pair in
                let parts = pair.split(
                    separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                return Field(name: Self.decoded(parts[0]), value: parts.count > 1 ? Self.decoded(parts[1]) : "")
            })
    }

    /// A form without fields.
    public static let empty = FormFields("")

    /// The field with a name. The first of several counts, as it does for people who look at the form.
    public subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Every value under a name: of boxes that can be ticked, each that is.
    public func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    private static func decoded(_ text: Substring.UTF8View) -> String {
        let spaced = String(decoding: text.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }, as: UTF8.self)
        return spaced.removingPercentEncoding ?? spaced
    }
}

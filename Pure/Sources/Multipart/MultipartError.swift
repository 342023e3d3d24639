/// Why a body is no form, or more of one than is allowed.
public enum MultipartError: Error, Hashable, Sendable {
    /// The Content-Type is missing or another than `multipart/form-data`.
    case notAForm
    /// The Content-Type names no boundary.
    case boundaryMissing
    /// The boundary is longer than 70 characters, empty, or has a character that RFC 2046 does not allow.
    case boundaryInvalid
    /// More bytes than allowed come before the first delimiter or after the last.
    case tooMuchAround(limit: Int)
    /// A delimiter is followed by something else than the end of its line.
    case delimiterLine
    /// A line of a header or a delimiter ends with a line feed alone.
    case bareLineFeed
    /// The headers of one part are longer than allowed.
    case headersTooLong(limit: Int)
    /// A header is no `Name: value`, is folded, or has control characters or bytes that are no UTF-8.
    case headerMalformed
    /// A part has no Content-Disposition.
    case dispositionMissing
    /// A part has a second Content-Disposition.
    case dispositionRepeated
    /// A Content-Disposition is not `form-data` with well-formed, unrepeated parameters.
    case dispositionMalformed
    /// A Content-Disposition has no name.
    case nameMissing
    /// The form has more parts than allowed.
    case tooManyParts(limit: Int)
    /// The body ended before the last delimiter.
    case truncated

    /// For machines; never changes.
    public var code: String {
        switch self {
        case .notAForm: "form.content-type"
        case .boundaryMissing: "form.boundary-missing"
        case .boundaryInvalid: "form.boundary-invalid"
        case .tooMuchAround: "form.too-much-around"
        case .delimiterLine: "form.delimiter-line"
        case .bareLineFeed: "form.bare-line-feed"
        case .headersTooLong: "form.headers-too-long"
        case .headerMalformed: "form.header-malformed"
        case .dispositionMissing: "form.disposition-missing"
        case .dispositionRepeated: "form.disposition-repeated"
        case .dispositionMalformed: "form.disposition-malformed"
        case .nameMissing: "form.name-missing"
        case .tooManyParts: "form.too-many-parts"
        case .truncated: "form.truncated"
        }
    }

    /// What is wrong and what was expected, for the person who sends the form.
    public var explanation: String {
        switch self {
        case .notAForm: "The Content-Type must be multipart/form-data."
        case .boundaryMissing: "The Content-Type multipart/form-data must name a boundary."
        case .boundaryInvalid:
            "The boundary in the Content-Type must have 1 to 70 letters, digits or characters of '()+_,-./:=? and space, and no space at its end."
        case .tooMuchAround(let limit):
            "There are more than \(limit) bytes outside the parts of the form. Check that the boundary in the Content-Type is the one in the body, and that lines end with CR LF."
        case .delimiterLine:
            "A boundary in the body must be alone on its line. Choose a boundary that occurs in no part."
        case .bareLineFeed: "Lines of the form's structure must end with CR LF; one ends with LF alone."
        case .headersTooLong(let limit): "The headers of a part of the form are longer than \(limit) bytes."
        case .headerMalformed:
            "A header of a part of the form is malformed. It must be one line of UTF-8, 'Name: value', without control characters."
        case .dispositionMissing: "A part of the form has no Content-Disposition header."
        case .dispositionRepeated: "A part of the form has more than one Content-Disposition header."
        case .dispositionMalformed:
            "The Content-Disposition of a part of the form must be 'form-data; name=\"…\"', each parameter once."
        case .nameMissing: "The Content-Disposition of a part of the form has no name."
        case .tooManyParts(let limit): "The form has more than \(limit) parts."
        case .truncated: "The form is incomplete: it ends before its last boundary. Send it again."
        }
    }
}

import Multipart

/// What happened, with content gathered, so that it does not depend on how the body was cut.
enum Happening: Equatable {
    case began(FormPart)
    case content([UInt8])
    case ended
    case finished
}

/// Reads a whole body, cut into chunks of `size` bytes, the first of `first` bytes.
func read(
    _ body: [UInt8], boundary: String = "b", first: Int = 0, size: Int = .max,
    limits: MultipartLimits = MultipartLimits()
) throws -> [Happening] {
    var parser = MultipartParser(boundary: try Boundary(boundary), limits: limits)
    var happenings: [Happening] = []
    var position = 0
    while position < body.count {
        let length = position == 0 && first > 0 ? first : size
        let end = length < body.count - position ? position + length : body.count
        try parser.consume(body[position..<end]) { event in
            switch event {
            case .partBegan(let part): happenings.append(.began(part))
            case .partData(let bytes):
                if case .content(let before)? = happenings.last {
                    happenings[happenings.count - 1] = .content(before + bytes)
                } else {
                    happenings.append(.content(Array(bytes)))
                }
            case .partEnded: happenings.append(.ended)
            case .finished: happenings.append(.finished)
            }
        }
        position = end
    }
    try parser.finish()
    return happenings
}

func read(_ body: String, boundary: String = "b", limits: MultipartLimits = MultipartLimits()) throws -> [Happening] {
    try read(Array(body.utf8), boundary: boundary, limits: limits)
}

/// The fields of a form with their contents, each in one piece.
func fields(_ happenings: [Happening]) -> [(part: FormPart, content: [UInt8])] {
    var fields: [(part: FormPart, content: [UInt8])] = []
    for happening in happenings {
        switch happening {
        case .began(let part): fields.append((part, []))
        case .content(let bytes): fields[fields.count - 1].content = bytes
        case .ended, .finished: break
        }
    }
    return fields
}

import PackagingFormats

/// What two releases say of themselves that is not the same.
struct MetadataDifference {
    let fields: [ReleaseDifference.Field]
    let highlights: [ReleaseDifference.Highlight]

    /// How many fields are told.
    private static let most = 40

    /// - Parameters:
    ///   - old: nil where it was not read, or is the same.
    init(_ old: RawMetadata?, _ new: RawMetadata?) {
        guard let old, let new else {
            (fields, highlights) = ([], [])
            return
        }
        var fields: [ReleaseDifference.Field] = []
        for field in MetadataField.allCases where !Self.isUntold(field) {
            let (before, after) = (Self.texts(old, field), Self.texts(new, field))
            guard before != after else { continue }
            // Of lists only what is not in both.
            let known = (old: Set(before.map { Array($0.utf8) }), new: Set(after.map { Array($0.utf8) }))
            let gone = before.filter { !known.new.contains(Array($0.utf8)) }
            let came = after.filter { !known.old.contains(Array($0.utf8)) }
            guard !gone.isEmpty || !came.isEmpty else { continue }
            fields.append(
                .init(name: Self.title(of: field), old: Self.words(gone), new: Self.words(came)))
        }
        self.fields = Array(fields.prefix(Self.most))
        highlights = Self.dependencies(old, new) + Self.people(old, new)
    }

    /// The version differs anyway, and a description is compared line by line.
    private static func isUntold(_ field: MetadataField) -> Bool { field == .version || field == .description }

    private static func texts(_ metadata: RawMetadata, _ field: MetadataField) -> [String] {
        switch metadata.fields[field] {
        case .text(let text): [text]
        case .list(let texts): texts
        case .urls(let urls): urls.map { "\($0.label), \($0.url)" }
        case nil: metadata.unparsed[field.rawValue] ?? []
        }
    }

    private static func words(_ texts: [String]) -> String? {
        guard !texts.isEmpty else { return nil }
        let joined = texts.prefix(20).joined(separator: "; ").cut(to: .line)
        return ShownLine(Array(joined.utf8.map { $0 == 0x0A ? 0x20 : $0 })[...], limit: 2_048).plain
    }

    /// `Requires-Python`
    private static func title(of field: MetadataField) -> String {
        field.rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }

    private static func dependencies(_ old: RawMetadata, _ new: RawMetadata) -> [ReleaseDifference.Highlight] {
        func names(_ metadata: RawMetadata) -> [(name: String, text: String)] {
            texts(metadata, .requiresDist).map { text in
                ((try? Requirement(parsing: text))?.name.normalized ?? text.cut(to: .quotation), text)
            }
        }
        let (before, after) = (names(old), names(new))
        let known = (old: Set(before.map { Array($0.name.utf8) }), new: Set(after.map { Array($0.name.utf8) }))
        func distinct(_ texts: [String]) -> [String] {
            var seen: Set<[UInt8]> = []
            return texts.filter { seen.insert(Array($0.utf8)).inserted }
        }
        let came = distinct(after.map(\.name).filter { !known.old.contains(Array($0.utf8)) })
        let gone = distinct(before.map(\.name).filter { !known.new.contains(Array($0.utf8)) })
        var told: [ReleaseDifference.Highlight] = []
        if !came.isEmpty { told.append(.init(.notable, "New dependencies: \(listed(came)).")) }
        if !gone.isEmpty { told.append(.init(.plain, "Gone are the dependencies \(listed(gone)).")) }
        return told
    }

    private static func people(_ old: RawMetadata, _ new: RawMetadata) -> [ReleaseDifference.Highlight] {
        let fields: [MetadataField] = [.author, .authorEmail, .maintainer, .maintainerEmail]
        guard fields.contains(where: { texts(old, $0) != texts(new, $0) }) else { return [] }
        return [.init(.notable, "It names other authors or maintainers than before.")]
    }

    private static func listed(_ names: [String]) -> String {
        let most = 8
        let first = names.prefix(most).map { ShownLine(Array($0.utf8)[...], limit: 160).plain }.joined(separator: ", ")
        return names.count > most ? "\(first) and \(names.count - most) more" : first
    }
}

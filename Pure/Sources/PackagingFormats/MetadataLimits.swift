/// How much core metadata may say: how often each field may occur, how long one value of it may be, and how much all of
/// it may be together.
///
/// What a file says of itself is shown on pages, written into documents and compared with the upload form. Without
/// bounds, four kilobytes of a wheel unpack to fifty thousand requirements.
///
/// The values follow from the largest that PyPI has, with room for two to ten times as much. Measured in November 2026
/// over 80 projects, among them the largest known (in brackets which one):
///
/// | what | largest |
/// |---|---|
/// | all of METADATA | 183,517 bytes (yt-dlp); 174,492 (types-aiobotocore), 125,903 (azure-mgmt-compute) |
/// | Description | 179,285 bytes (yt-dlp) |
/// | License | 47,559 bytes (scipy) |
/// | Requires-Dist | 1,414 times (apache-airflow 2.6.3, which lists the dependencies of every extra again in `all`); 882 (boto3-stubs); 527 bytes (unstructured) |
/// | Provides-Extra | 439 times (boto3-stubs); 35 bytes |
/// | Classifier | 28 times (opencv-python); 72 bytes |
/// | Project-URL | 12 times (apache-airflow); 103 bytes |
/// | Keywords | 72 words (ccxt); 43 bytes each |
/// | Dynamic | 16 times (gallery-dl) |
/// | Summary | 193 bytes (crewai) |
/// | Author, Author-email, Maintainer-email | 143 (transformers), 74 (pyramid), 211 (llama-index) bytes |
/// | Requires-Python | 45 bytes (apache-airflow 1.10) |
public struct MetadataLimits: Sendable, Hashable {
    /// How much there may be of one field.
    public struct Bound: Sendable, Hashable {
        /// How often it may occur; of `Keywords`, how many words there may be.
        public let count: Int
        /// Bytes of UTF-8 of one value; of `Keywords`, of all words.
        public let bytes: Int
    }

    /// What all values may weigh together. A byte weighs one, a control character as much as JSON takes to write it,
    /// six. So no document about one release is longer than twice this.
    public let total: Int
    /// By how much the bounds of single fields are multiplied.
    private let room: Int

    /// For new uploads: for what the form says, and for what the file says of itself.
    public static let uploads = MetadataLimits(total: 768 << 10, room: 1)

    /// For files that are already out there: five times what the largest of them need. What exceeds the limits of
    /// uploads is worth a note. The sum is bounded by what one answer may have, 2 MiB.
    public static let imports = MetadataLimits(total: 1 << 20, room: 8)

    private init(total: Int, room: Int) {
        self.total = total
        self.room = room
    }

    /// How much there may be of a field.
    public subscript(field: MetadataField) -> Bound {
        let (count, bytes) = Self.bound(of: field)
        // No single field takes all the room that there is.
        return Bound(count: field.isSingle ? 1 : count * room, bytes: min(bytes * room, total / 4 * 3))
    }

    /// How much there may be of all headers that are no field of any metadata version.
    public var unknownHeaders: Bound { Bound(count: 256 * room, bytes: 4_096 * room) }

    // The columns are the point.
    // swift-format-ignore
    private static func bound(of field: MetadataField) -> (count: Int, bytes: Int) {
        switch field {
        case .metadataVersion:                                  (    1,       16)
        case .name, .version:                                   (    1,      256)
        case .summary:                                          (    1,    2_048)
        case .description:                                      (    1,  512 << 10)
        case .descriptionContentType:                           (    1,      256)
        case .keywords:                                         (1_000,    8_192)
        case .homePage, .downloadURL:                           (    1,    2_048)
        case .author, .maintainer:                              (    1,    4_096)
        case .authorEmail, .maintainerEmail:                    (    1,    8_192)
        case .license:                                          (    1,  128 << 10)
        case .licenseExpression:                                (    1,    2_048)
        case .licenseFile:                                      (1_000,      512)
        case .classifier:                                       (  256,      256)
        case .requiresDist:                                     (3_000,    4_096)
        case .requiresPython:                                   (    1,      512)
        case .projectURL:                                       (  128,    2_048)
        case .providesExtra:                                    (1_000,      256)
        case .dynamic, .platform, .supportedPlatform:           (  128,      256)
        case .importName, .importNamespace:                     (1_000,      512)
        case .requiresExternal, .providesDist, .obsoletesDist:  (  256,    1_024)
        case .requires, .provides, .obsoletes:                  (  256,    1_024)
        }
    }
}

extension MetadataField {
    fileprivate var isSingle: Bool { shape == .text }
}

// MARK: - What exceeds them

extension MetadataLimits {
    /// Everything in metadata that exceeds these limits, in the order of the specification's fields; mostly nothing. It
    /// takes time and memory linear in what is there.
    public func problems(in raw: RawMetadata) -> [MetadataProblem] {
        var problems: [MetadataProblem] = []
        var weight = 0
        for field in MetadataField.allCases {
            guard let value = raw.fields[field] else { continue }
            var size = Size(of: value, headerBytes: field.rawValue.utf8.count)
            weight += size.weight
            if field.shape == .words { size.longest = size.bytes }
            problems += excess(of: size, over: self[field], field.rawValue)
        }
        var unknown = Size()
        for (name, values) in raw.unparsed.sorted(by: { $0.key < $1.key }) {
            let size = Size(of: .list(values), headerBytes: name.utf8.count)
            weight += size.weight
            if let field = MetadataField(rawValue: name) {
                // Where a field occurs twice that may occur once, the rules of the format say so, and better.
                let bound = self[field]
                problems += excess(of: size, over: Bound(count: max(bound.count, 16), bytes: bound.bytes), name)
            } else {
                unknown.add(size, name: name)
            }
        }
        problems += excess(of: unknown, over: unknownHeaders, MetadataProblem.unknownHeaders)
        if weight > total { problems.append(.allTooLarge(limit: total)) }
        return problems
    }

    /// Reads a `METADATA` or `PKG-INFO` file that keeps within these limits. What is larger than all of it may be is
    /// not read at all.
    public func read(file bytes: [UInt8]) throws(InvalidMetadata) -> RawMetadata {
        guard bytes.count <= total else { throw InvalidMetadata(problems: [.allTooLarge(limit: total)]) }
        let raw = RawMetadata(file: bytes)
        try check(raw)
        return raw
    }

    /// Refuses metadata that exceed these limits.
    public func check(_ raw: RawMetadata) throws(InvalidMetadata) {
        let problems = problems(in: raw)
        guard problems.isEmpty else { throw InvalidMetadata(problems: problems) }
    }

    private func excess(of size: Size, over bound: Bound, _ field: String) -> [MetadataProblem] {
        var problems: [MetadataProblem] = []
        if size.count > bound.count { problems.append(MetadataProblem(field: field, .tooMany(limit: bound.count))) }
        if size.longest > bound.bytes { problems.append(MetadataProblem(field: field, .tooLarge(limit: bound.bytes))) }
        if size.hasExcessMarks { problems.append(MetadataProblem(field: field, .excessMarks)) }
        return problems
    }

    /// How much there is of a field.
    private struct Size {
        var count = 0
        /// Bytes of the longest value.
        var longest = 0
        /// Bytes of all values.
        var bytes = 0
        var hasExcessMarks = false
        var weight = 0

        init() {}

        init(of value: RawMetadata.Value, headerBytes: Int) {
            switch value {
            case .text(let text): add(text)
            case .list(let texts): for text in texts { add(text) }
            case .urls(let urls):
                for url in urls {
                    add(url.label)
                    add(url.url)
                }
                count = urls.count
            }
            // The header's name, a colon, a blank and the end of the line.
            weight += count * (headerBytes + 3)
        }

        private mutating func add(_ text: String) {
            count += 1
            longest = max(longest, text.utf8.count)
            bytes += text.utf8.count
            if text.hasExcessMarks { hasExcessMarks = true }
            weight += Self.weight(of: text)
        }

        /// Adds another header; how long its name is counts as well.
        mutating func add(_ other: Size, name: String) {
            count += other.count
            longest = max(longest, other.longest, name.utf8.count)
            if other.hasExcessMarks { hasExcessMarks = true }
        }

        private static func weight(of text: String) -> Int {
            text.utf8.reduce(0) { sum, byte in
                sum + (byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D ? 6 : 1)
            }
        }
    }
}

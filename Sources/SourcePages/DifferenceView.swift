import Archives
import Differences
import Site

/// What is different between two archives, as a page shows it: the model of the partial `difference`.
///
/// A page of another module has it as its field `difference`, and says `{{#difference}}{{>difference}}{{/difference}}`.
package struct DifferenceView {
    struct Item {
        let tone: String
        let itemText: String
        let itemPath: String?
    }

    struct FieldRow {
        let fieldName: String
        let oldValue: String?
        let newValue: String?
    }

    struct Group {
        let groupTitle: String
        let groupCount: String
        let isGroupOpen: Bool
        let rows: [Row]
        /// How many files are not listed; nil where all are.
        let moreRows: String?
    }

    struct Row {
        let anchor: String
        let place: String
        let changeWords: String
        let detail: String
        let notes: [String]
        // A field that is nil is looked for in what is around it, so these names must not be a page's.
        let rowOldPath: String?
        let rowNewPath: String?
        let alonePath: String?
        let linesHTML: String?
        let isRowOpen: Bool
        let moreLines: String?

        /// About how long it becomes in HTML without its lines.
        var weight: Int {
            let paths = [rowOldPath, rowNewPath, alonePath].compactMap(\.self)
            return paths.reduce(500 + 5 * place.utf8.count + detail.utf8.count) { $0 + $1.utf8.count }
        }
    }

    let totals: String
    let isSame: Bool
    let items: NonEmpty<Item>?
    let fields: NonEmpty<FieldRow>?
    let groups: [Group]
    let bounds: [String]

    /// The pages to which the rows lead.
    package struct Links: Sendable {
        let old: @Sendable (_ path: String) -> String?
        let new: @Sendable (_ path: String) -> String?
        let alone: @Sendable (_ place: String) -> String?

        /// - Parameters:
        ///   - old: the page of a file of the old archive; nil for none.
        ///   - new: the page of a file of the new archive; nil for none.
        ///   - alone: the page with the difference of one file; nil for none.
        package init(
            old: @escaping @Sendable (_ path: String) -> String? = { _ in nil },
            new: @escaping @Sendable (_ path: String) -> String? = { _ in nil },
            alone: @escaping @Sendable (_ place: String) -> String? = { _ in nil }
        ) {
            (self.old, self.new, self.alone) = (old, new, alone)
        }
    }

    /// How many files of a group are listed.
    private static let rowsOfGroup = 300
    /// How many bytes the rows of all files take beside their lines, about.
    private static let rowBytes = 600_000
    /// How many bytes the lines of all files have together.
    private static let lineBytes = 600_000
    /// The same on the page of one file.
    private static let lineBytesAlone = 2_000_000
    /// How many bytes of lines are open at first.
    private static let openBytes = 150_000

    /// - Parameter place: the one file that is shown; nil for all.
    package init(_ difference: ReleaseDifference, links: Links, only place: String? = nil) {
        let tree = difference.tree
        isSame = tree.changes.isEmpty
        totals = Self.totals(difference)
        var anchors: [ExactPath: String] = [:]
        for (index, change) in tree.changes.enumerated() { anchors[ExactPath(change.place)] = "f\(index + 1)" }
        items =
            place != nil
            ? nil
            : NonEmpty(
                difference.highlights.map { highlight in
                    Item(
                        tone: Self.tone(highlight.weight), itemText: highlight.text,
                        itemPath: highlight.place.flatMap { anchors[ExactPath($0)] }.map { "#\($0)" })
                })
        fields =
            place != nil
            ? nil
            : NonEmpty(
                difference.fields.map { FieldRow(fieldName: $0.name, oldValue: $0.old, newValue: $0.new) })
        bounds = difference.bounds
        var room = place == nil ? Self.lineBytes : Self.lineBytesAlone
        var rowRoom = Self.rowBytes
        var open = place == nil ? Self.openBytes : Self.lineBytesAlone
        groups = FileGroup.allCases.compactMap { group in
            let changes = tree.changes.enumerated().filter { _, change in
                change.group == group && (place.map { $0.utf8.elementsEqual(change.place.utf8) } ?? true)
            }
            guard !changes.isEmpty else { return nil }
            var rows: [Row] = []
            for (index, change) in changes.prefix(Self.rowsOfGroup) where rowRoom > 0 {
                let row = Self.row(
                    change, index: index, text: difference.texts[index], room: room, opens: open > 0, links: links,
                    isAlone: place != nil)
                let size = row.linesHTML?.utf8.count ?? 0
                room -= size
                open -= row.isRowOpen ? size : 0
                rowRoom -= row.weight
                rows.append(row)
            }
            return Group(
                groupTitle: group.title, groupCount: changes.count.counted("file"),
                isGroupOpen: !group.isFolded || place != nil, rows: rows,
                moreRows: changes.count > rows.count ? (changes.count - rows.count).counted("more file") : nil)
        }
    }

    private static func tone(_ weight: ReleaseDifference.Highlight.Weight) -> String {
        switch weight {
        case .grave: "danger"
        case .notable: "warning"
        case .plain: "info"
        }
    }

    private static func totals(_ difference: ReleaseDifference) -> String {
        let tree = difference.tree
        let kinds: [(FileChange.Kind, String)] = [
            (.added, "added"), (.removed, "removed"), (.changed, "changed"), (.renamed, "renamed"),
        ]
        let counts = kinds.compactMap { kind, word in
            tree.count(kind) == 0 ? nil : "\(tree.count(kind).counted("file")) \(word)"
        }
        let added = difference.texts.values.reduce(0) { $0 + $1.added }
        let removed = difference.texts.values.reduce(0) { $0 + $1.removed }
        let lines = added + removed == 0 ? [] : ["\(added.counted("line")) added and \(removed.grouped) removed"]
        return (counts + lines + ["\(tree.unchanged.counted("file")) the same"]).joined(separator: ", ") + "."
    }

    private static func row(
        _ change: FileChange, index: Int, text: TextDifference?, room: Int, opens: Bool, links: Links, isAlone: Bool
    ) -> Row {
        let oldPath = change.old.flatMap { links.old($0.path) }
        let newPath = change.new.flatMap { links.new($0.path) }
        var notes = text?.notes ?? []
        var linesHTML: String?
        var leftOut = text?.leftOut ?? 0
        if let text, !text.hunks.isEmpty, room > 0 {
            var markup = SourceMarkup(limit: room)
            leftOut = markup.difference(text, oldPath: oldPath, newPath: newPath)
            linesHTML = markup.text
            if !text.isExact {
                notes.append("Too much of it is different to be compared line by line; parts are shown as replaced.")
            }
        }
        let isPossible = text != nil || DifferenceView.isShownAlone(change)
        let moreLines: String? =
            if leftOut > 0, linesHTML != nil {
                "\(leftOut.counted("changed line")) more"
            } else if linesHTML == nil, isPossible {
                "Its lines are not shown here"
            } else { nil }
        let isRunning = change.group <= .entryPoints
        return Row(
            anchor: "f\(index + 1)", place: ShownLine(Array(change.place.utf8)[...], limit: 512).plain,
            changeWords: words(change), detail: detail(change, text), notes: notes, rowOldPath: oldPath,
            rowNewPath: newPath,
            alonePath: isAlone || moreLines == nil ? nil : links.alone(change.place), linesHTML: linesHTML,
            isRowOpen: isAlone || isRunning || (opens && !change.group.isFolded && change.kind == .changed),
            moreLines: moreLines)
    }

    /// Whether the page of one file may show more of it.
    private static func isShownAlone(_ change: FileChange) -> Bool {
        guard change.isText, change.group != .generated else { return false }
        switch change.kind {
        case .changed, .added: return max(change.old?.size ?? 0, change.new?.size ?? 0) <= DifferenceLimits.oneFile.file
        case .removed, .renamed, .unknown: return false
        }
    }

    private static func words(_ change: FileChange) -> String {
        switch change.kind {
        case .added: "added"
        case .removed: "removed"
        case .changed: "changed"
        case .renamed: "renamed"
        case .unknown: "not compared"
        }
    }

    /// What is to be said beside the name: how many lines, or how large and what.
    private static func detail(_ change: FileChange, _ text: TextDifference?) -> String {
        if change.kind == .renamed, let old = change.old {
            return "before \(ShownLine(Array(old.place.utf8)[...], limit: 512).plain)"
        }
        if let target = change.new?.target { return "leads to \(ShownLine(Array(target.utf8)[...], limit: 256).plain)" }
        if let text { return "+\(text.added.grouped) −\(text.removed.grouped)" }
        func size(_ entry: Inventory.Entry) -> String { "\(entry.kind.words), \(readableSize(entry.size))" }
        switch (change.old, change.new) {
        case (let old?, let new?):
            return old.kind == new.kind
                ? "\(new.kind.words), \(readableSize(old.size)) → \(readableSize(new.size))"
                : "\(size(old)) → \(size(new))"
        case (let entry?, nil), (nil, let entry?): return size(entry)
        case (nil, nil): return ""
        }
    }
}

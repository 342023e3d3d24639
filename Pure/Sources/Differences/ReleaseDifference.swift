import Archives
import PackagingFormats

/// What is different between two releases, as people look at it.
public struct ReleaseDifference: Sendable {
    /// Something that people should see before anything else.
    public struct Highlight: Sendable, Hashable {
        /// How much it matters.
        public enum Weight: String, Sendable, Hashable {
            /// It is rare in honest releases, or runs by itself.
            case grave
            /// It can be harmless, and should be looked at.
            case notable
            case plain
        }

        public let weight: Weight
        /// A whole sentence. What the archive says in it is on one line, and short.
        public let text: String
        /// The place of the file that it is about; nil where it is about none, or several.
        public let place: String?

        init(_ weight: Weight, _ text: String, place: String? = nil) {
            self.weight = weight
            self.text = text
            self.place = place
        }
    }

    /// A field of the metadata that says something else.
    public struct Field: Sendable, Hashable {
        public let name: String
        /// Nil where it said nothing.
        public let old: String?
        public let new: String?
    }

    /// Nil where there is nothing to compare with.
    public let old: Inventory?
    public let new: Inventory
    public let tree: TreeDifference
    /// By the index in `tree.changes`; nothing for what is not compared line by line.
    public let texts: [Int: TextDifference]
    /// The gravest first.
    public let highlights: [Highlight]
    public let fields: [Field]
    /// What was not looked at because a bound was reached, a sentence each.
    public let bounds: [String]

    /// What it takes in memory, in bytes, about.
    public var cost: Int {
        texts.values.reduce(1_024 + tree.changes.count * 400) { cost, text in
            cost + text.hunks.reduce(256) { $0 + $1.lines.count * (TextDifference.lineBytes / 3) }
        }
    }
}

/// How much of a difference is read and kept.
public struct DifferenceLimits: Sendable, Hashable {
    /// Bytes of a file that is compared line by line.
    public var file = 1 << 19
    /// Bytes of all of them together, on each side.
    public var total = 8 << 20
    /// Lines that are shown of one file.
    public var linesOfFile = 600
    /// Lines that are shown of all files.
    public var lines = 4_000
    /// Steps of comparing lines; see `LineDifference`.
    public var steps = 16_000_000

    /// What suits a page.
    public init() {}

    /// What suits the page of one file.
    public static var oneFile: DifferenceLimits {
        var limits = DifferenceLimits()
        limits.file = 4 << 20
        limits.linesOfFile = 6_000
        limits.lines = 6_000
        return limits
    }
}

/// Which files have to be read for a difference: those that are compared line by line, the most important first, as far
/// as they may be.
public struct DifferencePlan: Sendable {
    public let tree: TreeDifference
    let old: Inventory?
    let new: Inventory
    let limits: DifferenceLimits
    /// Paths in the old archive.
    public let oldPaths: Set<ExactPath>
    /// Paths in the new archive.
    public let newPaths: Set<ExactPath>
    /// How many files were left out because the bound for all was reached.
    let leftOut: Int

    /// - Parameters:
    ///   - old: nil where there is nothing to compare with.
    ///   - place: the one file that is compared; nil for all.
    public init(from old: Inventory?, to new: Inventory, only place: String? = nil, limits: DifferenceLimits = .init())
    {
        self.old = old
        self.new = new
        self.limits = limits
        tree = TreeDifference(from: old, to: new)
        var (oldPaths, newPaths): (Set<ExactPath>, Set<ExactPath>) = ([], [])
        var (oldBytes, newBytes, leftOut) = (0, 0, 0)
        for change in tree.changes {
            if let place {
                let isAsked = change.place.utf8.elementsEqual(place.utf8) || Self.isAlwaysRead(change)
                guard isAsked else { continue }
            }
            guard Self.isCompared(change, limits) else { continue }
            let needsOld = change.kind != .added
            let needsNew = change.kind != .removed
            let (oldSize, newSize) = (
                needsOld ? Int(change.old?.size ?? 0) : 0, needsNew ? Int(change.new?.size ?? 0) : 0
            )
            guard oldBytes + oldSize <= limits.total, newBytes + newSize <= limits.total else {
                leftOut += 1
                continue
            }
            oldBytes += oldSize
            newBytes += newSize
            if needsOld, let path = change.old?.path { oldPaths.insert(ExactPath(path)) }
            if needsNew, let path = change.new?.path { newPaths.insert(ExactPath(path)) }
        }
        (self.oldPaths, self.newPaths, self.leftOut) = (oldPaths, newPaths, leftOut)
    }

    /// What the summary is made of.
    private static func isAlwaysRead(_ change: FileChange) -> Bool {
        change.group == .metadata || change.place == ".dist-info/entry_points.txt" || change.place == "pyproject.toml"
    }

    static func isCompared(_ change: FileChange, _ limits: DifferenceLimits) -> Bool {
        guard change.isText, change.group != .generated, change.old?.kind != .link, change.new?.kind != .link,
            (change.old?.size ?? 0) <= limits.file, (change.new?.size ?? 0) <= limits.file
        else { return false }
        switch change.kind {
        case .changed, .added: return true
        // Of what is gone, only what ran is told.
        case .removed: return change.group <= .entryPoints
        case .renamed, .unknown: return false
        }
    }

    /// The difference, once the files were read. What could not be read is told by its size alone.
    public func difference(old oldContents: [ExactPath: [UInt8]], new newContents: [ExactPath: [UInt8]])
        -> ReleaseDifference
    {
        DifferenceBuilder(self, oldContents, newContents).difference()
    }
}

/// Makes a difference of what was read.
private struct DifferenceBuilder {
    typealias Highlight = ReleaseDifference.Highlight

    let plan: DifferencePlan
    let oldContents: [ExactPath: [UInt8]]
    let newContents: [ExactPath: [UInt8]]
    let tree: TreeDifference
    let buildSystem: (old: BuildSystem?, new: BuildSystem?)

    init(_ plan: DifferencePlan, _ oldContents: [ExactPath: [UInt8]], _ newContents: [ExactPath: [UInt8]]) {
        self.plan = plan
        self.oldContents = oldContents
        self.newContents = newContents
        let project = plan.tree.changes.first { $0.place == "pyproject.toml" }
        buildSystem = (
            project?.old.flatMap { oldContents[ExactPath($0.path)] }.map(BuildSystem.init),
            project?.new.flatMap { newContents[ExactPath($0.path)] }.map(BuildSystem.init)
        )
        let paths = buildSystem.new?.paths ?? []
        tree = paths.isEmpty ? plan.tree : TreeDifference(from: plan.old, to: plan.new, buildPaths: paths)
    }

    func difference() -> ReleaseDifference {
        var texts: [Int: TextDifference] = [:]
        var room = plan.limits.lines
        var steps = plan.limits.steps
        for (index, change) in tree.changes.enumerated() {
            guard DifferencePlan.isCompared(change, plan.limits) else { continue }
            let old = change.old.flatMap { oldContents[ExactPath($0.path)] }.map(SourceText.init)
            let new = change.new.flatMap { newContents[ExactPath($0.path)] }.map(SourceText.init)
            guard (old != nil) == (change.old != nil), (new != nil) == (change.new != nil) else { continue }
            let most = min(room, plan.limits.linesOfFile)
            var left = most
            texts[index] = TextDifference(from: old, to: new, limit: &left, steps: &steps)
            room -= most - left
        }
        let metadata = MetadataDifference(metadata(\.old, oldContents), metadata(\.new, newContents))
        let all = highlights(texts) + (plan.old == nil ? [] : metadata.highlights)
        let order: [Highlight.Weight] = [.grave, .notable, .plain]
        return ReleaseDifference(
            old: plan.old, new: plan.new, tree: tree, texts: texts,
            highlights: order.flatMap { weight in all.filter { $0.weight == weight } },
            fields: plan.old == nil ? [] : metadata.fields, bounds: bounds())
    }

    private func metadata(_ side: KeyPath<FileChange, Inventory.Entry?>, _ contents: [ExactPath: [UInt8]])
        -> RawMetadata?
    {
        let change = tree.changes.first {
            ($0.place == ".dist-info/METADATA" || $0.place == "PKG-INFO") && $0[keyPath: side] != nil
        }
        return change?[keyPath: side].flatMap { contents[ExactPath($0.path)] }.map(RawMetadata.init(file:))
    }

    // MARK: What matters

    private func highlights(_ texts: [Int: TextDifference]) -> [Highlight] {
        startHighlights() + installHighlights() + entryPointHighlights() + programHighlights() + textHighlights(texts)
    }

    private func startHighlights() -> [Highlight] {
        let had = plan.old?.entries.contains { $0.name.hasSuffix(".pth") } ?? false
        let changes = tree.changes.filter { $0.group == .atStart }
        let told = changes.prefix(5).map { change in
            let name = shown(change.place)
            let isPath = change.place.hasSuffix(".pth")
            let runs =
                isPath
                ? "Python runs the lines of it that begin with import, whenever it starts."
                : "Python runs it whenever it starts."
            switch change.kind {
            case .added:
                let first = isPath && !had && plan.old != nil
                return Highlight(
                    .grave, "\(first ? "The first .pth file" : "New"): \(name). \(runs)", place: change.place)
            case .changed, .unknown: return Highlight(.grave, "Changed: \(name). \(runs)", place: change.place)
            case .renamed: return Highlight(.notable, "\(name) has another name. \(runs)", place: change.place)
            case .removed:
                return Highlight(.plain, "Gone: \(name), which Python ran whenever it started.", place: change.place)
            }
        }
        return told
            + (changes.count > told.count
                ? [Highlight(.grave, "And \(changes.count - told.count) more of that kind.")] : [])
    }

    private func installHighlights() -> [Highlight] {
        var told: [Highlight] = []
        if let new = buildSystem.new, plan.old != nil {
            let old = buildSystem.old
            let unsaid = "the default, setuptools"
            if new.backend != old?.backend {
                told.append(
                    Highlight(
                        .notable,
                        "It is built by \(new.backend.map(shown) ?? unsaid), before by \(old?.backend.map(shown) ?? unsaid).",
                        place: "pyproject.toml"))
            }
            if new.paths != old?.paths ?? [], !new.paths.isEmpty {
                told.append(
                    Highlight(
                        .grave,
                        "Its build backend is in the release itself, in \(list(new.paths.map { $0.isEmpty ? "its top directory" : $0 })).",
                        place: "pyproject.toml"))
            }
            let requires = new.requires.filter { !(old?.requires ?? []).contains($0) }
            if !requires.isEmpty {
                told.append(
                    Highlight(.notable, "Its build asks for \(list(requires)).", place: "pyproject.toml"))
            }
        }
        let code = tree.changes.filter { $0.group == .atInstall && $0.place != "pyproject.toml" }
        func tell(_ kind: FileChange.Kind, _ weight: Highlight.Weight, _ words: String) {
            let places = code.filter { $0.kind == kind }.map(\.place)
            guard !places.isEmpty else { return }
            told.append(Highlight(weight, "\(words): \(list(places)).", place: places.first))
        }
        tell(.added, .notable, "New code that runs when it is built or installed")
        tell(.changed, .notable, "Changed code that runs when it is built or installed")
        tell(.removed, .plain, "Gone is code that ran when it was built or installed")
        return told
    }

    private func entryPointHighlights() -> [Highlight] {
        var told: [Highlight] = []
        if let change = tree.changes.first(where: { $0.place == ".dist-info/entry_points.txt" }) {
            let old = EntryPointTable(change.old.flatMap { oldContents[ExactPath($0.path)] } ?? []).entries
            let new = EntryPointTable(change.new.flatMap { newContents[ExactPath($0.path)] } ?? []).entries
            func words(_ key: String) -> String {
                let parts = key.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
                let (group, name) = (String(parts.first ?? ""), String(parts.dropFirst().first ?? ""))
                return ["console_scripts", "gui_scripts"].contains(group)
                    ? "the command \(shown(name))" : "\(shown(name)) of \(shown(group))"
            }
            let added = new.keys.filter { old[$0] == nil }.sorted()
            let moved = new.keys.filter { key in old[key].map { $0 != new[key] } ?? false }.sorted()
            let gone = old.keys.filter { new[$0] == nil }.sorted()
            if !added.isEmpty, plan.old != nil || change.kind == .added {
                let called = added.map { "\(words($0)), which calls \(shown(new[$0] ?? ""))" }
                told.append(
                    Highlight(
                        .notable, "New entry points: \(list(called, by: "; ", isShown: true)).", place: change.place))
            }
            if !moved.isEmpty {
                let called = moved.map { "\(words($0)) calls \(shown(new[$0] ?? "")), before \(shown(old[$0] ?? ""))" }
                told.append(
                    Highlight(
                        .notable, "Changed entry points: \(list(called, by: "; ", isShown: true)).", place: change.place
                    ))
            }
            if !gone.isEmpty {
                told.append(Highlight(.plain, "Gone are \(list(gone.map(words), isShown: true)).", place: change.place))
            }
        }
        let scripts = tree.changes.filter {
            $0.group == .entryPoints && $0.place.hasPrefix(".data/") && $0.kind == .added
        }
        if !scripts.isEmpty {
            told.append(
                Highlight(
                    .notable, "New commands: \(list(scripts.map { $0.new?.name ?? $0.place })).",
                    place: scripts.first?.place))
        }
        return told
    }

    private func programHighlights() -> [Highlight] {
        let changes = tree.changes.filter { $0.group == .programs }
        func places(_ kind: FileChange.Kind) -> [String] { changes.filter { $0.kind == kind }.map(\.place) }
        var told: [Highlight] = []
        let had = plan.old?.entries.contains(where: \.kind.isProgram) ?? false
        let added =
            places(.added) + changes.filter { $0.kind == .changed && $0.old?.kind.isProgram == false }.map(\.place)
        if !added.isEmpty {
            let what = added.count == 1 ? "program that nobody can read" : "programs that nobody can read"
            let first = !had && plan.old != nil ? "The release has programs in it for the first time. " : ""
            told.append(
                Highlight(
                    had || plan.old == nil ? .notable : .grave, "\(first)\(added.count) new \(what): \(list(added)).",
                    place: added.first))
        }
        let changed = places(.changed).filter { !added.contains($0) }
        if !changed.isEmpty {
            told.append(
                Highlight(
                    .plain,
                    "\(changed.count) \(changed.count == 1 ? "program that nobody can read" : "programs that nobody can read") changed: \(list(changed)).",
                    place: changed.first))
        }
        let gone = places(.removed)
        if !gone.isEmpty { told.append(Highlight(.plain, "Gone: \(list(gone)).", place: gone.first)) }
        return told
    }

    private func textHighlights(_ texts: [Int: TextDifference]) -> [Highlight] {
        let changes = texts.sorted { $0.key < $1.key }.map { (change: tree.changes[$0.key], text: $0.value) }
        var told: [Highlight] = []
        let unseen = changes.filter { $0.change.kind != .removed && $0.text.hasDeception }.map(\.change)
        let code = unseen.filter { $0.group <= .source }
        for (places, weight) in [(code, Highlight.Weight.grave), (unseen.filter { $0.group > .source }, .plain)]
        where !places.isEmpty {
            told.append(
                Highlight(
                    weight,
                    "Lines with characters that nobody sees were added: \(list(places.map(\.place))). They are marked.",
                    place: places.first?.place))
        }
        let long = changes.filter {
            $0.text.longestAdded >= Self.longLine && $0.change.group <= .source && $0.change.place.hasSuffix(".py")
        }
        if let longest = long.max(by: { $0.text.longestAdded < $1.text.longestAdded }) {
            told.append(
                Highlight(
                    .notable,
                    "A line of \(longest.text.longestAdded) bytes was added: \(list(long.map(\.change.place))).",
                    place: longest.change.place))
        }
        return told
    }

    /// Lines of Python are hardly ever as long.
    private static let longLine = 5_000

    private func bounds() -> [String] {
        var bounds: [String] = []
        for inventory in [plan.old, plan.new].compactMap(\.self) where !inventory.isWhole {
            bounds.append("\(inventory.filename) has more files than are listed here; the others were not compared.")
        }
        let unknown = tree.count(.unknown)
        if unknown > 0 {
            bounds.append("\(unknown) files were too large to be compared; their sizes are the same.")
        }
        if plan.leftOut > 0 {
            bounds.append("\(plan.leftOut) changed files are not compared line by line, because there are so many.")
        }
        return bounds
    }

    // MARK: Words

    private func shown(_ text: String) -> String { ShownLine(Array(text.utf8)[...], limit: 120).plain }

    /// A few of many, in one line.
    private func list(_ texts: [String], by separator: String = ", ", isShown: Bool = false) -> String {
        let most = 6
        let first = texts.prefix(most).map { isShown ? $0 : shown($0) }.joined(separator: separator)
        return texts.count > most ? "\(first) and \(texts.count - most) more" : first
    }
}

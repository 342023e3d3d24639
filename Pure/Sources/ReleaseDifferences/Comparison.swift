import PackagingFormats
import UTC

extension ReleaseDifference {
    /// Younger roles are new.
    public static let newPersonTime = Duration.days(14)
    /// A release is closed after that: what is added later is late. PyPI takes nothing more by then.
    public static let lateAfter = Duration.days(14)
    /// A project that is quiet for longer has woken when something comes.
    public static let quietTime = Duration.days(365)

    /// In what a file is not like the file of the same kind of the release before.
    ///
    /// - Parameters:
    ///   - before: nil for the first release: then what it has is measured against nothing, and what honest projects
    ///     begin with is left out.
    ///   - doubts: what is known of dependencies, by normalized name; of those without doubt nothing.
    /// - Returns: the gravest first.
    public static func between(
        _ before: ReleaseInventory?, _ now: ReleaseInventory, doubts: [String: DependencyDoubt] = [:]
    ) -> [ReleaseDifference] {
        let comparison = Comparison(before: before, now: now)
        return sorted(
            comparison.hooks + comparison.capabilities + comparison.blobs + comparison.natives
                + comparison.dependencies(doubts))
    }

    /// The code of a wheel that the sdist of the same release has not, neither at its path nor anywhere, and that can do
    /// something: somebody who reads the source does not see it.
    public static func ofWheel(
        _ wheel: ReleaseInventory, against source: ReleaseInventory
    ) -> [ReleaseDifference] {
        let digests = Set(source.members.values.map(\.digest))
        let names = Set(source.members.keys.flatMap(Self.endings))
        let capable = Set(source.uses.values.joined().map(\.capability))
        return sorted(
            wheel.members.values.compactMap { member -> ReleaseDifference? in
                guard member.kind == .python || member.kind == .startCode, !digests.contains(member.digest) else {
                    return nil
                }
                let path = member.path.replacing(".data/purelib/", with: "").replacing(".data/platlib/", with: "")
                let capabilities = wheel.capabilities(of: member.path)
                // What is written anew at a build (versions, protocols) can do nothing that the source cannot.
                let more = capabilities.subtracting(capable)
                let isThere = names.contains(path)
                let counted = isThere ? more : capabilities
                guard counted.contains(where: { $0 >= .network && $0 != .decoding && $0 != .permission }) else {
                    return nil
                }
                return .notInSource(path: member.path, capabilities: counted.sorted())
            })
    }

    /// `a/b/c.py`, `b/c.py`, but no name alone: a wheel has its code at the top, an sdist in `src` or below.
    private static func endings(of path: String) -> [String] {
        let parts = path.split(separator: "/")
        return parts.indices.map { parts[$0...].joined(separator: "/") }
    }

    /// In what a file came in another way than those before it.
    public static func between(_ history: ProjectHistory, _ now: Publication) -> [ReleaseDifference] {
        var found: [ReleaseDifference] = []
        let before = history.publications
        if let began = history.releaseBegan, now.at.since(began) > lateAfter {
            found.append(.lateFile(now.at.since(began)))
        }
        if let name = now.uploader, let since = history.newPeople[name] {
            found.append(.newPerson(name, since: now.at.since(since)))
        }
        guard let last = before.first else { return sorted(found) }
        if let name = now.uploader, !before.contains(where: { $0.uploader == name }),
            before.contains(where: { $0.uploader != nil })
        {
            found.append(.newUploader(name))
        }
        if let tool = now.tool, let other = before.lazy.compactMap(\.tool).first,
            !before.contains(where: { $0.tool == tool })
        {
            found.append(.newTool(tool, instead: other))
        }
        if let block = now.addressBlock, before.contains(where: { $0.addressBlock != nil }),
            !before.contains(where: { $0.addressBlock == block })
        {
            found.append(.newAddressBlock)
        }
        if let assurance = now.assurance, let least = before.prefix(5).compactMap(\.assurance).min(), assurance < least
        {
            found.append(.weakerCredential(assurance, instead: least))
        }
        if !now.isAttested, last.isAttested { found.append(.lostAttestation) }
        if history.releaseBegan == nil {
            let quiet = now.at.since(last.at)
            if quiet > quietTime { found.append(.woken(after: quiet)) }
            if let ahead = versionAhead(of: last.version, now.version) { found.append(ahead) }
        }
        return sorted(found)
    }

    /// Versions that count years are ahead of others once, and by more: only from a small number to a large one.
    private static func versionAhead(of before: Version, _ now: Version) -> ReleaseDifference? {
        guard let old = before.release.first?.value, let new = now.release.first?.value, now.epoch == before.epoch
        else { return nil }
        guard new - old >= 10, !(20...99).contains(new), !(2_000...2_099).contains(new) else { return nil }
        return .versionAhead(from: before.normalized, to: now.normalized)
    }

    static func sorted(_ differences: [ReleaseDifference]) -> [ReleaseDifference] {
        differences.map { ($0, $0.words) }
            .sorted { $0.0.weight != $1.0.weight ? $0.0.weight > $1.0.weight : $0.1 < $1.1 }.map(\.0)
    }
}

/// Two inventories, side by side.
private struct Comparison {
    let before: ReleaseInventory?
    let now: ReleaseInventory
    private let oldDigests: Set<[UInt8]>

    init(before: ReleaseInventory?, now: ReleaseInventory) {
        self.before = before
        self.now = now
        oldDigests = Set(before?.members.values.map(\.digest) ?? [])
    }

    /// The members that are new or not what they were; what was only moved is neither.
    private var changed: [ArchiveMember] {
        now.members.values.filter { !oldDigests.contains($0.digest) }.sorted { $0.path < $1.path }
    }

    var hooks: [ReleaseDifference] {
        let old = before?.hooks ?? []
        return now.hooks.sorted().compactMap { hook in
            if !old.contains(hook) {
                switch hook {
                // What honest projects begin with.
                case .setupScript, .commandClass, .inTreeBackend: return before == nil ? nil : .newHook(hook)
                case .startCode, .command: return .newHook(hook)
                }
            }
            guard case .startCode(let path) = hook, let member = now.members[path],
                !oldDigests.contains(member.digest)
            else { return nil }
            return .changedHook(hook)
        }
    }

    var capabilities: [ReleaseDifference] {
        let old = before.map { $0.uses.mapValues { Set($0.map(\.capability)) } } ?? [:]
        let everywhere = old.values.reduce(into: Set<Capability>()) { $0.formUnion($1) }
        var told: Set<Capability> = []
        var toldPairs: Set<CapabilityPair> = []
        var found: [ReleaseDifference] = []
        // What users run first: a capability that a test has as well is told of the code.
        let files = changed.sorted { ($0.isAside ? 1 : 0, $0.path) < ($1.isAside ? 1 : 0, $1.path) }
        for member in files {
            let uses = now.uses[member.path] ?? []
            let capabilities = Set(uses.map(\.capability))
            let here = old[member.path] ?? []
            for use in uses where !everywhere.contains(use.capability) && before != nil {
                guard told.insert(use.capability).inserted else { continue }
                found.append(
                    .firstCapability(use.capability, path: member.path, line: use.line, evidence: use.evidence))
            }
            for use in uses where member.path == "setup.py" && !here.contains(use.capability) && before != nil {
                guard everywhere.contains(use.capability), before?.members["setup.py"] != nil else { continue }
                found.append(
                    .firstCapability(use.capability, path: member.path, line: use.line, evidence: use.evidence))
            }
            for pair in CapabilityPair.all
            where pair.isIn(capabilities) && !pair.isIn(here) && !old.values.contains(where: pair.isIn) {
                guard before != nil || pair.weight >= .strong, toldPairs.insert(pair).inserted else { continue }
                let use =
                    uses.first { $0.capability == pair.first && !here.contains($0.capability) }
                    ?? uses.first { $0.capability == pair.second }
                found.append(
                    .firstPair(pair, path: member.path, line: use?.line ?? 1, evidence: use?.evidence ?? ""))
            }
        }
        return found
    }

    /// What new code can do that would make use of bytes nobody can read.
    private func user(of path: String? = nil) -> Capability? {
        let users: [Capability] = [.dynamicCode, .execution, .nativeCode]
        let files = path.map { [$0] } ?? changed.filter { !$0.isAside }.map(\.path)
        for capability in users {
            for file in files where now.capabilities(of: file).contains(capability) {
                if path != nil || before?.capabilities(of: file).contains(capability) != true { return capability }
            }
        }
        return nil
    }

    var blobs: [ReleaseDifference] {
        let old = Set(before?.blobs.values.joined().map(\.fingerprint) ?? [])
        let user = user()
        var found: [ReleaseDifference] = []
        for member in changed {
            if let blob = now.blobs[member.path]?.filter({ !old.contains($0.fingerprint) }).max(by: {
                $0.length < $1.length
            }) {
                found.append(
                    .embeddedBlob(
                        path: member.path, line: blob.line, length: blob.length, beside: self.user(of: member.path)))
            }
            let isNew = before?.members[member.path] == nil
            if member.kind == .disguised, isNew { found.append(.disguised(path: member.path, beside: user)) }
            if member.kind == .other, isNew, member.size >= 1_024, member.entropyBits > 7.2 {
                found.append(.blob(path: member.path, size: member.size, beside: user))
            }
        }
        return found
    }

    var natives: [ReleaseDifference] {
        var found: [ReleaseDifference] = []
        let isForAnyPlatform =
            switch now.kind {
            case .wheel(let isForAnyPlatform): isForAnyPlatform
            case .sourceDistribution: true
            }
        let hadNone = before?.members.values.contains { $0.kind == .native } != true
        if hadNone, before != nil || isForAnyPlatform,
            let native = changed.first(where: { $0.kind == .native && !$0.isAside })
                ?? changed.first(where: { $0.kind == .native })
        {
            found.append(.firstNative(path: native.path, isForAnyPlatform: isForAnyPlatform))
        }
        if let before {
            let (was, size) = (before.unpackedSize, now.unpackedSize)
            if size > was * 4, size - was > 1 << 20 { found.append(.sizeJump(from: was, to: size)) }
        }
        return found
    }

    func dependencies(_ doubts: [String: DependencyDoubt]) -> [ReleaseDifference] {
        now.requirements.subtracting(before?.requirements ?? []).sorted().compactMap { name in
            doubts[name].map { .dependency(name, $0) }
        }
    }
}

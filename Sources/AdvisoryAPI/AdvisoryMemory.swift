import Advisories
import PackagingFormats
import Synchronization

/// What was asked for of advisories lately, read and in memory: a lock file of a thousand packages is asked for by everybody
/// who works with it.
public final class AdvisoryMemory: Sendable {
    private struct Kept {
        var advisories: [String: [Advisory]] = [:]
        var count = 0
        /// Changes with every change of what is known: what was read before it is not kept.
        var edition = 0
    }

    private let kept = Mutex(Kept())
    /// How many advisories are kept; a name of which nothing is known counts as one.
    private let limit: Int

    /// - Parameter limit: how many advisories are kept, of a kilobyte or so each.
    public init(limit: Int = 20_000) { self.limit = limit }

    /// Forgets everything: what is known has changed, or what is in quarantine.
    public func forget() {
        kept.withLock { kept in
            kept.advisories = [:]
            kept.count = 0
            kept.edition += 1
        }
    }

    /// The advisories about projects, from memory where they are there.
    func advisories(
        about names: Set<String>, read: (Set<String>) async throws -> [String: [AdvisoryDocument]]
    ) async throws -> [String: [Advisory]] {
        let (found, edition) = kept.withLock { kept in
            (
                Dictionary(uniqueKeysWithValues: names.compactMap { name in kept.advisories[name].map { (name, $0) } }),
                kept.edition
            )
        }
        let missing = names.subtracting(found.keys)
        guard !missing.isEmpty else { return found }
        let known = try await read(missing)
        let fresh = Dictionary(
            uniqueKeysWithValues: missing.map { ($0, known[$0]?.map(\.advisory.withoutWords) ?? []) })
        kept.withLock { kept in
            guard kept.edition == edition else { return }
            let more = fresh.values.reduce(0) { $0 + max($1.count, 1) }
            if kept.count + more > limit {
                kept.advisories = [:]
                kept.count = 0
            }
            for (name, advisories) in fresh where kept.advisories.updateValue(advisories, forKey: name) == nil {
                kept.count += max(advisories.count, 1)
            }
        }
        return found.merging(fresh) { first, _ in first }
    }
}

import Advisories
import PackagingFormats

/// What is known to be bad about projects, here and elsewhere: what was imported, and what the index itself has in
/// quarantine.
public protocol AdvisoryStore: Sendable {
    /// The advisories about each of some projects, by normalized names, in the order of their identifiers, withdrawn ones
    /// included. A project of which nothing is known is not there.
    func advisories(about names: Set<String>) async throws -> [String: [AdvisoryDocument]]
    /// The advisory with an identifier; nil where none is known.
    func advisory(_ id: AdvisoryID) async throws -> AdvisoryDocument?
}

extension AdvisoryStore {
    /// The advisories about a project, in the order of their identifiers, withdrawn ones included.
    public func advisories(about name: ProjectName) async throws -> [Advisory] {
        try await advisories(about: [name.normalized])[name.normalized]?.map(\.advisory) ?? []
    }
}

import PackagingFormats
import Past
import Primitives
import Projects
import UTC

/// The index as it was, at every serial of its journal.
///
/// What it says of a serial is what everybody could read when that was the last one, but for what is in quarantine or
/// erased now. A change that wrote several entries is seen from the last of them on, as a whole.
public protocol PastStore: Sendable {
    /// The serial of the last change that was made by a moment; nil where there was none.
    func serial(at moment: Timestamp) async throws -> Serial?
    /// When a change was made; nil where there is none with this serial.
    func moment(of serial: Serial) async throws -> Timestamp?
    /// All that the pages of a project have ever shown, with the journal's serial up to which that is; nil where there was
    /// never a project of this name.
    func history(of name: ProjectName) async throws -> (history: ProjectHistory, upTo: Serial)?
    /// Every project that was there, in the order of the normalized names.
    func listing(at serial: Serial) async throws -> IndexListing
    /// Which of some normalized names belonged to projects.
    func hosted(among names: Set<String>, at serial: Serial) async throws -> Set<String>
    /// What a release said about itself; nil when there is no such release.
    func metadata(of release: ReleaseID, at serial: Serial) async throws -> ReleaseMetadata?
}

import LookAlikes
import PackagingFormats
import Policy

/// Says which new names are like those that others use.
public protocol NameJudging: Sendable {
    /// What becomes of them.
    var setting: LookAlikeSetting { get }
    /// What a look at a new name says, from memory: it waits for nobody.
    ///
    /// - Parameter own: the normalized names of the projects that the asker owns, asked for where it matters: nobody
    ///   imitates themselves.
    func judge(_ name: ProjectName, own: () throws -> Set<String>) rethrows -> LookAlike
}

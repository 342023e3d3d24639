import Accounts
import Acts
import PackagingFormats
import Policy
import Projects
import Web

/// A project, with who looks after it now.
struct ManagedProject: Sendable {
    let session: Session
    let collaboration: Collaboration
    let role: Role
    /// Whether more than a password is asked, or will be: there is a page about that.
    var isBound = false

    var project: Project { collaboration.project }
    var name: ProjectName { project.name }
    var isOwner: Bool { role == .owner }
    var actor: Actor { session.actor }

    /// The path of one of its pages.
    func path(_ tab: ProjectTab) -> String { ManagePaths.project(name, tab) }
}

/// The pages that a project has for those who hold roles on it.
enum ProjectTab: String, CaseIterable {
    case releases, collaboration, settings, security, history

    var title: String { rawValue.capitalized }
}

/// The addresses of these pages.
enum ManagePaths {
    static let projects = "/manage/projects/"

    static func project(_ name: ProjectName, _ tab: ProjectTab) -> String {
        "/manage/project/\(name.normalized)/\(tab.rawValue)/"
    }
    static func release(_ name: ProjectName, _ version: Version) -> String {
        "/manage/project/\(name.normalized)/release/\(Paths.percentEncoded(version.description))/"
    }
}

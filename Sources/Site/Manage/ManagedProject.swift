import Accounts
import Acts
import PackagingFormats
import Policy
import Projects
import UTC
import Web

/// A project, with who looks after it now.
package struct ManagedProject: Sendable {
    package let session: Session
    let collaboration: Collaboration
    package let role: Role
    /// Whether more than a password is asked, or will be: there is a page about that.
    var isBound = false

    package var project: Project { collaboration.project }
    package var name: ProjectName { project.name }
    /// Whether no other owner is there.
    package var isLastOwner: Bool { isOwner && collaboration.collaborators.count { $0.role == .owner } == 1 }
    package var isOwner: Bool { role == .owner }
    /// Since when they have their role.
    package var since: Timestamp? {
        collaboration.collaborators.first { $0.user.normalized == session.user.name.normalized }?.since
    }
    package var actor: Actor { session.actor }

    /// The path of one of its pages.
    package func path(_ tab: ProjectTab) -> String { ManagePaths.project(name, tab) }
}

/// The pages that a project has for those who hold roles on it.
package enum ProjectTab: String, CaseIterable {
    case releases, stages, collaboration, settings, leaving, security, who, history

    var title: String { self == .who ? "Who could publish" : self == .stages ? "Waiting" : rawValue.capitalized }
}

/// The addresses of these pages.
package enum ManagePaths {
    package static let projects = "/manage/projects/"

    package static func project(_ name: ProjectName, _ tab: ProjectTab) -> String {
        "/manage/project/\(name.normalized)/\(tab.rawValue)/"
    }
    static func release(_ name: ProjectName, _ version: Version) -> String {
        "/manage/project/\(name.normalized)/release/\(Paths.percentEncoded(version.description))/"
    }
}

import Model
import PackagingFormats
import UTC

/// An account, as everybody sees it: its name and its projects.
struct UserPage {
    struct Row {
        let rowName: String
        let rowPath: String
        let rowSummary: String?
        let rowRole: String
        let rowStatus: String?
    }

    let username: String
    let memberSince: Moment
    let projectCount: String
    let rows: [Row]

    init(_ user: User, projects: [(project: Project, role: Role, summary: String?)]) {
        username = user.name.display
        memberSince = Moment(user.createdAt)
        projectCount = projects.count.counted("project")
        rows = projects.map { project, role, summary in
            Row(
                rowName: project.name.display, rowPath: Paths.project(project.name), rowSummary: summary,
                rowRole: role == .owner ? "Owner" : "Maintainer",
                rowStatus: project.status == .active ? nil : project.status.rawValue.capitalized)
        }
    }
}

extension SiteRenderer {
    /// `GET /user/{name}/`. The address of the account's mail is not on it.
    public func user(_ user: User, projects: [(project: Project, role: Role, summary: String?)]) -> [UInt8] {
        render(UserPage(user, projects: projects), as: .user, titled: "\(user.name.display) · Rind")
    }
}

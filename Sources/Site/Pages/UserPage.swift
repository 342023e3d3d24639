import Accounts
import Acts
import PackagingFormats
import Projects
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
    let paging: Paging?

    /// How many projects are on a page.
    static let pageSize = 100

    init(_ user: User, projects: [(project: Project, role: Role, summary: String?)], page: Int) {
        let pages = max(1, (projects.count + Self.pageSize - 1) / Self.pageSize)
        let page = min(max(1, page), pages)
        paging = Paging(page: page, of: pages) { page in
            "/user/\(user.name.display)/" + (page == 1 ? "" : "?page=\(page)")
        }
        username = user.name.display
        memberSince = Moment(user.createdAt)
        projectCount = projects.count.counted("project")
        rows = projects.dropFirst((page - 1) * Self.pageSize).prefix(Self.pageSize).map { project, role, summary in
            Row(
                rowName: project.name.display, rowPath: Paths.project(project.name), rowSummary: summary,
                rowRole: role == .owner ? "Owner" : "Maintainer",
                rowStatus: project.status == .active ? nil : project.status.rawValue.capitalized)
        }
    }
}

extension SiteRenderer {
    /// `GET /user/{name}/`. The address of the account's mail is not on it.
    public func user(
        _ user: User, projects: [(project: Project, role: Role, summary: String?)], page: Int = 1
    ) -> [UInt8] {
        render(
            UserPage(user, projects: projects, page: page), as: .user, titled: user.name.display,
            .init(description: "The Python packages that \(user.name.display) publishes at \(place)."))
    }
}

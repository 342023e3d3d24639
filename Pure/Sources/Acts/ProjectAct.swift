/// What can be done to a project, or to a name that may become one.
public enum ProjectAct: String, SubjectAct, CaseIterable {
    // MARK: Projects

    /// Make a project by uploading under a free name.
    case createProject = "project.create"
    /// Make a release by uploading its first file.
    case createRelease = "release.create"
    /// Add a file to a release.
    case uploadFile = "file.upload"
    /// Mark a release as not to be chosen.
    case yankRelease = "release.yank"
    /// Take that mark back.
    case unyankRelease = "release.unyank"
    /// Make somebody owner or maintainer.
    case addRole = "role.add"
    /// Take a role away.
    case removeRole = "role.remove"
    /// Keep a name from being taken.
    case reserveName = "name.reserve"
    /// Archive, deprecate or quarantine a project, or end that.
    case changeProjectStatus = "project.status"
    /// Set what anyone who publishes to a project has to be proven with.
    case requireAssurance = "project.require"

    // MARK: Collaboration

    /// Make an owner a maintainer, or the other way round.
    case changeRole = "role.change"
    /// Give up one's own role.
    case leaveProject = "role.leave"
    /// Ask somebody to take a role.
    case inviteCollaborator = "role.invite"
    /// Take such a question back.
    case cancelInvitation = "role.invite-cancel"
    /// Take the role that one was asked to take.
    case acceptRole = "role.accept"
    /// Not take it.
    case declineRole = "role.decline"

    // MARK: Removal

    /// Take a project out of the index.
    case deleteProject = "project.delete"
    /// Take a release out of the index.
    case deleteRelease = "release.delete"
    /// Take a file out of the index.
    case deleteFile = "file.delete"
    /// Make a project again by uploading under the name that it had.
    case recreateProject = "project.recreate"
    /// Bring back what was taken out.
    case restore = "project.restore"
    /// Bring back what one took out oneself, lately.
    case undoRemoval = "project.undo-removal"
    /// Let everybody have the name of a project that was taken out.
    case freeName = "name.free"
    /// No longer keep a name from being taken.
    case unreserveName = "name.unreserve"

    // MARK: Critical projects

    /// Say that a name is critical.
    case designate = "critical.designate"
    /// Say that it is not any more.
    case liftDesignation = "critical.lift"
    /// Ask for something more of those who can change a critical project, and tell them.
    case demand = "critical.demand"
    /// Put off what is asked of oneself for one project, once.
    case delayMandate = "critical.delay"
}

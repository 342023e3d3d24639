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
    /// Mark one file as not to be chosen.
    case yankFile = "file.yank"
    /// Take that mark back.
    case unyankFile = "file.unyank"
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
    /// Take back the role of an owner that one lost lately.
    case returnAsOwner = "role.return"

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
    /// Ask for something to be taken away that others build on.
    case askRemoval = "removal.ask"
    /// Agree to that.
    case confirmRemoval = "removal.confirm"
    /// Stop it.
    case objectToRemoval = "removal.object"
    /// Become an owner instead.
    case takeOver = "removal.take-over"
    /// End a request that nobody agreed to until its day.
    case lapseRemoval = "removal.lapse"
    /// Let nobody have a file, a release or a project that may do harm.
    case quarantine = "content.quarantine"
    /// Let everybody have it again.
    case liftQuarantine = "content.lift-quarantine"
    /// Free the bytes of a file that was removed, for good.
    case eraseFile = "file.erase"
    /// Want something back that owners took out.
    case proposeReturn = "return.propose"
    /// Let it come back, as an owner.
    case approveReturn = "return.approve"
    /// Not let it come back.
    case declineReturn = "return.decline"
    /// Bring it back where no owner answers.
    case decideReturn = "return.decide"
    /// Want something erased for a legal reason.
    case proposeErasure = "erasure.propose"
    /// Agree to that.
    case confirmErasure = "erasure.confirm"
    /// Want everybody to have the name of a project that was taken out.
    case proposeNameRelease = "name.release-propose"
    /// Keep it, as somebody who owned the project.
    case objectToNameRelease = "name.release-object"
    /// Take back what was proposed.
    case withdrawProposal = "proposal.withdraw"
    /// End what was proposed on its day.
    case lapseProposal = "proposal.lapse"
    /// Let everybody have the name of a project that was taken out.
    case freeName = "name.free"
    /// No longer keep a name from being taken.
    case unreserveName = "name.unreserve"

    // MARK: Releases that wait

    /// Say whether releases wait for a person.
    case setStaging = "project.staging"
    /// Add a file that waits.
    case stageFile = "file.stage"
    /// Let a release out.
    case approveStage = "stage.approve"
    /// Not let it out.
    case rejectStage = "stage.reject"
    /// End a stage that nobody answered.
    case expireStage = "stage.expire"
    /// Make an address to install from what waits.
    case addressStage = "stage.address"

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

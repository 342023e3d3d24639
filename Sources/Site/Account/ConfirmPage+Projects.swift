import Acts
import Policy

extension StepUp {
    /// What is to be done to a project, after "to". The object is what the store judges the act by: the project's name,
    /// and what of it, where that is known.
    func words(for act: ProjectAct) -> String {
        let parts = object.split(separator: " ", maxSplits: 1).map(String.init)
        let project = parts.first ?? ""
        let rest = parts.dropFirst().first ?? ""
        let (user, role) = (rest.prefix { $0 != " " }, rest.drop { $0 != " " }.dropFirst())
        return switch act {
        case .changeProjectStatus: "set the status of \(project)\(rest.isEmpty ? "" : " to \(rest)")"
        case .requireAssurance where rest.isEmpty: "change what the project \(project) requires"
        case .requireAssurance:
            "let the project \(project) require \(Assurance(rawValue: rest)?.words ?? rest)"
        case .changeRole where rest.isEmpty: "change a role on \(project)"
        case .changeRole: "make \(user) \(role) of \(project)"
        case .leaveProject: "give up your role on \(project)"
        case .inviteCollaborator where rest.isEmpty: "invite somebody to \(project)"
        case .inviteCollaborator: "invite \(user) to be \(role) of \(project)"
        case .returnAsOwner: "be an owner of \(project) again"
        case .acceptRole: "take a role on \(project)"
        case .deleteProject: "delete the project \(project)"
        case .deleteRelease: "delete \(rest.isEmpty ? "a release" : "the release \(rest)") of \(project)"
        case .deleteFile: "delete \(rest.isEmpty ? "a file" : "the file \(rest)") of \(project)"
        case .restore, .undoRemoval: "bring back \(rest.isEmpty ? project : "\(project) \(rest)")"
        case .freeName: "let everybody have the name \(project)"
        case .unreserveName: "no longer reserve the name \(project)"
        case .addRole: "give somebody a role"
        case .removeRole: "take a role away"
        case .reserveName: "reserve a name"
        case .designate: "say that a name is critical"
        case .liftDesignation: "lift a designation"
        case .delayMandate: "put off what the project \(object) asks of you"
        case .confirmRemoval: "confirm a request for \(project)"
        case .quarantine: "put something of \(project) into quarantine"
        case .liftQuarantine: "end a quarantine of \(project)"
        case .proposeReturn: "propose that something of \(project) comes back"
        case .approveReturn: "let what was removed of \(project) come back"
        case .decideReturn: "bring back what was removed of \(project), without an answer from its owners"
        case .proposeErasure: "propose that something of \(project) is erased"
        case .confirmErasure: "erase something of \(project) for good"
        case .proposeNameRelease: "propose that everybody can have the name \(project)"
        case .withdrawProposal: "take back a proposal about \(project)"
        case .setStaging: "change whether releases of \(project) wait for a person"
        case .approveStage: "publish what waits, with the files that you saw and no others"
        case .takeOver: "take the project \(project) over"
        case .createProject, .createRelease, .uploadFile, .yankRelease, .unyankRelease, .demand, .cancelInvitation,
            .declineRole, .recreateProject, .yankFile, .unyankFile, .askRemoval, .objectToRemoval, .lapseRemoval,
            .eraseFile, .declineReturn, .objectToNameRelease, .lapseProposal, .stageFile, .rejectStage, .expireStage,
            .addressStage:
            "go on"
        }
    }
}

import Acts
import Policy

extension StepUp {
    /// What is to be done to a project, after "to". The object is what the store judges the act by: the project's name,
    /// and what of it.
    func words(for act: ProjectAct) -> String {
        let parts = object.split(separator: " ", maxSplits: 1).map(String.init)
        let project = parts.first ?? ""
        let rest = parts.dropFirst().first ?? ""
        let (user, role) = (rest.prefix { $0 != " " }, rest.drop { $0 != " " }.dropFirst())
        return switch act {
        case .changeProjectStatus: "set the status of \(project) to \(rest)"
        case .requireAssurance:
            "let the project \(project) require \(Assurance(rawValue: rest)?.words ?? rest)"
        case .changeRole: "make \(user) \(role) of \(project)"
        case .leaveProject: "give up your role on \(project)"
        case .inviteCollaborator: "invite \(user) to be \(role) of \(project)"
        case .acceptRole: "take a role on \(project)"
        case .deleteProject: "delete the project \(project)"
        case .deleteRelease: "delete the release \(rest) of \(project)"
        case .deleteFile: "delete the file \(rest) of \(project)"
        case .restore, .undoRemoval: "bring back \(rest.isEmpty ? project : "\(project) \(rest)")"
        case .freeName: "let everybody have the name \(project)"
        case .unreserveName: "no longer reserve the name \(project)"
        case .addRole: "give somebody a role"
        case .removeRole: "take a role away"
        case .reserveName: "reserve a name"
        case .designate: "say that a name is critical"
        case .liftDesignation: "lift a designation"
        case .delayMandate: "put off what the project \(object) asks of you"
        case .createProject, .createRelease, .uploadFile, .yankRelease, .unyankRelease, .demand, .cancelInvitation,
            .declineRole, .recreateProject:
            "go on"
        }
    }
}

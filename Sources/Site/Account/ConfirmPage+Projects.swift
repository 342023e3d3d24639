import Model

extension StepUp {
    /// What is to be done to a project, after "to". The object is what the store judges the act by: the project's name,
    /// and what of it.
    var wordsAboutProject: String {
        let parts = object.split(separator: " ", maxSplits: 1).map(String.init)
        let project = parts.first ?? ""
        let rest = parts.dropFirst().first ?? ""
        return switch action {
        case .changeRole: "change the role of \(rest) on \(project)"
        case .leaveProject: "give up your role on \(project)"
        case .inviteCollaborator: "invite \(rest) to \(project)"
        case .acceptRole: "take a role on \(project)"
        case .deleteProject: "delete the project \(project)"
        case .deleteRelease: "delete the release \(rest) of \(project)"
        case .deleteFile: "delete the file \(rest) of \(project)"
        case .restore: "bring back \(rest.isEmpty ? project : "\(project) \(rest)")"
        case .freeName: "let everybody have the name \(project)"
        case .unreserveName: "no longer reserve the name \(project)"
        default: "go on"
        }
    }
}

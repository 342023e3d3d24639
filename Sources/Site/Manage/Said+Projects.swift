extension Said {
    /// What was done to a project.
    var sentenceAboutProject: String {
        switch self {
        case .yanked: "The release is yanked. Installers pass it over."
        case .unyanked: "The release is no longer yanked."
        case .fileDeleted: "The file is deleted. Everybody who holds a role has been told."
        case .releaseDeleted: "The release is deleted. Everybody who holds a role has been told."
        case .projectDeleted: "The project is deleted. Everybody who held a role has been told."
        case .projectRestored: "It is back. Everybody who holds a role has been told."
        case .collaboratorInvited: "The invitation is on its way."
        case .invitationCancelled: "The invitation is taken back."
        case .invitationAccepted: "The role is yours. The owners have been told."
        case .invitationDeclined: "The invitation is declined."
        case .roleChanged: "The role is changed. The owners have been told."
        case .roleRemoved: "The role is taken away. The owners have been told."
        case .projectLeft: "You hold no role on the project any more."
        case .requirementSet: "That is what it takes from now on. Everybody who holds a role has been told."
        case .archived: "The project is archived."
        case .unarchived: "The project is no longer archived."
        case .nameFreed: "Everybody can have the name now."
        case .nameReserved: "The name is reserved."
        case .nameUnreserved: "The name is no longer reserved."
        default: "It is done."
        }
    }
}

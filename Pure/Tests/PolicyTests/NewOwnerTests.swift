import Acts
import Policy
import Testing

/// What somebody does who is an owner for less than 14 days beside older ones: each act of an owner is here, with what
/// keeps it from taking the project out of the hands of those who owned it before.
@Suite("A new owner") struct NewOwnerTests {
    enum Answer {
        /// It is refused for 14 days, by this policy.
        case refused(String)
        /// An older owner undoes it at once, in this way.
        case undone(String)
        /// It takes nothing from anybody.
        case harmless(String)
    }

    static let answers: [ProjectAct: Answer] = [
        .requireAssurance: .refused("SettingsPolicy: who lacks what is asked for could not lower it"),
        .removeRole: .refused("RoleChangePolicy: of owners; a maintainer's role is given back"),
        .changeRole: .refused("RoleChangePolicy: of owners; a maintainer's role is given back"),
        .confirmRemoval: .refused("RemovalRequestPolicy: what nobody else confirms is over on its day"),
        .addRole: .undone("the role is taken away; who gets it is a new owner, too"),
        .inviteCollaborator: .undone("the invitation, or the role, is taken away; who accepts is a new owner, too"),
        .cancelInvitation: .undone("they are invited again"),
        .changeProjectStatus: .undone("the status is set again; what others build on is asked for"),
        .setStaging: .undone("it is set again; where less is asked, what was asked before binds for a while longer"),
        .deleteProject: .undone("any owner brings it back for the time of retention"),
        .deleteRelease: .undone("any owner brings it back for the time of retention"),
        .deleteFile: .undone("any owner brings it back for the time of retention"),
        .askRemoval: .undone("everybody with a role objects"),
        .undoRemoval: .undone("it is deleted again"),
        .approveReturn: .undone("it is deleted again"),
        .declineReturn: .undone("owners bring back what owners deleted, or it is proposed again"),
        .recreateProject: .harmless("roles come back with it, older ones too"),
        .objectToNameRelease: .harmless("the name stays with those who owned the project"),
    ]

    @Test("does nothing that older ones could not undo at once, whatever act it is", arguments: ProjectAct.allCases)
    func acts(act: ProjectAct) {
        let isOfOwners =
            switch act.rule.holder {
            case .role(let role), .roleOrAdministrator(let role, _): role == .owner
            case .anybody, .administrator: false
            }
        #expect(
            (Self.answers[act] != nil) == isOfOwners,
            "\(act.rawValue): say here what keeps a new owner from taking the project from older ones with it")
    }
}

// What each act takes: the one table. The policy judges by it, and a golden file prints it.

extension ProjectAct {
    public var rule: ActRule<ProjectHolder> {
        switch self {
        // A name that is critical may be free for the moment, so that making a project is held to the rule as well.
        case .createProject: .init(.anybody, .password, [.mandate, .verifiedAddress])
        case .createRelease: .init(.role(.maintainer), .password, [.mandate, .verifiedAddress, .openProject])
        case .uploadFile: .init(.role(.maintainer), .password, [.mandate, .verifiedAddress, .openProject])
        // Anyone who finds a bad release should not be kept from marking it.
        case .yankRelease: .init(.role(.maintainer), .password)
        case .unyankRelease: .init(.role(.maintainer), .password, [.mandate, .verifiedAddress])
        case .addRole: .init(.role(.owner), .password, [.freshProof, .mandate, .verifiedAddress])
        case .removeRole: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .reserveName: .init(.administrator(gives: .nothing), .password, [.freshProof])
        case .changeProjectStatus: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .requireAssurance: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .changeRole: .init(.role(.owner), .password, [.freshProof, .mandate, .verifiedAddress])
        // Anyone who does not fulfil the rule takes no role, and can always give one up.
        case .leaveProject: .init(.role(.maintainer), .password, [.freshProof])
        case .inviteCollaborator: .init(.role(.owner), .password, [.freshProof, .mandate, .verifiedAddress])
        // It makes the circle smaller.
        case .cancelInvitation: .init(.role(.owner), .password, [.freshProof])
        // Whether somebody was invited is a fact that the store finds.
        case .acceptRole: .init(.anybody, .password, [.freshProof, .mandate, .verifiedAddress])
        case .declineRole: .init(.anybody, .password)
        case .deleteProject: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .deleteRelease: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .deleteFile: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .recreateProject: .init(.role(.owner), .password, [.mandate, .verifiedAddress])
        // Nobody brings back, lets go or unbinds what they could not change. What takes protection away from projects
        // or accounts is not done with a password that somebody could have stolen.
        case .restore: .init(.administrator(gives: .protection), .secondFactor, [.freshProof, .mandate])
        // Whether it was their act that is undone, `RemovalPolicy` says.
        case .undoRemoval: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .freeName: .init(.administrator(gives: .protection), .secondFactor, [.freshProof, .mandate])
        case .unreserveName: .init(.administrator(gives: .protection), .secondFactor, [.freshProof, .mandate])
        case .designate: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .liftDesignation: .init(.administrator(gives: .protection), .secondFactor, [.freshProof, .mandate])
        case .demand: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .delayMandate: .init(.role(.maintainer), .password, [.freshProof])
        }
    }
}

extension AccountAct {
    public var rule: ActRule<AccountHolder> {
        switch self {
        case .addUser: .init(.administrator(gives: .newAccount), .secondFactor, [.freshProof])
        case .register: .init(.newcomer, .anonymous)
        case .signIn: .init(.oneself, .anonymous, [.proving])
        case .endSession: .init(.oneselfOrAdministrator(gives: .nothing), .password)
        case .stepUp: .init(.oneself, .password, [.proving])
        case .offerPasswordLink: .init(.administrator(gives: .passwords), .secondFactor, [.freshProof])
        // Of this and of a verification the secret of a link may be the proof.
        case .setPassword: .init(.oneself, .anonymous, [.freshProof])
        case .addAddress: .init(.oneself, .password, [.freshProof])
        case .removeAddress: .init(.oneself, .password, [.freshProof, .returnPath])
        case .setPrimaryAddress: .init(.oneself, .password, [.freshProof, .returnPath])
        case .verifyAddress: .init(.oneself, .anonymous)
        case .issueToken: .init(.oneself, .password, [.freshProof, .verifiedAddress])
        case .revokeToken: .init(.oneselfOrAdministrator(gives: .nothing), .password)
        case .addSecurityKey: .init(.oneself, .password, [.freshProof, .enrolment])
        // A thief who could call keys by each other's names would have their owner remove the right one.
        case .renameSecurityKey: .init(.oneself, .password, [.freshProof])
        case .removeSecurityKey: .init(.oneself, .password, [.freshProof])
        case .freezeSecurityKey: .init(.administrator(gives: .nothing), .password)
        case .addAuthenticatorApp: .init(.oneself, .password, [.freshProof, .enrolment])
        case .removeAuthenticatorApp: .init(.oneself, .password, [.freshProof])
        case .makeRecoveryCodes: .init(.oneself, .password, [.freshProof, .returnPath])
        case .useRecoveryCode: .init(.oneself, .password)
        // Vouching for another takes what cannot be talked out of anybody.
        case .endProbation: .init(.coOwnerOrAdministrator(gives: .newFactor), .secondFactor, [.freshProof])
        // Most of those it is for have nothing to show but their password; what it gives is told them by mail.
        case .issueGiveawayCode: .init(.oneself, .password, [.verifiedAddress, .session])
        case .requestRecovery: .init(.oneself, .password)
        case .cancelRecovery: .init(.oneselfOrAdministrator(gives: .nothing), .password, [.returnPath])
        case .approveRecovery:
            .init(.coOwnerOrAdministrator(gives: .accountPastFactors), .phishingResistant, [.freshProof])
        case .completeRecovery: .init(.oneself, .password)
        case .setAllowance: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        }
    }
}

extension IndexAct {
    public var rule: ActRule<IndexHolder> {
        switch self {
        case .setClassifiers: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .setCriticalRule: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .invite: .init(.administrator(gives: .newAccount), .password, [.freshProof])
        case .inspectMail: .init(.administrator(gives: .passwords), .secondFactor, [.freshProof])
        case .setAuthenticators: .init(.administrator(gives: .hardware), .attestedHardware, [.freshProof])
        case .rotateKeys: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .replaceBreachedPasswords: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .setAccountRule: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .createGiveaway: .init(.administrator(gives: .givenKeys), .secondFactor, [.freshProof])
        case .changeGiveaway: .init(.administrator(gives: .givenKeys), .secondFactor, [.freshProof])
        case .closeGiveaway: .init(.administrator(gives: .nothing), .password, [.freshProof])
        case .importGiveawayCodes: .init(.administrator(gives: .givenKeys), .secondFactor, [.freshProof])
        }
    }
}

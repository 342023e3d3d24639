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
        case .yankFile: .init(.role(.maintainer), .password)
        case .unyankFile: .init(.role(.maintainer), .password, [.mandate, .verifiedAddress])
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
        // Whether somebody was invited is a fact that the store finds. Anyone may say yes; anyone who lacks what the
        // project asks for has the role once they do not.
        case .acceptRole: .init(.anybody, .password, [.freshProof, .verifiedAddress])
        case .declineRole: .init(.anybody, .password)
        // Whether they lost it, and lately, `RoleChangePolicy` says. What they could do with it, they still have to show.
        case .returnAsOwner: .init(.anybody, .password, [.freshProof])
        case .deleteProject: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .deleteRelease: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .deleteFile: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .recreateProject: .init(.role(.owner), .password, [.mandate, .verifiedAddress])
        // Nobody brings back, lets go or unbinds what they could not change. What takes protection away from projects
        // or accounts is not done with a password that somebody could have stolen.
        case .restore: .init(.administrator(gives: .protection), .secondFactor, [.freshProof, .mandate])
        // What is asked for was judged before as what it is, with its proof; this comes on top.
        case .askRemoval: .init(.role(.owner), .password, [.mandate])
        // That it is another one than who asked, `RemovalRequestPolicy` says.
        case .confirmRemoval:
            .init(.roleOrAdministrator(.owner, gives: .nothing), .password, [.freshProof, .mandate])
        // Nothing is safer than to leave things as they are.
        case .objectToRemoval: .init(.roleOrAdministrator(.maintainer, gives: .nothing), .password)
        case .takeOver: .init(.role(.maintainer), .password, [.freshProof, .mandate, .verifiedAddress])
        case .lapseRemoval: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        // It takes something away, and can be taken back; giving it back to everybody is worth more.
        case .quarantine: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .liftQuarantine: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        // Nothing comes back from it. What lies within the time of retention, the store does not free.
        case .eraseFile: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .proposeReturn: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        // Nothing is published that was not, so that nobody has to fulfil the rule first; but it is the answer of a person.
        case .approveReturn: .init(.role(.owner), .secondFactor, [.freshProof])
        case .declineReturn: .init(.role(.owner), .password)
        case .decideReturn: .init(.administrator(gives: .protection), .secondFactor, [.freshProof, .mandate])
        // That it is another one who agrees, `ProposalPolicy` says.
        case .proposeErasure: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .confirmErasure: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .proposeNameRelease: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        // Nothing is safer than to leave things as they are.
        case .objectToNameRelease: .init(.role(.owner), .password)
        case .withdrawProposal: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .lapseProposal: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        // Whether it was an owner's act that is undone, `RemovalPolicy` says.
        case .undoRemoval: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .freeName: .init(.administrator(gives: .protection), .secondFactor, [.freshProof, .mandate])
        case .unreserveName: .init(.administrator(gives: .protection), .secondFactor, [.freshProof, .mandate])
        case .setStaging: .init(.role(.owner), .password, [.freshProof, .mandate])
        case .stageFile: .init(.role(.maintainer), .password, [.mandate, .verifiedAddress, .openProject])
        // It publishes. Whose it is on a project, `StagePolicy` says; what is shown is good for these files alone.
        case .approveStage:
            .init(
                .role(.maintainer), .secondFactor,
                [.freshProof, .boundProof, .mandate, .verifiedAddress, .openProject])
        // Nothing is safer than to leave things as they are.
        case .rejectStage: .init(.roleOrAdministrator(.maintainer, gives: .nothing), .password)
        case .expireStage: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        // It lets nothing out but to those who are told the address.
        case .addressStage: .init(.role(.maintainer), .password, [.session])
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
        // It takes something away, and its holder, those who own projects with them and the record say so.
        case .disableUser: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        // What an account gets back it had; of an administrator's, `AccountFacts.gain` says that it is more.
        case .enableUser: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        // It takes the account itself from its holder, in the end.
        case .askDeletion: .init(.oneself, .password, [.freshProof, .returnPath])
        // Nothing is safer than to leave things as they are.
        case .stopDeletion: .init(.oneselfOrAdministrator(gives: .nothing), .password)
        // The index does it on the day; nobody does it sooner.
        case .deleteUser: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        // Nobody makes an administrator who has less than the strongest that an administrator can have.
        case .makeAdministrator: .init(.administrator(gives: .administration), .attestedHardware, [.freshProof])
        case .unmakeAdministrator: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .offerPasswordLink: .init(.administrator(gives: .passwords), .secondFactor, [.freshProof])
        // Of this and of a verification the secret of a link may be the proof.
        case .setPassword: .init(.oneself, .anonymous, [.freshProof, .returnPath])
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
        // The secret of the mailed link is the proof. It takes away what the account did not have before.
        case .disownFactors: .init(.oneself, .anonymous)
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
        case .setKnownNames: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        // The index does it when the name is taken.
        case .noteName: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        // A document that withdraws another takes a warning away.
        case .setAdvisories: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .setCriticalRule: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .invite: .init(.administrator(gives: .newAccount), .password, [.freshProof])
        case .inspectMail: .init(.administrator(gives: .passwords), .secondFactor, [.freshProof])
        case .setAuthenticators: .init(.administrator(gives: .hardware), .attestedHardware, [.freshProof])
        case .rotateKeys: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .setLogKeys: .init(.administrator(gives: .nothing), .secondFactor, [.freshProof])
        case .replaceBreachedPasswords: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .setAccountRule: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .setStagingRule: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .setRemovalRule: .init(.administrator(gives: .protection), .secondFactor, [.freshProof])
        case .createGiveaway: .init(.administrator(gives: .givenKeys), .secondFactor, [.freshProof])
        case .changeGiveaway: .init(.administrator(gives: .givenKeys), .secondFactor, [.freshProof])
        case .closeGiveaway: .init(.administrator(gives: .nothing), .password, [.freshProof])
        case .importGiveawayCodes: .init(.administrator(gives: .givenKeys), .secondFactor, [.freshProof])
        }
    }
}

extension LogStatement {
    /// What was done, in a sentence; of what this version does not know, its word. Whose role it is and why something was
    /// done do not stand in the log.
    public var words: String {
        let what = details["filename"] ?? details["version"].map { "\(project ?? "") \($0)" } ?? project ?? ""
        let name = project ?? ""
        return switch act {
        case "project.create": "The project \(name) was made"
        case "project.recreate": "The project \(name) was made anew"
        case "project.status": "The project \(name) is \(details["status"] ?? "changed") now"
        case "name.reserve": "The name \(name) is reserved"
        case "name.unreserve": "The name \(name) is not reserved any more"
        case "name.free": "The name \(name) can be had by everybody"
        case "release.create": "\(what) was released"
        case "file.upload": "\(what) was published"
        case "release.yank", "file.yank": "\(what) was yanked"
        case "release.unyank", "file.unyank": "\(what) is not yanked any more"
        case "project.delete": "The project \(name) was removed"
        case "release.delete", "file.delete": "\(what) was removed"
        case "project.restore", "project.undo-removal": "\(what) was brought back"
        case "removal.ask":
            "Somebody asked for \(what) to be taken away, on \(details["due"] ?? "a day") at the earliest"
        case "removal.confirm": "That \(what) is taken away was confirmed"
        case "removal.object": "That \(what) is taken away was objected to"
        case "removal.take-over": "Instead of \(what) being taken away, somebody takes it over"
        case "removal.lapse": "That \(what) is taken away was not confirmed in time"
        case "content.quarantine": "\(what) is quarantined"
        case "content.lift-quarantine": "\(what) is not quarantined any more"
        case "file.erase": "The bytes of \(what) were erased"
        case "return.propose":
            "It is proposed to bring back \(what), by \(details["due"] ?? "a day") if nobody who owns it answers"
        case "return.approve": "That \(what) comes back was approved"
        case "return.decline": "That \(what) comes back was declined"
        case "return.decide": "\(what) comes back, without an answer of who owns it"
        case "erasure.confirm": "Two administrators erase \(what)"
        case "name.release-propose":
            "The name \(name) is to be had by everybody, on \(details["due"] ?? "a day") at the earliest"
        case "name.release-object": "That everybody can have the name \(name) was objected to"
        case "proposal.withdraw": "What was proposed about \(what) was withdrawn"
        case "proposal.lapse": "What was proposed about \(what) was not decided in time"
        case "role.return": "\(name) has back its \(details["role"] ?? "member") of before"
        case "role.add", "role.accept": "\(name) has another \(details["role"] ?? "member")"
        case "role.change": "A role on \(name) is \(details["role"] ?? "another") now"
        case "role.remove", "role.leave": "\(name) has one \(details["role"] ?? "member") fewer"
        case "critical.designate": "\(name) is a critical project"
        case "critical.lift": "\(name) is not a critical project any more"
        case "recovery.complete": "An account was recovered"
        case "accounts.set": "The rules for accounts were set"
        case "stage.approve": "\(what) was let out by somebody's touch"
        case "staging.set": "Whether releases of critical projects wait was set"
        case "removal.set": "The rules for removals were set"
        case "critical.set": "The rule for critical projects was set"
        case "classifiers.set": "The list of classifiers was set"
        case "authenticators.set": "What is known of authenticators was set"
        case "log.keys": "The keys that sign this log were set"
        default: "\(act)\(project.map { " of \($0)" } ?? "")"
        }
    }

    /// Whether there is a sentence for it.
    public var isInWords: Bool { !words.hasPrefix(act) }
}

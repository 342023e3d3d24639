import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Staging
import UTC

// What people are mailed about releases that wait for a person: one mail for a release, not for each file.

extension Letter {
    /// A release waits for somebody.
    ///
    /// - Parameters:
    ///   - previous: the version that people get now; nil where there is none.
    ///   - findings: what was found in it.
    public static func releaseWaits(
        _ stage: Stage, for user: Username, insteadOf previous: Version?, findings: [StageFinding]
    ) -> Letter {
        let release = "\(stage.project.display) \(stage.version)"
        let people = stage.terms.approvals == 2 ? "two people approve" : "somebody approves"
        var paragraphs = [
            "\(release) was uploaded, and waits: nobody gets it before \(people). "
                + "If you expected it, look at it and approve it. If nobody of you sent it, reject it, and revoke the token "
                + "that it came with."
        ]
        paragraphs += findings.prefix(5).map { "Found: \($0.words)" }
        if findings.count > 5 { paragraphs.append("The page lists \(findings.count - 5) more findings.") }
        return Letter(
            subject: "\(release) waits for \(stage.terms.approvals == 2 ? "two people" : "you")", name: user.display,
            paragraphs: paragraphs,
            facts: facts(of: stage)
                + [Fact("People get now", previous?.description ?? "nothing of it")],
            link: Link("Look at it", to: .stage(stage.project, number: stage.id.number)),
            afterLink: [
                "Without an answer it ends on \(stage.dueAt.readableMinute), and its names are free again."
            ],
            reason: "You hold a role on '\(stage.project.display)', whose releases wait for a person.")
    }

    /// One of two people approved.
    public static func firstApproval(of stage: Stage, by approver: String, for user: Username) -> Letter {
        let release = "\(stage.project.display) \(stage.version)"
        return Letter(
            subject: "\(release) waits for another person", name: user.display,
            paragraphs: ["\(approver) approved \(release). It is published when another person does, too."],
            facts: facts(of: stage), link: Link("Look at it", to: .stage(stage.project, number: stage.id.number)),
            reason: "You hold a role on '\(stage.project.display)', whose releases wait for a person.")
    }

    /// It is over.
    public static func stageEnded(
        _ stage: Stage, _ outcome: StageOutcome, by actor: String, because reason: String?, for user: Username
    ) -> Letter {
        let release = "\(stage.project.display) \(stage.version)"
        let said =
            switch outcome {
            case .approved:
                "\(actor) let it out, and everybody can have it. If it should not be out, yank it, and tell the people who run "
                    + "this index."
            case .rejected:
                "\(actor) rejected it. Nothing of it was published, and its version and the names of its files are free."
            case .expired:
                "Nobody answered in \(StagePolicy.lifetime.inDays). Nothing of it was published, and its version and the "
                    + "names of its files are free. Upload it again if you want it."
            }
        return Letter(
            subject: "\(release) \(outcome.words)", name: user.display, paragraphs: [said],
            facts: facts(of: stage) + (reason.map { [Fact("Why", $0)] } ?? []),
            link: outcome == .approved ? Link("Its page", to: .project(stage.project)) : nil,
            reason: "You hold a role on '\(stage.project.display)', whose releases wait for a person.")
    }

    /// Whether releases wait was set.
    public static func stagingSet(
        _ standing: StagingStanding, of project: ProjectName, by actor: String, for user: Username
    ) -> Letter {
        var paragraphs = ["\(actor) set that releases of '\(project.display)' \(standing.setting.words)."]
        if let former = standing.former, let until = standing.formerUntil {
            paragraphs.append(
                "That asks for less than before, so that it binds later: until \(until.readableMinute) they "
                    + "\(former.words). If none of you wanted that, set it back, and look who holds a role.")
        }
        return Letter(
            subject: "Releases of \(project.display) \(standing.setting.words)", name: user.display,
            paragraphs: paragraphs, link: Link("Your projects", to: .projects),
            reason: "You hold a role on '\(project.display)'.")
    }

    /// The operator asks for it.
    ///
    /// - Parameter projects: the critical ones on which somebody holds a role, with the day from which it binds.
    public static func stagingAsked(
        of projects: [(name: ProjectName, from: Timestamp?)], for user: Username
    ) -> Letter {
        Letter(
            subject: "Releases of your critical projects will wait for a person", name: user.display,
            paragraphs: [
                "The people who run this index ask that releases of critical projects wait until an owner or maintainer has "
                    + "approved them with a second factor. Uploads go on as before; a release is published with your approval, "
                    + "one touch for as many releases as you like. You can have it for a project at once, in its settings."
            ],
            facts: projects.map { project in
                Fact(project.name.display, project.from.map { "from \($0.day.readable) on" } ?? "no day is set yet")
            },
            link: Link("Your projects", to: .projects),
            reason: "You hold a role on a project that is critical on this index.")
    }

    private static func facts(of stage: Stage) -> [Fact] {
        var seen: Set<String> = []
        let senders = stage.files.compactMap { file -> Fact? in
            let sender = file.sender
            let name = sender.name.hasPrefix("user ") ? String(sender.name.dropFirst(5)) : "the \(sender.name)"
            let text =
                sender.tokenLabel.map { "\(name), with the API token '\($0)', made with \(sender.assurance.words)" }
                ?? name
            return seen.insert(text).inserted ? Fact("Sent by", text) : nil
        }
        return senders + stage.files.prefix(20).map { Fact("File", "\($0.filename), SHA-256 \($0.sha256)") }
            + (stage.files.count > 20 ? [Fact("Files", "and \(stage.files.count - 20) more")] : [])
    }
}

import Database
import Model
import PackagingFormats
import UTC

extension Connection {
    /// A critical project with everybody who can change it.
    func standing(
        of project: CriticalProject, under rule: MandateRule, at now: Timestamp
    ) throws -> CriticalProjectStanding {
        let name = project.designation.name
        let told = try demands(on: name)
        let demands = rule.dated(told, isInTopShare: project.isInTopShare)
        guard let there = try self.project(named: name) else {
            return CriticalProjectStanding(project: project, isThere: false, demands: demands, people: [])
        }
        let facts = MandateFacts(
            designation: project.designation, rule: rule, isInTopShare: project.isInTopShare, demands: told,
            requiredByOwners: there.requiredAssurance)
        let people = try readiness(on: there, knowing: facts, at: now).map { readiness in
            let id = try requireUser(named: readiness.user).id
            let theirs = try mandateFacts(facts, on: name, of: id)
            return CriticalProjectStanding.Person(
                readiness: readiness, refusal: Mandate.refusal(ofAccountOn: name, knowing: theirs, at: now),
                delayedUntil: theirs.delay?.until,
                weakTokens: try weakTokens(
                    of: id, on: name, below: Mandate.required(knowing: theirs, at: now), at: now))
        }
        return CriticalProjectStanding(project: project, isThere: true, demands: demands, people: people)
    }

    /// How many of an account's tokens can be used on a project and were made with less than is asked there.
    private func weakTokens(
        of user: UserID, on project: ProjectName, below needed: Assurance, at now: Timestamp
    ) throws -> Int {
        guard needed > .password else { return 0 }
        let weak = Assurance.allCases.filter { $0 < needed }.map(\.rawValue).joined(separator: " ")
        let found = try row(
            """
            SELECT COUNT(*) AS n FROM token
            WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
              AND (projects IS NULL OR ' ' || projects || ' ' LIKE '% ' || $3 || ' %')
              AND ' ' || $4 || ' ' LIKE '% ' || assurance || ' %'
            """,
            user.number, now.microseconds, project.normalized, weak)
        return Int(try found?.integer("n") ?? 0)
    }
}

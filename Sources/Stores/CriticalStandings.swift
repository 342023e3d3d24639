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
        let people = try holders(of: there).map { holder in
            let theirs = try mandateFacts(facts, on: name, of: holder.id)
            let tokens = try WeakTokens(liveTokens(of: holder.id, at: now), for: name, knowing: theirs, at: now)
            return CriticalProjectStanding.Person(
                readiness: Readiness(of: holder.name, as: holder.role, on: name, knowing: theirs, at: now),
                delayedUntil: theirs.delay?.until, weakTokens: tokens.refused.count)
        }
        return CriticalProjectStanding(project: project, isThere: true, demands: demands, people: people)
    }
}

import Accounts
import Acts
import Database
import Letters
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC

// What letters about an account say of its projects.

extension Connection {
    /// The projects of an account that require two factors now.
    ///
    /// - Parameters:
    ///   - owner: who owns them, too; nil for all who do.
    ///   - project: which alone counts; nil for all.
    package func projectsRequiring(
        of user: UserID, ownedBy owner: UserID? = nil, among project: ProjectID? = nil, at now: Timestamp
    ) throws -> LetterContext {
        let projects = try bindingProjects(of: user, at: now).filter { candidate in
            guard project == nil || candidate.id == project else { return false }
            return try owner.map { try role(of: $0, on: candidate.id) == .owner } ?? true
        }
        return LetterContext(on: projects.map(\.name))
    }

    /// The critical projects of an account, and what it lacks for them once less is asked, or later.
    func criticalProjects(
        of user: UserID, after easing: MandateEasing, at now: Timestamp
    ) throws -> LetterContext {
        var (names, facts): ([ProjectName], [MandateFacts]) = ([], [])
        for project in try protectedProjects(of: user) {
            let known = try mandateFacts(on: project.name, requiredByOwners: project.requiredAssurance, of: user)
            guard known.designation != nil else { continue }
            names.append(project.name)
            facts.append(known)
        }
        var bindsAt: Timestamp?
        if case .postponed(let day) = easing { bindsAt = day.start }
        return LetterContext(on: names, knowing: facts, bindsAt: bindsAt, at: now)
    }
}

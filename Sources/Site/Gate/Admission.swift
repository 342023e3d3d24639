import Accounts
import Acts
import Identity
import PackagingFormats
import Policy
import Ports
import Projects
import Web

/// Whom the gate lets through to a page, and what the page's handler is given of them.
package struct Admission<Visitor: GuardedVisit>: Sendable {
    let audience: Audience
    /// Throws `AccessRefusal` for anyone who is not let through, and `NotFound` where the path names nothing.
    let admit: @Sendable (Visit, AdmittingStores) async throws -> Visitor
}

/// Where it is read who is let through to the pages of the project or the account that a path names.
struct AdmittingStores: Sendable {
    let accounts: any AccountStore
    let collaboration: any CollaborationStore
    let critical: any CriticalStore
}

// What a handler is given is made here only: there is no other way to come by it.

/// A visit of somebody with a session: signed in, and held to nothing but what the route's guard names.
package struct SessionVisit: GuardedVisit {
    package let visit: Visit
    package let session: Session

    /// Throws `AccessRefusal.notSignedIn` or `.restricted`, which lead to where that can be mended.
    fileprivate init(_ visit: Visit, orHeldTo allowed: Set<SessionRestriction> = []) throws {
        guard let session = visit.session else { throw AccessRefusal.notSignedIn }
        if let restriction = session.standing.restriction, !allowed.contains(restriction) {
            throw AccessRefusal.restricted(restriction)
        }
        self.visit = visit
        self.session = session
    }

    /// The same, for what only some sessions can do. Throws `AccessRefusal.notSignedIn` for all others.
    fileprivate init(_ visit: Visit, where isMeant: (Session) -> Bool) throws {
        guard let session = visit.session, isMeant(session) else { throw AccessRefusal.notSignedIn }
        self.visit = visit
        self.session = session
    }
}

/// A visit of an administrator.
package struct AdministratorVisit: GuardedVisit {
    package let visit: Visit
    package let session: Session

    /// Throws `AccessRefusal.administratorsOnly`, or what `SessionVisit` throws.
    fileprivate init(_ visit: Visit) throws {
        session = try SessionVisit(visit).session
        guard session.user.isAdministrator else { throw AccessRefusal.administratorsOnly }
        self.visit = visit
    }
}

/// A visit of somebody with a role on the project that the path names.
package struct ProjectVisit: GuardedVisit {
    package let visit: Visit
    package let managed: ManagedProject

    fileprivate init(_ visit: Visit, _ managed: ManagedProject) {
        self.visit = visit
        self.managed = managed
    }
}

/// A visit of somebody who may vouch for the account that the path names.
struct VoucherVisit: GuardedVisit {
    package let visit: Visit
    let session: Session
    /// Whom they may vouch for.
    let user: User

    fileprivate init(_ visit: Visit, _ session: Session, for user: User) {
        self.visit = visit
        self.session = session
        self.user = user
    }
}

extension Admission where Visitor == Visit {
    /// Everybody, signed in or not.
    static var everybody: Admission { Admission(audience: .everybody) { visit, _ in visit } }
}

extension Admission where Visitor == SessionVisit {
    /// Anyone who is signed in.
    package static var signedIn: Admission { signedIn(orHeldTo: []) }

    /// Anyone who is signed in, and anyone who has a session that is held to one of these.
    static func signedIn(orHeldTo restrictions: Set<SessionRestriction>) -> Admission {
        Admission(audience: .signedIn(orHeldTo: restrictions)) { visit, _ in
            try SessionVisit(visit, orHeldTo: restrictions)
        }
    }

    /// Anyone who can show once more who they are: a password that is known to thieves is changed with a proof, too.
    static var confirming: Admission { signedIn(orHeldTo: [.passwordChangeOnly]) }

    /// Anyone who has shown the password, and not yet the second factor.
    static var secondFactorDue: Admission {
        Admission(audience: .secondFactorDue) { visit, _ in
            try SessionVisit(visit) { $0.standing.restriction == .secondFactorDue }
        }
    }

    /// Anyone who can show a second factor in their session.
    static var factorToShow: Admission {
        Admission(audience: .factorToShow) { visit, _ in try SessionVisit(visit, where: \.canShowFactor) }
    }
}

extension Admission where Visitor == AdministratorVisit {
    /// Administrators.
    package static var administrator: Admission {
        Admission(audience: .administrator) { visit, _ in try AdministratorVisit(visit) }
    }
}

extension Admission where Visitor == ProjectVisit {
    /// Anyone who holds a role, or a higher one, on the project that the path names.
    package static func role(_ least: Role) -> Admission {
        Admission(audience: .role(least)) { visit, stores in
            let session = try SessionVisit(visit).session
            let text = try visit.parameter("name")
            guard let name = try? ProjectName(parsing: text),
                let collaboration = try await stores.collaboration.collaboration(on: name, at: visit.now)
            else { throw NotFound(what: "project named '\(text)'") }
            let project = collaboration.project
            guard let role = collaboration.role(of: session.user.name) else {
                throw AccessRefusal.noRole(session.user.name, project.name)
            }
            guard role >= least else { throw AccessRefusal.ownersOnly(project.name) }
            let isBound =
                if project.requiredAssurance > .password { true } else {
                    try await stores.critical.critical(project.name) != nil
                }
            return ProjectVisit(
                visit,
                ManagedProject(session: session, collaboration: collaboration, role: role, isBound: isBound))
        }
    }
}

extension Admission where Visitor == VoucherVisit {
    /// Anyone who may vouch for the account that the path names. What goes on in an account is nobody else's business.
    static var voucher: Admission {
        Admission(audience: .voucher) { visit, stores in
            let session = try SessionVisit(visit).session
            let text = try visit.parameter("user")
            guard let name = try? Username(parsing: text), let user = try await stores.accounts.user(named: name) else {
                throw NotFound(what: "user named '\(text)'")
            }
            guard user.id != session.user.id else { throw AccessRefusal.anotherHasToVouch }
            if !session.user.isAdministrator {
                guard try await stores.accounts.canVouch(session.user.id, for: user.id, at: visit.now) else {
                    throw AccessRefusal.coOwnersOnly(user.name)
                }
            }
            return VoucherVisit(visit, session, for: user)
        }
    }
}

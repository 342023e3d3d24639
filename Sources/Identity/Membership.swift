import Accounts
import Bytes
import Passwords
import Policy
import Ports
import Primitives
import UTC

/// Accounts in the hands of their holders: registration, addresses, passwords, links.
public struct Membership: Sendable {
    let accounts: any AccountStore
    let factors: any FactorStore
    let sessions: any SessionStore
    let hashing: PasswordHashQueue
    let breached: BreachedPasswordFile
    let policy: RegistrationPolicy
    let limiter: any RateLimiter
    let resets = ResetRequests()
    let now: @Sendable () -> Timestamp

    // MARK: Registration

    /// Who may make an account.
    public var registration: RegistrationPolicy { policy }

    /// Makes an account, and mails the link that verifies its address.
    ///
    /// That an address belongs to an account already is not told to anyone who asks: the account is made, with an
    /// address that cannot be verified. The address's holder hears of it.
    ///
    /// - Returns: whether the address is verified by the invitation, so that no link is mailed.
    public func register(
        _ name: String, _ address: String, _ password: String, invitation: String?, from browser: Browser
    ) async throws -> Bool {
        let now = now()
        let user = NewUser(
            name: try Username(parsing: name), email: try EmailAddress(parsing: address), isAdministrator: false,
            passwordHash: nil)
        let invited = try await self.invitation(invitation)
        guard policy == .open || (policy == .invitation && invited != nil) else {
            throw AccountRefusal.registrationClosed
        }
        try await limiter.acquire([Attempt(.registrationByAddress, browser.origin.network)], at: now)
        try PasswordRules().check(password, name: name, addresses: [address], breached: breached)
        var new = user
        new.passwordHash = try await hashing.hash(password, from: browser.origin)
        let added = try await accounts.register(
            new, invitation: invited?.hash, verification: MailedLink(.verifyAddress), from: browser.origin, at: now)
        let owner = try await accounts.credentials(of: user.email.text)?.user.id
        if let owner, owner != added.id,
            (try? await limiter.acquire([Attempt(.mailByAccount, "registered already \(owner)")], at: now)) != nil
        {
            try await accounts.tellAlreadyRegistered(user.email, at: now)
        }
        return owner == added.id
    }

    /// The address that an invitation was sent to; nil when it is not valid.
    public func invitedAddress(_ secret: String) async throws -> String? {
        guard let secret = OneTimeSecret(hex: secret),
            let link = try await accounts.link(secretHash: secret.hash, at: now())
        else { return nil }
        return link.purpose == .invitation ? link.object : nil
    }

    private func invitation(_ text: String?) async throws -> OneTimeSecret? {
        guard let text, !text.isEmpty else { return nil }
        guard let secret = OneTimeSecret(hex: text), try await invitedAddress(text) != nil else { throw LinkNotValid() }
        return secret
    }

    /// Invites somebody to register.
    public func invite(_ address: String, in session: Session) async throws {
        guard policy != .closed else { throw AccountRefusal.registrationClosed }
        try await accounts.invite(
            try EmailAddress(parsing: address), MailedLink(.invitation), by: session.actor, at: now())
    }

    // MARK: Links

    /// What a link is for; nil when it is not valid.
    public func link(_ secret: String) async throws -> OneTimeLink? {
        guard let secret = OneTimeSecret(hex: secret) else { return nil }
        return try await accounts.link(secretHash: secret.hash, at: now())
    }

    /// Why a link does not work: where it was used, if that is known.
    public func refusal(of secret: String) async throws -> LinkNotValid {
        guard let secret = OneTimeSecret(hex: secret) else { return LinkNotValid() }
        return LinkNotValid(used: try await accounts.use(ofLink: secret.hash))
    }

    /// Follows the link that verifies an address. Returns the browser's new secret, where its session rose by that.
    public func verifyAddress(
        _ secret: String, in session: Session?, _ browser: Browser
    ) async throws -> OneTimeSecret? {
        let new = OneTimeSecret()
        let hasRisen = try await accounts.useVerificationLink(
            secretHash: try valid(secret).hash, in: session?.id, newSecretHash: new.hash, from: browser.origin,
            at: now())
        return hasRisen ? new : nil
    }

    /// Follows the link that lets the first factor be enrolled in this session, and returns the browser's new secret.
    public func allowFirstEnrolment(_ secret: String, in session: Session) async throws -> OneTimeSecret {
        let new = OneTimeSecret()
        try await accounts.useEnrolmentLink(
            secretHash: try valid(secret).hash, by: session.actor, newSecretHash: new.hash, at: now())
        return new
    }

    /// Follows the link by which somebody says that a first factor is not theirs.
    public func disown(by secret: String, _ browser: Browser) async throws {
        _ = try await factors.disown(by: try valid(secret).hash, from: browser.origin, at: now())
    }

    /// Mails the link that lets the first factor be enrolled.
    public func askForFirstEnrolment(in session: Session, _ browser: Browser) async throws {
        let addresses = try await accounts.addresses(of: session.user.id)
        guard let primary = addresses.first(where: \.isPrimary), primary.verifiedAt != nil else {
            throw AccountRefusal.notVerified(session.user.email)
        }
        try await mail(.enrolFirstFactor, to: session.user, browser)
    }

    /// Mails the link that verifies an address again.
    public func askForVerification(of address: String, in session: Session, _ browser: Browser) async throws {
        let wanted = try EmailAddress(parsing: address)
        let known = try await accounts.addresses(of: session.user.id).first { $0.address == wanted }
        guard let known else { throw AccountRefusal.noSuchAddress(wanted) }
        guard known.verifiedAt == nil else { return }
        try await mail(.verifyAddress(known.address), to: session.user, browser)
    }

    /// Takes the request for a link that resets a password. Anyone who asks is told the same whether there is such an
    /// account or not, and at once: nothing is read or written for it before `answerResets`.
    public func askForReset(of nameOrAddress: String, _ browser: Browser) async throws {
        try await limiter.acquire([Attempt(.passwordByAddress, browser.origin.network)], at: now())
        resets.add(ResetRequests.Request(nameOrAddress: nameOrAddress, browser: browser))
    }

    /// Mails the links that were asked for, where there is such an account, and returns whether any were asked for.
    ///
    /// One that fails is not tried again, and keeps none of the others from being answered: the first failure is thrown
    /// afterwards.
    public func answerResets() async throws -> Bool {
        let requests = resets.take()
        var failure: (any Error)?
        for request in requests {
            do {
                try await answer(request)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !requests.isEmpty
    }

    private func answer(_ request: ResetRequests.Request) async throws {
        do {
            // A link that leads nowhere helps nobody: anyone who signs in with the right password is told why.
            if let user = try await accounts.user(nameOrAddress: request.nameOrAddress), user.disabling == nil {
                return try await mail(.resetPassword, to: user, request.browser)
            }
        } catch is TooManyAttempts {
            // FlashMessage to nobody: anyone who asks for too much mail hears what everybody hears.
        }
        // The disk has something to write for every request.
        try await accounts.equalizeWriteCost(at: now())
    }

    /// Sets a password by a link.
    public func setPassword(_ password: String, by secret: String, _ browser: Browser) async throws -> User {
        let secret = try valid(secret)
        guard let link = try await accounts.link(secretHash: secret.hash, at: now()), let user = link.user,
            [.setPassword, .resetPassword].contains(link.purpose)
        else { throw LinkNotValid() }
        // Before anybody hashes what nobody could sign in with.
        if let disabling = user.disabling { throw AccessRefusal.accountDisabled(disabling) }
        try PasswordRules().check(
            password, name: user.name.display, addresses: [user.email.text], breached: breached)
        let hash = try await hashing.hash(password, from: browser.origin)
        let addresses = try await accounts.addresses(of: user.id).map(\.address)
        let changed = try await accounts.usePasswordLink(
            secretHash: secret.hash, passwordHash: hash, from: browser.origin, at: now())
        for attempt in SignIn.attempts(at: changed.id, with: addresses, from: browser.origin) {
            await limiter.forget(attempt)
        }
        return changed
    }

    private func mail(
        _ request: OneTimeLink.Request, to user: User, _ browser: Browser
    ) async throws {
        // Strangers who ask in somebody's name use up nothing of what they can ask for in their own browser.
        let knownDevice = try await sessions.knownDevice(of: browser.origin, to: user.id, at: now())
        let place = knownDevice == .browser ? " in \((browser.origin.mark ?? []).hexadecimal)" : ""
        try await limiter.acquire(
            [Attempt(.mailByAccount, "\(request.purpose.rawValue) \(user.id)\(place)")], at: now())
        try await accounts.mailLink(
            MailedLink(request.purpose), request, to: user.id, from: browser.origin, at: now())
    }

    private func valid(_ secret: String) throws -> OneTimeSecret {
        guard let secret = OneTimeSecret(hex: secret) else { throw LinkNotValid() }
        return secret
    }

    // MARK: Password and addresses

    /// Changes the password of a session's account, and returns the browser's new secret.
    public func changePassword(
        _ password: String, in session: Session, _ browser: Browser
    ) async throws -> OneTimeSecret {
        let addresses = try await accounts.addresses(of: session.user.id)
        try PasswordRules().check(
            password, name: session.user.name.display, addresses: addresses.map(\.address.text), breached: breached)
        let hash = try await hashing.hash(password, from: browser.origin)
        let new = OneTimeSecret()
        try await accounts.setPassword(
            hash: hash, of: session.user.name, newSecretHash: new.hash, by: session.actor, from: browser.origin,
            at: now())
        return new
    }

    /// Adds an address.
    public func addAddress(_ address: String, in session: Session, _ browser: Browser) async throws {
        let address = try EmailAddress(parsing: address)
        // Each mails somebody who may not have asked for it.
        let attempt = [Attempt(.mailByAccount, "add \(session.user.id)")]
        try await limiter.acquire(attempt, at: now())
        do {
            try await accounts.addAddress(
                address, to: session.user.name, verification: MailedLink(.verifyAddress), by: session.actor,
                from: browser.origin, at: now())
        } catch {
            // No mail went out.
            await limiter.refund(attempt)
            throw error
        }
    }

    /// Takes an address away.
    public func removeAddress(_ address: String, in session: Session, _ browser: Browser) async throws {
        try await accounts.removeAddress(
            try EmailAddress(parsing: address), from: session.user.name, by: session.actor, from: browser.origin,
            at: now())
    }

    /// Makes an address the primary one.
    public func setPrimaryAddress(_ address: String, in session: Session, _ browser: Browser) async throws {
        try await accounts.setPrimaryAddress(
            try EmailAddress(parsing: address), of: session.user.name, by: session.actor, from: browser.origin,
            at: now())
    }
}

/// Who may make an account.
public enum RegistrationPolicy: String, Sendable, CaseIterable {
    /// Everybody.
    case open
    /// People whom an administrator invited.
    case invitation
    /// Nobody: the operator makes accounts.
    case closed
}

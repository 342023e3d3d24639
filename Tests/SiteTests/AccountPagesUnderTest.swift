import Accounts
import Acts
import Giveaway
import Giveaways
import Identity
import Journal
import Letters
import PackagingFormats
import Policy
import Primitives
import UTC
import Web

@testable import Administration
@testable import Site

/// Every page of accounts in every state that looks different, by the name of its golden file.
enum AccountPagesUnderTest {
    static let names = own + ManagePagesUnderTest.names + AdministratorPagesUnderTest.names

    private static let own = [
        "login", "login-refused", "two-factor", "recovery-code", "recover", "recover-waiting", "recover-due",
        "recover-cancel", "vouch", "confirm-key", "confirm-code", "confirm-password", "confirm-stuck", "register",
        "register-closed", "register-refused", "link", "link-gone", "forgotten", "password", "password-refused",
        "password-breached",
        "account", "factors", "add-key", "add-first", "add-recovered", "add-app", "make-codes",
        "codes",
        "enrolment-link", "enrolment-link-mailed", "sessions", "tokens", "tokens-none", "token-for", "token", "events",
        "own-projects", "admin", "admin-mail",
    ]

    static let now = Fixture.moment(daysAgo: 0)

    static func bytes(_ name: String, _ site: SiteRenderer, evil: String? = nil) throws -> [UInt8] {
        let (model, template, section, refusal) = try page(name, evil ?? "Blue")
        var extras = Frame.Extras(hasSearch: false, isPrivate: true)
        extras.token = "0123456789abcdef"
        extras.problem = refusal?.sentence()
        extras.asksKeys = [.login, .twoFactor, .confirm, .addKey].contains(template)
        if let section {
            extras.user = "Ada"
            extras.nav = ManageSection.links(
                current: section, try session(name == "add-recovered" ? .enrolmentOnly : nil))
        }
        if name == "account" { extras.flash = FlashMessage.addressAdded.sentence }
        return site.render(model, as: template, titled: name, extras)
    }

    private typealias Parts = (Any, Template, ManageSection?, (any Refusal)?)

    private static func page(_ name: String, _ label: String) throws -> Parts {
        switch name {
        case "login": (SignInPage(typedName: "", next: nil, isOpen: true, isStopped: false), .login, nil, nil)
        case "login-refused":
            (
                SignInPage(typedName: label, next: "/manage/projects/", isOpen: false, isStopped: true), .login, nil,
                SignInFailure.wrong
            )
        case "two-factor":
            (
                TwoFactorPage(
                    name: "Ada", next: "/manage/?a=b&c", hasKeys: true, hasApp: true, hasFrozenKeys: true,
                    hasCodes: true), .twoFactor, nil, nil
            )
        case "recovery-code": (RecoveryCodePage(), .recoveryCode, nil, nil)
        case "link":
            (
                LinkPage(path: "/account/verify-email/00/", heading: "Verify", what: label, button: "Verify this"),
                .link, nil, nil
            )
        case "link-gone": (DeadLinkPage(LinkNotValid()), .linkGone, nil, LinkNotValid())
        case "forgotten": (ForgottenPage(text: label), .forgotten, nil, nil)
        case "register":
            (
                RegisterPage(
                    path: "/account/register/", typedName: label, typedAddress: "", isPossible: true,
                    isByInvitation: false), .register, nil, nil
            )
        case "register-refused":
            (
                RegisterPage(
                    path: "/account/register/", typedName: label, typedAddress: "ada@example.org", isPossible: true,
                    isByInvitation: false, refusal: PasswordRefusal.weak), .register, nil, PasswordRefusal.weak
            )
        case "register-closed":
            (
                RegisterPage(
                    path: "/account/register/", typedName: "", typedAddress: "", isPossible: false,
                    isByInvitation: true), .register, nil, nil
            )
        case "password", "password-refused", "password-breached":
            (
                PasswordPage(
                    username: "Ada", action: "/account/password/abc/", heading: "Set your password",
                    isByLink: name != "password-breached", isBreached: name == "password-breached"), .password, nil,
                name == "password-refused" ? PasswordRefusal.weak : nil
            )
        case _ where name.hasPrefix("confirm"): try confirm(name, label)
        case _ where ManagePagesUnderTest.names.contains(name): try ManagePagesUnderTest.page(name, label, session())
        case _ where name.hasPrefix("recover") || name == "vouch": try recovery(name)
        default: try manage(name, label)
        }
    }

    private static func confirm(_ name: String, _ label: String) throws -> Parts {
        let page = ConfirmPage(
            name: "Ada", what: "remove the security key “\(label)”", path: "/account/confirm/?action=x&then=y",
            query: "?action=x", repeatPath: name == "confirm-key" ? "/manage/account/two-factor/remove/" : nil,
            backPath: "/manage/account/two-factor/",
            carried: [.init(fieldName: "factor", fieldValue: label)], takesKey: name == "confirm-key",
            takesCode: name == "confirm-code", takesPassword: name == "confirm-password")
        return (page, .confirm, nil, name == "confirm-code" ? FactorRefusal.codeNotAccepted(hint: nil) : nil)
    }

    private static func recovery(_ name: String) throws -> Parts {
        let asked = Fixture.moment(daysAgo: name == "recover-due" ? 8 : 2)
        let recovery = AccountRecovery(
            requestedAt: asked, dueAt: asked + AccountRecovery.wait, approvedBy: name == "recover-due" ? "bob" : nil)
        if name == "vouch" {
            let user = try session().user
            let probation = Probation(.firstFactor, until: now + .hours(1))
            return (
                VouchPage(user, probation: probation, recovery: recovery, isForOwn: true, at: now), .vouch, .account,
                nil
            )
        }
        let holder = try session(name == "recover-cancel" ? nil : .secondFactorDue)
        return (RecoverPage(holder, name == "recover" ? nil : recovery, at: now), .recover, nil, nil)
    }

    private static func manage(_ name: String, _ label: String) throws -> Parts {
        let holder = try session(name == "add-recovered" ? .enrolmentOnly : nil)
        let vouchAddress = "https://packages.example.org/account/vouch/ada/"
        switch name {
        case "account":
            let addresses = [
                AccountAddress(address: try EmailAddress(parsing: "ada@example.org"), verifiedAt: now, isPrimary: true),
                AccountAddress(address: try EmailAddress(parsing: "b@example.org"), verifiedAt: now, isPrimary: false),
                AccountAddress(address: try EmailAddress(parsing: "c@example.org"), verifiedAt: nil, isPrimary: false),
            ]
            let recovery = AccountRecovery(requestedAt: now, dueAt: now + AccountRecovery.wait, approvedBy: nil)
            let page = OverviewPage(
                holder, typedAddress: label, addresses: addresses, factors: factors(label), recovery: recovery,
                vouchAddress: vouchAddress, at: now)
            return (page, .account, .account, nil)
        case "factors":
            return (FactorsPage(holder, factors(label), vouchAddress: vouchAddress, at: now), .factors, .factors, nil)
        case "add-key": return (AddKeyPage(RelyingParty(baseURL: "http://192.0.2.1:8080")), .addKey, .factors, nil)
        case "add-first", "add-recovered":
            let person = GiveawayPerson(criticalSince: Timestamp(seconds: 0))
            let offer = try GiveawayPagesUnderTest.view(String(label.prefix(90)), person).standing
            let page = AddKeyPage(
                RelyingParty(baseURL: "https://example.org"), isFirst: true, app: app(isAlone: false),
                gift: name == "add-first" ? FactorsPage.Gift([offer], hasKey: false) : nil,
                isRecovered: name == "add-recovered")
            return (page, .addKey, .factors, nil)
        case "add-app": return (app(isAlone: true), .addApp, .factors, nil)
        case "make-codes": return (MakeCodesPage(hasFactor: true, left: "3 codes"), .makeCodes, .factors, nil)
        case "codes":
            let page = CodesPage(["aaaa-bbbb", "cccc-dddd"], of: holder.user.name, host: "example.org", at: now)
            return (page, .codes, .factors, nil)
        case "enrolment-link", "enrolment-link-mailed":
            let page = EnrolmentLinkPage(isMailed: name != "enrolment-link", gift: nil)
            return (page, .enrolmentLink, .factors, nil)
        case "sessions":
            var other = holder
            other.id = SessionID(9)
            other.origin = RequestOrigin(address: "2001:db8::1", client: label)
            return (SessionsPage([holder, other], current: holder.id), .sessions, .sessions, nil)
        case "tokens", "tokens-none", "token": return try tokens(name, label, holder)
        case "token-for": return (TokenForPage([try Fixture.name("Cheese_Board")]), .tokenFor, .tokens, nil)
        case "events":
            let event = RecordedEvent(
                id: EventID(5), event: .factor(.keyAdded(label: label, model: nil)), at: now,
                origin: RequestOrigin(address: "192.0.2.1", client: label))
            return (EventsPage([event], olderThan: EventID(5), isFirst: false), .events, .events, nil)
        case "own-projects":
            return (try ManagePagesUnderTest.ownProjects(label, holder), .ownProjects, .projects, nil)
        case _ where AdministratorPagesUnderTest.names.contains(name):
            let page = try AdministratorPagesUnderTest.page(name, label, holder, factors(label))
            return (page.0, page.1, page.2, nil)
        default:
            let mail = MailRecord(
                id: MailID(1), to: holder.user.email, subject: label, state: .waiting, queuedAt: now, dueAt: now,
                endedAt: nil, attempts: 2, reply: "451 \(label)")
            let delivered = MailRecord(
                id: MailID(2), to: holder.user.email, subject: label, state: .delivered, queuedAt: now, dueAt: nil,
                endedAt: now, attempts: 1, reply: "written to \(label)")
            if name == "admin-mail" {
                return (ReadMailPage(delivered, text: "Hello \(label),\n\n  two lines"), .mail, .admin, nil)
            }
            let page = AdminPage(
                decisions: DecisionLines([
                    .recovery(of: holder.user.name, due: now), .moreRecoveries(1, isAlone: false), .frozenKeys(2),
                    .disownedFactors(1), .undeliveredMail(givenUp: 1, waiting: 2), .oldMetadata(label), .newFactors(2),
                    .onlyAdministrator,
                ]),
                policy: .invitation, counts: MailCounts(waiting: 1, givenUp: 0), mails: [mail, delivered],
                canRead: true, typedAddress: label)
            return (page, .admin, .admin, nil)
        }
    }

    private static func app(isAlone: Bool) -> AddAppPage {
        AddAppPage(
            offer: "0123", secret: "ABCD EFGH", uri: "otpauth://totp/x?a=b&c=d",
            svg: "<svg viewBox=\"0 0 1 1\"></svg>", isAlone: isAlone)
    }

    private static func tokens(_ name: String, _ label: String, _ holder: Session) throws -> Parts {
        func token(_ id: String, projects: [ProjectName]?, expires: Timestamp?) -> APIToken {
            APIToken(
                id: id, owner: holder.user, rootKey: [], label: label, projects: projects,
                createdAt: Fixture.moment(daysAgo: 90), expiresAt: expires, revokedAt: nil, lastUsedAt: now,
                assurance: .phishingResistant)
        }
        let board = try Fixture.name("Cheese_Board")
        if name == "token" {
            let page = TokenPage(
                "rind-abc", token("a", projects: [board], expires: nil),
                at: IndexAddress(baseURL: "https://example.org"))
            return (page, .token, .tokens, nil)
        }
        let all = [
            token("a", projects: [board], expires: nil), token("b", projects: nil, expires: now + .days(1)),
            token("c", projects: nil, expires: Fixture.moment(daysAgo: 1)),
        ]
        let page = TokensPage(
            name == "tokens" ? all : [], projects: name == "tokens" ? [board] : [],
            typed: FormFields("description=a&token_scope=projects&project=cheese-board"), madeWith: .password,
            strongest: name == "tokens" ? .password : .phishingResistant, asking: [], at: now)
        return (page, .tokens, .tokens, nil)
    }

    static func session(_ restriction: SessionRestriction? = nil) throws -> Session {
        let user = User(
            id: UserID(1), name: try Fixture.user("Ada"), email: try EmailAddress(parsing: "ada@example.org"),
            isAdministrator: true, createdAt: Fixture.moment(daysAgo: 500))
        return Session(
            id: SessionID(7), user: user, assurance: .password,
            standing: SessionStanding(id: SessionID(7), restriction: restriction, strongest: .password),
            createdAt: Fixture.moment(daysAgo: 1), lastSeenAt: now, expiresAt: now + .days(1),
            origin: RequestOrigin(
                address: "192.0.2.1", client: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"))
    }

    private static func factors(_ label: String) -> AccountFactors {
        func key(_ id: Int64, isSynced: Bool, frozenAt: Timestamp?) -> SecurityKey {
            SecurityKey(
                id: FactorID(id), label: label, credentialID: [], publicKey: [], signCount: 0,
                isBackupEligible: isSynced, isBackedUp: isSynced, verifiesUser: true, isDiscoverable: true,
                transports: ["usb"], attestationFormat: "packed", isAttested: !isSynced, aaguid: "0-1",
                attestationKeyID: nil, modelName: isSynced ? nil : label, addedAt: Fixture.moment(daysAgo: 30),
                lastUsedAt: isSynced ? nil : now, frozenAt: frozenAt)
        }
        return AccountFactors(
            securityKeys: [key(1, isSynced: false, frozenAt: nil), key(2, isSynced: true, frozenAt: now)],
            authenticatorApps: [
                AuthenticatorApp(
                    id: FactorID(3), sealedSecret: [], lastCounter: 1, addedAt: Fixture.moment(daysAgo: 3),
                    lastUsedAt: nil)
            ],
            recoveryCodesLeft: 8, probation: Probation(.recoveryCode, until: now + .hours(1)))
    }
}

import Accounts
import Bytes
import Foundation
import Primitives
import Secrets
import Testing
import UTC

@testable import Identity

@Suite("A secret of a browser or a link") struct OneTimeSecretTests {
    @Test("is 64 hexadecimal digits, in which it is found again")
    func hex() {
        let secret = OneTimeSecret()
        #expect(secret.hex.utf8.count == 64 && secret.hex == secret.hex.lowercased())
        #expect(OneTimeSecret(hex: secret.hex) == secret)
        #expect(OneTimeSecret() != secret && OneTimeSecret().hash != secret.hash)
    }

    static let wrong = [
        "", String(repeating: "a", count: 63), String(repeating: "a", count: 65), String(repeating: "g", count: 64),
        String(repeating: "a", count: 63) + " ", String(repeating: "\u{FF11}", count: 64),
        String(repeating: "a", count: 62) + "é",
    ]

    @Test("is read from nothing else", arguments: wrong)
    func refused(text: String) { #expect(OneTimeSecret(hex: text) == nil) }

    @Test("is known by its SHA-256 alone")
    func hash() throws {
        let zeros = try #require(OneTimeSecret(hex: String(repeating: "0", count: 64)))
        #expect(zeros.hash.hexadecimal == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")
    }

    @Test("leads a link to the page of its purpose, each to another", arguments: OneTimeLink.Purpose.allCases)
    func links(purpose: OneTimeLink.Purpose) throws {
        let link = MailedLink(purpose)
        let parts = link.path.split(separator: "/")
        #expect(link.path.hasPrefix("/account/") && link.path.hasSuffix("/") && parts.count == 3)
        #expect(try #require(OneTimeSecret(hex: parts[2])).hash == link.secretHash)
        #expect(Set(OneTimeLink.Purpose.allCases.map(\.path)).count == OneTimeLink.Purpose.allCases.count)
    }
}

@Suite("A form's token") struct CSRFTokenTests {
    let tokens: CSRFTokens
    let browser = OneTimeSecret()
    let now = Timestamp(seconds: 1_000)

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "forms-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        tokens = CSRFTokens(keys: try KeyRing(at: folder.appending(path: "keys.json").path))
    }

    @Test("is right for the browser that it was made for, and for no other")
    func browsers() {
        let token = tokens.text(for: browser)
        #expect(token == tokens.text(for: browser) && token.utf8.count == 64)
        #expect(tokens.isRight(token, for: browser))
        #expect(!tokens.isRight(token, for: OneTimeSecret()))
        let ada = UserID(7)
        let hers = tokens.text(for: browser, of: ada)
        #expect(tokens.isRight(hers, for: browser) && tokens.account(of: hers) == ada)
        #expect(tokens.account(of: token) == nil && !tokens.isRight(hers, for: OneTimeSecret()))
        // With another secret it is no leave any more, and known all the same: as hers, in her browser.
        let mark = OneTimeSecret()
        let page = tokens.text(for: browser, of: ada, mark: mark)
        #expect(tokens.isRight(page, for: browser) && tokens.isFormer(page, of: ada, mark: mark))
        #expect(!tokens.isFormer(page, of: UserID(8), mark: mark) && !tokens.isFormer(page, of: ada, mark: browser))
        #expect(!tokens.isFormer(hers, of: ada, mark: mark) && !tokens.isFormer(token, of: ada, mark: mark))
        for wrong in [
            String(hers.prefix(64)), "\(token).7.", "\(hers.prefix(64)).8.", "\(hers.prefix(64)).07.", "\(hers).7",
        ] { #expect(!tokens.isRight(wrong, for: browser), "\(wrong)") }
        for wrong in [nil, "", String(token.dropLast()), token + "0", tokens.text(for: OneTimeSecret())] {
            #expect(!tokens.isRight(wrong, for: browser))
        }
    }
}

@Suite("Requests for a new password") struct ResetRequestTests {
    private func request(_ number: Int) -> ResetRequests.Request {
        ResetRequests.Request(
            nameOrAddress: "\(number)", browser: Browser(secret: OneTimeSecret(), origin: RequestOrigin()))
    }

    @Test("are answered in their order, each once")
    func order() {
        let requests = ResetRequests()
        for number in 0..<3 { requests.add(request(number)) }
        #expect(requests.take().map(\.nameOrAddress) == ["0", "1", "2"])
        #expect(requests.take().isEmpty)
    }

    @Test("take no more memory than so many: the oldest is forgotten")
    func most() {
        let requests = ResetRequests()
        for number in 0...ResetRequests.most { requests.add(request(number)) }
        let taken = requests.take().map(\.nameOrAddress)
        #expect(taken.count == ResetRequests.most && taken.first == "1" && taken.last == "\(ResetRequests.most)")
    }
}

@Suite("A form whose session has ended") struct InterruptedFormTests {
    let forms = InterruptedForms()
    let mark = OneTimeSecret()
    let now = Timestamp(seconds: 1_800_000_000)
    let form = InterruptedForms.Form(
        of: UserID(7), doing: nil, to: "/manage/x/", fields: [.init("description", "laptop")])

    @Test("is kept for the account that sent it, in its browser, for a quarter of an hour")
    func kept() {
        #expect(forms.keep(form, for: mark, at: now))
        let end = now + InterruptedForms.lifetime
        #expect(forms.form(of: UserID(7), for: mark, at: end - .seconds(1)) == form)
        #expect(forms.form(of: UserID(7), for: mark, at: end) == nil)
        #expect(forms.form(of: UserID(8), for: mark, at: now) == nil)
        #expect(forms.form(of: UserID(7), for: OneTimeSecret(), at: now) == nil)
        forms.forget("/elsewhere/", for: mark)
        #expect(forms.form(of: UserID(7), for: mark, at: now) == form)
        forms.forget("/manage/x/", for: mark)
        #expect(forms.form(of: UserID(7), for: mark, at: now) == nil)
    }

    @Test("is not kept where it is large, and the oldest of many gives way")
    func bounded() {
        let large = InterruptedForms.Form(
            of: UserID(7), doing: nil, to: "/", fields: [.init("a", String(repeating: "x", count: 16 * 1_024))])
        #expect(!forms.keep(large, for: mark, at: now))
        // One account keeps one, wherever it sends from, and pushes out nobody else's.
        #expect(forms.keep(form, for: mark, at: now))
        func other(_ user: Int64) -> InterruptedForms.Form { .init(of: UserID(user), doing: nil, to: "/", fields: []) }
        for number in 0..<300 { #expect(forms.keep(other(8), for: OneTimeSecret(), at: now + .seconds(number))) }
        #expect(forms.form(of: UserID(7), for: mark, at: now + .seconds(300)) == form)
        for user: Int64 in 100..<300 { #expect(forms.keep(other(user), for: OneTimeSecret(), at: now + .seconds(301))) }
        #expect(forms.form(of: UserID(7), for: mark, at: now + .seconds(302)) == nil)
    }
}

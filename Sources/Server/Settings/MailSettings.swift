import Accounts
import Foundation
import Letters
import Mail

/// How mail is sent.
public struct MailSettings: Sendable {
    /// The mail server; nil writes mails into the folder `outbox` of the data folder. The password is never part of its
    /// address, which is seen in lists of processes.
    public var server: SMTPServer?
    /// Who sends it; nil means an address made of the index's own.
    public var sender: MailSender?
    /// Who answers people's questions, a mail address or a web address, as mails say it; nil where nobody is named.
    public var contact: String?

    /// Who answers people's questions, as far as is known: where nobody is named, anyone who gets the answers to mails.
    var answers: String? { contact ?? sender?.address.text }

    /// Reads what the settings say about mail.
    ///
    /// - Parameter baseURL: the index's outside address, if it is known.
    init(_ reader: inout SettingsReader, baseURL: String?) {
        server = reader.mailServer()
        sender = reader.mailSender() ?? baseURL.flatMap(MailSender.init(forIndexAt:))
        contact = reader.text(.contact)
        if let contact,
            !contact.isMailLine || contact.utf8.count > 200 || !contact.contains(where: { "@/".contains($0) })
        {
            reader.note(.contact, "'\(contact)' is no mail address and no web address")
        }
        if server != nil, sender == nil, reader.text(.mailFrom) == nil {
            reader.note(.mailFrom, "it is missing, and base-url gives no domain to make an address of")
        }
    }

    /// Who sends the mail of an index. Mails that only go into the outbox folder may come from nowhere.
    ///
    /// - Parameter name: what the index is called, for people to see where the sender has no name of its own.
    func sender(forIndexAt baseURL: String, named name: String?) throws -> MailSender {
        let sender =
            try sender ?? MailSender(forIndexAt: baseURL)
            ?? MailSender(address: EmailAddress(parsing: "rind@localhost.localdomain"))
        return MailSender(address: sender.address, name: sender.name ?? name)
    }
}

extension MailSender {
    /// `rind@packages.example.org`; nil where the address has a number or a single word for a host.
    init?(forIndexAt baseURL: String) {
        guard let host = URL(string: baseURL)?.host(), host.contains(where: \.isLetter), !host.contains(":"),
            let address = try? EmailAddress(parsing: "rind@\(host)")
        else { return nil }
        self.init(address: address)
    }
}

extension SettingsReader {
    /// The mail server with all that is said about it.
    fileprivate mutating func mailServer() -> SMTPServer? {
        let tls = choice(.smtpTLS, of: ["required", "none"])
        let password = mailPassword()
        let authorities = readableFile(.smtpCAFile)
        guard let text = text(.smtp) else {
            for name in [SettingName.smtpTLS, .smtpPassword, .smtpPasswordFile, .smtpCAFile]
            where self.text(name) != nil {
                note(name, "it is of no use without smtp")
            }
            return nil
        }
        guard let url = URLComponents(string: text), let scheme = url.scheme, ["smtp", "smtps"].contains(scheme),
            let host = url.host?.trimmingCharacters(in: ["[", "]"]), !host.isEmpty,
            (1...65_535).contains(url.port ?? 1),
            url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil
        else {
            // Not repeated: there may be a password in it.
            return mistake(.smtp, "it is no address such as smtp://user@mail.example.org:587")
        }
        guard url.password == nil else {
            return mistake(.smtp, "its password belongs into a file; name that with smtp-password-file")
        }
        if url.user != nil, password == nil {
            note(.smtp, "it names a user; give their password with smtp-password-file")
        }
        if url.user == nil, password != nil {
            note(.smtp, "there is a password, but no user; write smtp://user@\(host)")
        }
        if scheme == "smtps", tls == "none" { note(.smtpTLS, "smtps is TLS; write smtp:// to do without") }
        let isNumber = host.allSatisfy { $0 == "." || $0.isNumber }
        let isLoopback = host == "localhost" || host == "::1" || isNumber && host.hasPrefix("127.")
        let security: SMTPServer.Security =
            if scheme == "smtps" { .tls } else if tls == "none" || tls == nil && isLoopback { .none } else { .startTLS }
        return SMTPServer(
            host: host, port: url.port ?? (scheme == "smtps" ? 465 : 587), security: security, user: url.user,
            password: password, certificateAuthorities: authorities)
    }

    /// The password itself, which only a variable or the settings file should give, or the first line of a file.
    private mutating func mailPassword() -> Secret<String>? {
        guard let path = text(.smtpPasswordFile) else { return text(.smtpPassword).map(Secret.init) }
        if text(.smtpPassword) != nil { note(.smtpPasswordFile, "smtp-password is there, too; give one of them") }
        guard let content = try? String(contentsOfFile: path, encoding: .utf8),
            let line = content.split(whereSeparator: \.isNewline).first
        else { return mistake(.smtpPasswordFile, "there is no password in '\(path)', or it cannot be read") }
        return Secret(String(line))
    }

    private mutating func readableFile(_ name: SettingName) -> String? {
        guard let path = text(name) else { return nil }
        guard FileManager.default.isReadableFile(atPath: path) else {
            return mistake(name, "'\(path)' cannot be read")
        }
        return path
    }

    fileprivate mutating func mailSender() -> MailSender? {
        guard let text = text(.mailFrom) else { return nil }
        guard let sender = MailSender(parsing: text) else {
            return mistake(
                .mailFrom, "'\(text)' is no sender such as rind@example.org or Our packages <rind@example.org>")
        }
        return sender
    }

    /// Notes a mistake where there is no value to return.
    fileprivate mutating func note(_ name: SettingName, _ sentence: String) {
        let _: Never? = mistake(name, sentence)
    }
}

import ArgumentParser
import CommandSupport
import Foundation
import Server

/// `rind serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the index until SIGTERM or SIGINT.",
        discussion: """
            Makes what is missing, and prints one line with the address when it answers. Every setting can also be given \
            as a variable (RIND_BASE_URL for --base-url) or as a line of rind.yaml in the data folder \
            (base-url: https://packages.example.org); a flag wins over a variable, a variable over the file.

            Example: rind serve --port 8080 --base-url https://packages.example.org
            """)
    @OptionGroup var common: DataOption
    @Option(help: "The address to listen on (default 127.0.0.1).") var host: String?
    @Option(help: "The port to listen on; 0 lets the system choose (default 8080).") var port: String?
    @Option(help: "What people type before a path of this index, such as https://packages.example.org.")
    var baseURL: String?
    @Option(help: "What the index is called: in pages, mails, authenticator apps (default Rind; in mails, its host).")
    var name: String?
    @Option(help: "A file with the terms of use, in Markdown: they get a page.", completion: .file())
    var terms: String?
    @Option(help: "Whom to tell of weaknesses, a mail or https address: /.well-known/security.txt (default --contact).")
    var securityContact: String?
    @Option(help: "Until when that holds, such as 2027-06-30 (default half a year from whenever it is read).")
    var securityExpires: String?
    @Option(help: "The SQLite file (default index.sqlite in the data folder).", completion: .file())
    var database: String?
    @Option(help: "The folder of files by digest (default blobs in the data folder).", completion: .directory)
    var blobs: String?
    @Option(
        help: "The file of the keys for secrets in the database (default keys.json in the data folder).",
        completion: .file())
    var keys: String?
    @Option(help: "The largest file that is taken, such as 500MB (default 1GiB).") var maxFileSize: String?
    @Option(help: "The most that all files of a project may have (default 100GiB).") var maxProjectSize: String?
    @Option(help: "How many files a project may have (default 10000).") var maxProjectFiles: String?
    @Option(help: "allow or refuse: versions such as 1.0+acme (default refuse).") var localVersions: String?
    @Option(help: "allow or refuse: sdists as .zip (default refuse).") var zipSdists: String?
    @Option(help: "allow or refuse: wheels for systems like the one that built them, linux_x86_64 (default allow).")
    var unportableWheels: String?
    @Option(help: "allow or refuse: classifiers below 'Private ::' (default allow).") var privateClassifiers: String?
    @Option(help: "trace, debug, info, notice, warning or error (default info).") var logLevel: String?
    @Option(help: "text for people, json for programs (default text).") var logFormat: String?
    @Option(help: "Memory for rendered pages (default 32MiB).") var pageCacheSize: String?
    @Option(help: "The Python whose docutils renders descriptions, or none (default /usr/bin/python3).")
    var python: String?
    @Option(help: "Open connections at most (default 20000).") var maxConnections: String?
    @Option(help: "Open connections of one address at most, loopback excepted (default 512).")
    var maxConnectionsPerAddress: String?
    @Option(help: "on, or off: requests are read by Hummingbird alone, with less protection (default on).")
    var edge: String?
    @Option(help: "Who may make an account on the web: open, invitation or closed (default open).")
    var registration: String?
    @Option(help: "off, report or enforce: new names that are like those that others use (default report).")
    var lookAlikes: String?
    @Option(
        help: ArgumentHelp(
            "required, or without a mail server optional: whether publishing, tokens and roles take a verified address (default required)."
        ))
    var verifiedAddress: String?
    @Option(
        help: ArgumentHelp(
            "on, off-for-top-share or off: whether a first factor counts at once where mailbox, browser and account are known for long (default on)."
        ))
    var firstFactorEvidence: String?
    @Option(help: "Projects that an account may make, if it was made on the web (default 20/hour,100/day).")
    var accountProjects: String?
    @Option(help: "Files that such an account may publish (default 1000/hour,5000/day).") var accountFiles: String?
    @Option(help: "Bytes that such an account may publish (default 20GiB/hour,100GiB/day).") var accountBytes: String?
    @Option(help: "For how many hours after its upload something can be removed at once (default 72).")
    var removalRecentHours: String?
    @Option(help: "How often, at most, something was downloaded that can be removed at once (default 100).")
    var removalFewDownloads: String?
    @Option(help: "How many days a request for a removal waits (default 14).") var removalWaitDays: String?
    @Option(help: "The same for critical projects (default 30).") var removalCriticalWaitDays: String?
    @Option(help: "For how many days what was removed can be brought back by an owner (default 180).")
    var removalRetentionDays: String?
    @Option(help: "Proxies to believe about where a request comes from, such as 127.0.0.1,10.0.0.0/8 (default none).")
    var trustedProxies: String?
    @Option(help: "Who may read /metrics: loopback or open (default loopback, and anyone who has the token).")
    var metrics: String?
    @Option(
        help: "A file with the token that readers of /metrics from elsewhere bring (Authorization: Bearer).",
        completion: .file())
    var metricsTokenFile: String?
    @Option(help: "The mail server, such as smtp://user@mail.example.org:587; without it, mails become files.")
    var smtp: String?
    @Option(help: "required or none: whether mail is sent under TLS only (default required, on loopback none).")
    var smtpTLS: String?
    @Option(help: "A file with the mail server's password (or the variable RIND_SMTP_PASSWORD).", completion: .file())
    var smtpPasswordFile: String?
    @Option(help: "A PEM file with the authorities of the mail server's certificate.", completion: .file())
    var smtpCAFile: String?
    @Option(help: "Who mail comes from (default rind@ and the host of --base-url).") var mailFrom: String?
    @Option(help: "Who answers questions, a mail or web address: stands in every mail.") var contact: String?
    @Option(
        help: "Clients that count as installers, added to the list or taken from it: acme-pip=pip, acme-tool, -conda.")
    var downloadInstallers: String?
    @Option(help: "Clients that count as mirrors, in the same way.") var downloadMirrors: String?
    @Option(help: "Downloads of one project that count from one address in an hour; 0 for all (default 20).")
    var downloadCap: String?

    func run() async throws {
        let given: [(SettingName, String?)] = [
            (.host, host), (.port, port), (.baseURL, baseURL), (.name, name), (.terms, terms),
            (.securityContact, securityContact), (.securityExpires, securityExpires), (.database, database),
            (.blobs, blobs),
            (.keys, keys),
            (.maxFileSize, maxFileSize), (.maxProjectSize, maxProjectSize), (.maxProjectFiles, maxProjectFiles),
            (.localVersions, localVersions), (.zipSourceDistributions, zipSdists),
            (.unportableWheels, unportableWheels), (.privateClassifiers, privateClassifiers), (.logLevel, logLevel),
            (.logFormat, logFormat),
            (.pageCacheSize, pageCacheSize), (.python, python), (.maxConnections, maxConnections),
            (.maxConnectionsPerAddress, maxConnectionsPerAddress), (.edge, edge), (.registration, registration),
            (.lookAlikes, lookAlikes),
            (.verifiedAddress, verifiedAddress), (.firstFactorEvidence, firstFactorEvidence),
            (.accountProjects, accountProjects), (.accountFiles, accountFiles),
            (.accountBytes, accountBytes), (.removalRecentHours, removalRecentHours),
            (.removalFewDownloads, removalFewDownloads), (.removalWaitDays, removalWaitDays),
            (.removalCriticalWaitDays, removalCriticalWaitDays), (.removalRetentionDays, removalRetentionDays),
            (.trustedProxies, trustedProxies), (.metrics, metrics),
            (.metricsTokenFile, metricsTokenFile), (.smtp, smtp), (.smtpTLS, smtpTLS),
            (.smtpPasswordFile, smtpPasswordFile), (.smtpCAFile, smtpCAFile), (.mailFrom, mailFrom),
            (.contact, contact),
            (.downloadInstallers, downloadInstallers), (.downloadMirrors, downloadMirrors),
            (.downloadCap, downloadCap),
        ]
        let flags = Dictionary(uniqueKeysWithValues: given.compactMap { name, value in value.map { (name, $0) } })
        try await IndexServer.run(try await common.settings(flags: flags)) { address in
            // Not by print, which keeps it back when the output is a pipe.
            announce("Rind serves \(address)")
        }
    }
}

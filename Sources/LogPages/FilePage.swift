import PackagingFormats
import Ports
import Projects
import Site
import TransparencyLog
import UTC

/// A file, what the log says of it, and how anybody checks that.
struct FilePage {
    let filename: String
    let projectName: String
    let projectPath: String
    let versionText: String
    let releasePath: String
    let fileSize: String
    let uploadedAt: Moment
    let notices: [Notice]
    let digests: [Digest]
    /// Nil while it is not in the log.
    let logged: Logged?
    /// What was done since, the oldest first; nil for nothing.
    let later: NonEmpty<Later>?
    /// Nil where there is nothing to check.
    let checking: Checking?

    struct Digest {
        let algorithm: String
        let digestID: String
        let digest: String
    }

    struct Logged {
        let logName: String
        let entryNumber: String
        let treeSize: String
        let saidAt: Moment?
        let logWords: String
        let entry: Snippet
        /// Nil where its bytes cannot be had.
        let proofPath: String?
    }

    struct Later {
        let laterWords: String
        let laterEntry: String
        let laterTime: Moment?
    }

    struct Checking {
        /// Nil where its bytes cannot be had.
        let bytes: Snippet?
        /// Nil while it is not in the log.
        let proof: Snippet?
    }

    /// How many entries are shown.
    private static let shown = 50

    /// - Parameters:
    ///   - version: the release that it is of.
    ///   - entry: what the log says of it; nil where it says nothing yet.
    ///   - later: what the log says of it since, the oldest first.
    ///   - head: the newest checkpoint; nil before the first.
    ///   - key: the newest that signs the log.
    init(
        _ found: AddressedFile, version: Version, entry: LoggedEntry?, later: [LoggedEntry], head: Checkpoint?,
        key: VerifierKey?, address: IndexAddress
    ) {
        let (file, project) = (found.file, found.project)
        filename = file.filename
        projectName = project.name.display
        projectPath = Paths.project(project.name)
        versionText = version.description
        releasePath = Paths.release(project.name, version)
        fileSize = readableSize(file.size)
        uploadedAt = Moment(file.uploadedAt)
        notices = Self.notices(found)
        digests = [
            ("SHA-256", file.digests.sha256), ("BLAKE2b-256", file.digests.blake2b256), ("MD5", file.digests.md5),
        ].filter { !$0.1.isEmpty }.map { algorithm, digest in
            Digest(algorithm: algorithm, digestID: algorithm.lowercased(), digest: digest)
        }
        let canBeHad = found.canBeHad
        logged = entry.flatMap { entry in
            head.map { head in
                Logged(
                    logName: head.origin, entryNumber: entry.position.grouped, treeSize: head.size.grouped,
                    saidAt: Timestamp(iso8601: entry.statement.at).map(Moment.init(minuteOf:)),
                    logWords: entry.statement.words,
                    entry: Snippet("log-entry", "Entry", String(decoding: entry.bytes, as: UTF8.self)),
                    proofPath: canBeHad ? "\(file.path).tlog-proof" : nil)
            }
        }
        self.later = NonEmpty(
            later.suffix(Self.shown).map { entry in
                Later(
                    laterWords: entry.statement.words, laterEntry: entry.position.grouped,
                    laterTime: Timestamp(iso8601: entry.statement.at).map(Moment.init(minuteOf:)))
            })
        // Names and versions have no characters that mean something to a shell.
        let bytes =
            canBeHad
            ? Snippet(
                "check-bytes", "sh",
                """
                curl -fsSO '\(address.base)\(file.path)'
                echo '\(file.digests.sha256)  \(file.filename)' | sha256sum --check
                """) : nil
        let proof =
            entry == nil
            ? nil
            : key.map { key in
                Snippet(
                    "check-proof", "sh",
                    """
                    printf 'log \(key.text)\\nquorum none\\n' > log.policy
                    echo '\(project.name.normalized)==\(version) --hash=sha256:\(file.digests.sha256)' > requirements.txt
                    rind verify requirements.txt --policy log.policy --index \(address.base)
                    """)
            }
        checking = bytes == nil && proof == nil ? nil : Checking(bytes: bytes, proof: proof)
    }

    private static func notices(_ found: AddressedFile) -> [Notice] {
        if found.project.status == .quarantined {
            return [
                Notice(
                    .danger, "The project is quarantined", "Its files cannot be had while that is looked into.",
                    reason: found.project.statusReason)
            ]
        }
        return switch found.state {
        case .published:
            found.file.yank.map { yank in
                [
                    Notice(
                        .warning, "This file was yanked",
                        "Installers pass over it unless it is asked for by its exact version.", reason: yank.reason)
                ]
            } ?? []
        case .removed:
            [
                Notice(
                    .warning, "This file was removed",
                    "No page lists it any more."
                        + (found.sunset.map { " It can be had at its address until \($0.day.readable) at least." } ?? "")
                )
            ]
        case .quarantined:
            [
                Notice(
                    .danger, "This file is quarantined", "It cannot be had while that is looked into.",
                    reason: found.withheldReason)
            ]
        case .erased:
            [
                Notice(
                    .danger, "This file was erased", "Its bytes are not there any more.", reason: found.withheldReason)
            ]
        case .staged, .held: []
        }
    }
}

extension AddressedFile {
    /// Whether its bytes are given to anybody.
    fileprivate var canBeHad: Bool {
        guard project.status != .quarantined else { return false }
        return switch state {
        case .published, .removed: true
        case .quarantined, .erased, .staged, .held: false
        }
    }
}

import Ports
import Projects
import TransparencyLog
import UTC

@testable import LogPages
@testable import Site

/// The pages about the log, by the names of their golden files.
enum LogPagesUnderTest {
    static let names = [
        "log", "log-empty", "log-waiting", "log-file", "log-file-new", "log-file-removed", "log-file-quarantined",
        "log-file-erased", "log-file-yanked",
    ]

    private struct NoKey: Error {}

    private static func key(_ name: String, _ kind: VerifierKey.Kind, _ number: UInt8) throws -> SigningKey {
        guard let key = SigningKey(name: name, kind: kind, secret: Array(repeating: number, count: 32)) else {
            throw NoKey()
        }
        return key
    }

    private static func entry(_ position: Int, _ act: String, _ details: String) throws -> LoggedEntry {
        let text =
            #"{"act":"\#(act)","at":"2026-11-12T08:05:00.000000Z","details":{\#(details)},"project":"cheese-board","serial":"\#(position + 1)"}"#
        guard let entry = LoggedEntry(position: position, bytes: Array(text.utf8)) else { throw NoKey() }
        return entry
    }

    /// What was done after the file was published.
    private static func later(_ page: String) throws -> [LoggedEntry] {
        let file = #""filename":"cheese_board-2.0-py3-none-any.whl","version":"2.0""#
        switch page {
        case "log-file-yanked": return [try entry(1_240, "file.yank", file)]
        case "log-file-removed":
            return [
                try entry(1_240, "release.yank", #""version":"2.0""#),
                try entry(1_241, "release.unyank", #""version":"2.0""#), try entry(1_250, "file.delete", file),
            ]
        case "log-file-quarantined":
            return [
                try entry(1_250, "project.delete", ""), try entry(1_260, "project.restore", #""files":"2""#),
                try entry(1_270, "content.quarantine", #""version":"2.0","what":"release""#),
            ]
        case "log-file-erased": return [try entry(1_300, "file.erase", file)]
        default: return []
        }
    }

    static func bytes(_ name: String, _ site: SiteRenderer) throws -> [UInt8] {
        let key = try key("packages.example.org/log", .note, 1)
        let witness = try self.key("sister.example.net/log", .cosignature, 2)
        var note = try Checkpoint(origin: key.verifier.name, size: 1_234, root: TreeHash(ofEntry: [1])).signed(by: [key]
        )
        let checkpoint = note.written
        note.signatures.append(
            try VerifiedCheckpoint(parsing: Array(checkpoint.utf8), logs: [key.verifier])
                .cosignature(by: witness, at: 1_700_000_000))
        let filename = "cheese_board-2.0-py3-none-any.whl"
        let sha256 = String(repeating: "2", count: 64)
        let upload = try entry(
            1_233, "file.upload",
            #""filename":"\#(filename)","sha256":"\#(sha256)","size":"65213","version":"2.0""#)
        switch name {
        case "log":
            return site.log(
                checkpoint: checkpoint, cosigned: note.written, keys: [key.verifier],
                latest: [upload, try entry(1_232, "release.create", #""version":"2.0""#)], waiting: nil)
        case "log-empty":
            return site.log(checkpoint: nil, cosigned: nil, keys: [key.verifier], latest: [], waiting: nil)
        case "log-waiting":
            return site.log(
                checkpoint: checkpoint, cosigned: nil, keys: [key.verifier], latest: [upload],
                waiting: Fixture.moment(daysAgo: 1))
        default: break
        }
        let plain = try Fixture.file(2, filename)
        let file = DistributionFile(
            id: plain.id, filename: filename, packageType: plain.packageType, pythonTag: plain.pythonTag,
            size: plain.size, digests: plain.digests, requiresPython: nil, uploadedAt: plain.uploadedAt,
            uploader: plain.uploader, metadataSHA256: nil,
            yank: name == "log-file-yanked" ? Yank(reason: "Counts the holes twice.") : nil)
        let state: FileState =
            switch name {
            case "log-file-removed": .removed
            case "log-file-quarantined": .quarantined
            case "log-file-erased": .erased
            default: .published
            }
        let found = AddressedFile(
            file: file, project: try Fixture.project(), state: state,
            sunset: state == .removed ? Fixture.moment(daysAgo: -170) : nil,
            withheldReason: state == .published || state == .removed ? nil : "It steals cheese.")
        return site.file(
            found, version: try Fixture.version("2.0"), entry: name == "log-file-new" ? nil : upload,
            later: try later(name), checkpoint: checkpoint, key: key.verifier)
    }
}

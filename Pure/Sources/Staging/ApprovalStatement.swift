import Bytes
import Crypto
import PackagingFormats

/// What a person signs who lets releases out: every file of every release, by its digest, as one well-defined text.
///
/// The challenge that their security key signs is made of this text's digest (`BoundChallenge` in WebAuthn), so that what
/// they showed is good for these bytes alone. The order does not depend on what was clicked first.
///
///     rind stage approval 1
///     release demo 1.0
///     file 0f0f…0f demo-1.0-py3-none-any.whl
///     file f0f0…f0 demo-1.0.tar.gz
public struct ApprovalStatement: Sendable, Hashable {
    /// How many releases one touch lets out at most.
    public static let mostReleases = 50

    /// The text, in ASCII, with a line feed at the end of each line.
    public let text: String

    /// About releases that wait.
    public init(_ stages: [Stage]) {
        // Names, versions and file names have neither blanks nor line ends in them.
        let blocks = stages.map { stage in
            (["release \(stage.project.normalized) \(stage.version.canonical)"]
                + stage.files.map { "file \($0.sha256) \($0.filename)" })
                .map { "\($0)\n" }.joined()
        }
        text = "rind stage approval 1\n" + Set(blocks).sorted().joined()
    }

    /// About one release.
    public init(_ stage: Stage) { self.init([stage]) }

    /// Its SHA-256, in lower-case hexadecimal: what an approval is an approval of.
    public var digest: String { SHA256.hash(data: Array(text.utf8)).hexadecimal }
}

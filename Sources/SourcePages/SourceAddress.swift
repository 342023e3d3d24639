import Bytes
import PackagingFormats
import Site

/// Addresses of the pages about sources.
package enum SourceAddress {
    /// The files of a release.
    package static func files(of name: ProjectName, _ version: Version) -> String {
        "\(Paths.release(name, version))files/"
    }

    /// A directory in a file of a release, or the file's top for the empty path.
    static func directory(_ path: String, in filename: String, of name: ProjectName, _ version: Version) -> String {
        let top = "\(files(of: name, version))\(segment(filename))/"
        return path.isEmpty ? top : "\(top)\(segments(path))/"
    }

    /// A member of a file of a release.
    static func member(_ path: String, in filename: String, of name: ProjectName, _ version: Version) -> String {
        "\(files(of: name, version))\(segment(filename))/\(segments(path))"
    }

    /// What is different between two releases.
    package static func comparison(of name: ProjectName, _ old: Version, _ new: Version) -> String {
        "\(Paths.project(name))compare/\(segment(old.description))...\(segment(new.description))/"
    }

    private static func segments(_ path: String) -> String {
        path.utf8.split(separator: UInt8(ascii: "/")).map { segment(String(Substring($0))) }.joined(separator: "/")
    }

    /// As `RequestTarget` writes a segment, so that an address has one spelling.
    static func segment(_ text: String) -> String {
        text.utf8.percentEncoded { $0.isUnreserved || "!$&'()*+,;=:@".utf8.contains($0) }
    }
}

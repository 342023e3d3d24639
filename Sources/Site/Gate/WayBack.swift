import Foundation
import HTTPTypes
import UTC
import Web

/// The way back to what somebody was doing when they were sent to add a factor. It outlives the mails and the signing
/// in that lie between, for an hour.
struct ReturnPath {
    private static let name = "rind-way-back"
    private let isSecure: Bool
    private let basePath: BasePath

    init(isSecure: Bool, below basePath: BasePath) {
        self.isSecure = isSecure
        self.basePath = basePath
    }

    /// Where to; nil when nowhere, or when what the browser brings is no path of this index.
    func path(in headers: HTTPFields) -> LocalPath? {
        let pairs = headers[values: .cookie].flatMap { $0.split(separator: ";") }
        for pair in pairs {
            let text = pair.drop { $0 == " " }
            guard text.hasPrefix("\(Self.name)=") else { continue }
            return LocalPath(parsing: String(text.dropFirst(Self.name.count + 1)).removingPercentEncoding)
        }
        return nil
    }

    func setting(_ path: String, for age: Duration = .hours(1)) -> String {
        "\(Self.name)=\(Paths.percentEncoded(path)); Path=\(basePath.cookiePath); HttpOnly; SameSite=Lax; Max-Age=\(age.components.seconds)"
            + (isSecure ? "; Secure" : "")
    }

    var removing: String { setting("", for: .zero) }
}

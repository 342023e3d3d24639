public import Downloads

/// How downloads are counted.
public struct DownloadSettings: Sendable {
    /// Which clients install, and which mirror.
    public var rules = DownloaderRules()
    /// Downloads of one project that count from one address in an hour, where the server counts them itself; nil for as
    /// many as there are.
    public var cap: Int? = usualCap
    /// The same for logs: only what was said.
    public var capOfLogs: Int?

    /// Where nobody says otherwise. The machines of a whole office or of a build farm share an address, and a matrix of
    /// a dozen jobs installs a project anew at each change: that counts. A program that fetches a file for seventeen
    /// seconds counts as much as they, and not as eighty thousand of them.
    public static let usualCap = 20

    /// The usual lists and cap.
    public init() {}

    /// Reads what the settings say about counting.
    init(_ reader: inout SettingsReader) {
        if let text = reader.text(.downloadInstallers) {
            do throws(InvalidDownloaderList) { try rules.changeInstallers(text) } catch {
                let _: Never? = reader.mistake(.downloadInstallers, Self.sentence(error))
            }
        }
        if let text = reader.text(.downloadMirrors) {
            do throws(InvalidDownloaderList) { try rules.changeMirrors(text) } catch {
                let _: Never? = reader.mistake(.downloadMirrors, Self.sentence(error))
            }
        }
        if let number = reader.number(.downloadCap, in: 0...1_000_000) {
            cap = number == 0 ? nil : number
            capOfLogs = cap
        }
    }

    private static func sentence(_ error: InvalidDownloaderList) -> String {
        "'\(error.item)' is no product such as acme-tool or acme-pip=pip to add, nor one of the list to take away, such as "
            + "-conda"
    }
}

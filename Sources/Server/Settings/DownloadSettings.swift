public import Downloads

/// How downloads are counted.
public struct DownloadSettings: Sendable {
    /// Which clients install, and which mirror.
    public var rules = DownloaderRules()
    /// Downloads of one project that count from one address in an hour; nil for as many as there are.
    public var cap: Int?

    /// The usual lists, and no cap.
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
        cap = reader.number(.downloadCap, in: 0...1_000_000).flatMap { $0 == 0 ? nil : $0 }
    }

    private static func sentence(_ error: InvalidDownloaderList) -> String {
        "'\(error.item)' is no product such as acme-tool or acme-pip=pip to add, nor one of the list to take away, such as "
            + "-conda"
    }
}

import Bytes

/// The page of a project, as the Simple API has it in JSON.
enum SimplePage {
    struct File {
        let filename: String
        let url: String
        let sha256: String
    }

    /// The files that a page lists; nil where it is not such a page.
    static func files(_ bytes: [UInt8]) -> [File]? {
        (try? JSON(parsing: bytes))?.object?["files"]?.array?.compactMap { file in
            guard let members = file.object, let filename = members["filename"]?.string,
                let url = members["url"]?.string,
                let sha256 = members["hashes"]?.object?["sha256"]?.string
            else { return nil }
            return File(filename: filename, url: url, sha256: sha256)
        }
    }
}

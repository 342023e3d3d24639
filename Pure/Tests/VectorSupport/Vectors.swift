import Foundation

/// Where the public test vectors are: a folder beside the project, never copied into it.
public enum Vectors {
    /// The folder `shared/vectors` beside the checkout, or what `RIND_VECTORS` names.
    public static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["RIND_VECTORS"] { return URL(filePath: named) }
        return URL(filePath: #filePath)  // …/Pure/Tests/VectorSupport/Vectors.swift
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared/vectors")
    }()

    /// True when the vectors are there. Tests that need them are enabled by it:
    /// `.enabled(if: Vectors.arePresent, "no ../shared/vectors beside the project")`.
    public static var arePresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// The bytes of one vector file, `packaging/names.json` for example.
    public static func data(_ path: String) throws -> Data {
        try Data(contentsOf: folder.appending(path: path))
    }

    /// One vector file, decoded.
    public static func decode<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
        try JSONDecoder().decode(type, from: data(path))
    }
}

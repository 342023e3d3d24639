import Bytes

/// Names of models by their AAGUID, for those that are not in the metadata: passkey providers above all.
///
/// A name says what a credential calls itself; unless its attestation is trusted, that proves nothing.
public struct ModelNames: Sendable {
    public let byModel: [AAGUID: String]

    /// Reads a table in JSON: an object of AAGUIDs, each with a name or with an object that has a `name`, as the
    /// passkey developers' community keeps it; or an object with such a table as its member `aaguids`. Other members
    /// are ignored.
    public init(parsing table: [UInt8]) throws(MetadataRefusal) {
        guard table.count <= CertifiedSignature.maximumBytes, let members = try? JSON(parsing: table).object else {
            throw .syntax
        }
        var names: [AAGUID: String] = [:]
        for (key, value) in members["aaguids"]?.object ?? members {
            guard let aaguid = AAGUID(key), let name = value.string ?? value.object?["name"]?.string else { continue }
            names[aaguid] = name
        }
        byModel = names
    }
}

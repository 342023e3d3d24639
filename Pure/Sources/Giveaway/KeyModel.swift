import UTC

/// A model of security key that a sponsor gives away.
public struct KeyModel: Sendable, Hashable {
    /// What people call it: `Titan Security Key`.
    public let name: String
    /// The AAGUIDs of its models, in lower case and in groups; none for keys from before AAGUIDs.
    public let aaguids: [String]

    /// A make as it was stored.
    public init(name: String, aaguids: [String]) {
        self.name = name
        self.aaguids = aaguids
    }

    /// Reads `Titan Security Key`, or with AAGUIDs `Titan Security Key=42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3`; several
    /// of them have commas between.
    public init(parsing text: String) throws(GiveawayTermsRefusal) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = try GiveawayTerms.line(String(parts[0]), .modelName)
        var aaguids: [String] = []
        for part in parts.count > 1 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : [] {
            let text = part.filter { !$0.isWhitespace }.lowercased()
            guard Self.isAAGUID(text) else { throw .aaguid(String(part.prefix(60))) }
            if !aaguids.contains(text) { aaguids.append(text) }
        }
        self.init(name: name, aaguids: aaguids)
    }

    /// Whether a key is of this make: by its AAGUID, or because what the metadata call it has this name in it.
    public func includes(aaguid: String?, modelName: String?) -> Bool {
        if let aaguid, aaguids.contains(aaguid.lowercased()) { return true }
        return modelName.map(isNamed(in:)) ?? false
    }

    /// Whether the name stands in a longer one: `Titan Security Key` in `Google Titan Security Key v2`.
    func isNamed(in other: String) -> Bool {
        let (all, wanted) = (Self.words(other), Self.words(name))
        guard !wanted.isEmpty, wanted.count <= all.count else { return false }
        return (0...(all.count - wanted.count)).contains { all[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    private static func isAAGUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        let digits = Set("0123456789abcdef")
        // All zeros is what keys have that say nothing of their make.
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.joined().allSatisfy(digits.contains)
            && groups.joined().contains { $0 != "0" }
    }
}

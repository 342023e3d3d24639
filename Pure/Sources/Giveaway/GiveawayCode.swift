import UTC

/// A code as it is stored: nobody reads it without the key that is kept elsewhere.
public struct SealedGiveawayCode: Sendable, Hashable {
    /// Where it stood in the file, for what has to be said about it.
    public var line: Int
    /// A keyed hash of it in small letters, by which the same code is found again.
    public var fingerprint: [UInt8]
    /// A keyed hash of it as it is written: codes that were imported before capitals counted alike are found by it.
    public var formerFingerprint: [UInt8]
    /// The code, encrypted.
    public var sealed: [UInt8]

    /// A code as it is stored.
    public init(line: Int, fingerprint: [UInt8], formerFingerprint: [UInt8], sealed: [UInt8]) {
        self.line = line
        self.fingerprint = fingerprint
        self.formerFingerprint = formerFingerprint
        self.sealed = sealed
    }
}

/// The code that somebody has.
public struct IssuedGiveawayCode: Sendable, Hashable {
    public var fingerprint: [UInt8]
    /// The code, encrypted.
    public var sealed: [UInt8]
    /// What the person declared.
    public var country: Country
    /// When it was given out.
    public var at: Timestamp

    /// The code that somebody has.
    public init(fingerprint: [UInt8], sealed: [UInt8], country: Country, at: Timestamp) {
        self.fingerprint = fingerprint
        self.sealed = sealed
        self.country = country
        self.at = at
    }
}

/// A giveaway, as it looks to somebody.
public struct GiveawayStanding: Sendable, Hashable {
    public var giveaway: GiveawayProgramme
    /// How many codes were imported.
    public var codes: Int
    /// How many of them nobody has.
    public var left: Int
    /// What is known of the person; nil where nobody is signed in.
    public var person: GiveawayPerson?
    /// The code that the person has.
    public var own: IssuedGiveawayCode?

    /// A giveaway, as it looks to somebody.
    public init(
        giveaway: GiveawayProgramme, codes: Int, left: Int, person: GiveawayPerson?, own: IssuedGiveawayCode?
    ) {
        self.giveaway = giveaway
        self.codes = codes
        self.left = left
        self.person = person
        self.own = own
    }

    /// Why the person would get no code now; nil where there would be one, or is one already. In which country is not
    /// asked.
    public func refusal(at now: Timestamp) -> GiveawayRefusal? {
        do {
            _ = try GiveawayPolicy.decide(giveaway, for: person, in: nil, codesLeft: left, at: now)
            return nil
        } catch {
            return error
        }
    }
}

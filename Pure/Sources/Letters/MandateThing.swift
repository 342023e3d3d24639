import Accounts
import Acts
import Policy

/// What is to be added to an account, in words.
struct MandateThing {
    /// A word in it that not everybody knows.
    enum Term {
        case secondFactor, spare
    }

    /// After "add".
    let words: String
    let term: Term?

    /// With what the word means, for where it is read first.
    var explained: String {
        switch term {
        case .secondFactor: "\(words) (a security key, a passkey or an authenticator app)"
        case .spare: "\(words) (a second key, or printed recovery codes)"
        case nil: words
        }
    }
}

extension MandateThing {
    /// What has to be added to an account that lacks some of what is asked.
    init(adding lacking: [Demand.Requirement], to holdings: FactorHoldings) {
        let needed = lacking.map(\.assurance).max() ?? .password
        guard lacking.contains(.spare) else {
            self.init(words: needed.words, term: needed == .secondFactor ? .secondFactor : nil)
            return
        }
        switch (holdings.securityKeys, needed) {
        // The second key is the spare.
        case (1..., .attestedHardware): self.init(words: needed.words, term: nil)
        case (1..., _): self.init(words: "a spare for your security key", term: .spare)
        case (_, .attestedHardware): self.init(words: "\(needed.words), and a spare", term: .spare)
        // They are a second factor, and resist phishing.
        case (_, .anonymous), (_, .password), (_, .secondFactor), (_, .phishingResistant):
            self.init(words: "a security key and a spare", term: .spare)
        }
    }
}

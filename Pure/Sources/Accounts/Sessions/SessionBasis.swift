import Acts
import UTC

/// What a session rests on: the strongest that was shown in it, and the factor that this was. A token that is made in
/// the session rests on the same.
public struct SessionBasis: Sendable, Hashable {
    public let assurance: Assurance
    /// The factor that vouches for it; nil where a password alone does.
    public let factor: FactorID?
    /// Until when that factor is on probation, because it came by a recovery; nil where it is not.
    public let probationUntil: Timestamp?

    /// What was shown; a password, if no factor is named.
    public init(_ assurance: Assurance, factor: FactorID? = nil, probationUntil: Timestamp? = nil) {
        self.assurance = assurance
        self.factor = factor
        self.probationUntil = probationUntil
    }

    /// What the session rests on once something more was shown in it: when a factor was added, or an act confirmed.
    ///
    /// It is as if one had signed in with what was shown, where that is worth more. A factor on probation raises no
    /// session that rests on an earlier factor: it would take from it what is kept from those that came by a recovery.
    /// The other way round an earlier factor frees a session, if it proves as much.
    public func after(showing shown: SessionBasis, at now: Timestamp) -> SessionBasis {
        guard shown.factor != nil else { return self }
        switch (isOnProbation(at: now), shown.isOnProbation(at: now)) {
        case (false, true) where factor != nil: return self
        case (true, false): return shown.assurance >= assurance ? shown : self
        case (false, true), (false, false), (true, true): return shown.assurance > assurance ? shown : self
        }
    }

    private func isOnProbation(at now: Timestamp) -> Bool { probationUntil.map { now < $0 } ?? false }
}

extension Session {
    /// What it rests on.
    public var basis: SessionBasis {
        SessionBasis(assurance, factor: standing.factor, probationUntil: standing.factorProbationUntil)
    }
}

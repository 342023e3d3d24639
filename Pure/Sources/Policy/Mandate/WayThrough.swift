import Accounts
import Acts
import PackagingFormats
import UTC

/// A way on for somebody whom the rule for critical projects, or a project's owners, refuse something.
public enum WayThrough: Sendable, Hashable {
    /// When a factor counts that is added now.
    public enum Counting: Sendable, Hashable {
        /// At once: the account has others that count.
        case atOnce
        /// At once, in a browser in which the account has been known for long: everything else speaks for it.
        case atOnceInKnownBrowser
        /// After the waiting period of a first factor.
        case afterProbation
        /// From a moment on, with the others that wait.
        case from(Timestamp)
    }

    /// To show in the session what the account has.
    case showFactor(Assurance)
    /// To sign in with what the account has, and to make a new token there.
    case newToken(Assurance)
    /// To add what lacks; a token has to be made anew after that.
    case addFactor(Assurance, Counting, withNewToken: Bool)
    /// To add a way back in for when a key is lost.
    case addSpare(hasKey: Bool)
    /// To put it off, once.
    case delay(ProjectName, until: Timestamp)
    /// That one of these vouches for the new factor.
    case vouching(by: [Username], for: Username)
    /// To wait until it counts.
    case wait(until: Timestamp)
    /// To ask those who run the index, who may be able to vouch for a factor, too.
    case administrators(canVouch: Bool)
}

/// What must be known of a person to say which ways are open to them. It is looked up where somebody is refused, and
/// nowhere else.
public struct WayFacts: Sendable, Hashable {
    /// Who it is.
    public var user: Username
    /// What would lack of evidence for their first factor, if they enrolled it now in the browser that speaks most for it;
    /// nothing where it would count at once.
    public var gaps: [FirstFactorEvidence.Gap]
    /// Everybody who could vouch for them now, by name: those who own each of their projects that ask for two factors,
    /// and whose own second factor counts.
    public var vouchers: [Username]

    /// What must be known of a person.
    public init(
        user: Username, gaps: [FirstFactorEvidence.Gap] = [.address, .browser], vouchers: [Username] = []
    ) {
        self.user = user
        self.gaps = gaps
        self.vouchers = vouchers
    }
}

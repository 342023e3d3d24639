import Acts
import PackagingFormats
import Primitives
import UTC

/// Why nothing became of what somebody wanted of a release that waits.
public enum StageRefusal: Refusal, Hashable {
    /// There is no such stage, or it is nobody's business who asks.
    case noSuchStage
    /// It has ended.
    case over(ProjectName, Version, StageOutcome, Day)
    /// It holds other files than those that were agreed to.
    case changed(ProjectName, Version)
    /// What was found in a file keeps it back.
    case held(ProjectName, Version, String)
    /// Others let releases of this project out.
    case notForYou(ProjectName, StagingSetting.Approvers)
    /// They have approved already, and somebody else has to.
    case anotherHasTo(ProjectName, Version)
    /// Nothing was chosen.
    case nothingChosen
    /// More than one touch lets out.
    case tooMany(Int)
    case approvalsOutOfRange(Int)
    /// They could let nothing out themselves.
    case wouldLockOut(ProjectName, Assurance)
    /// There are not as many owners as have to approve.
    case tooFewPeople(ProjectName, needed: Int, there: Int)
    /// The address of what waits has ended, was made anew, or never was.
    case addressGone

    public var kind: RefusalKind {
        switch self {
        case .noSuchStage, .addressGone: .notFound
        case .over, .changed, .anotherHasTo: .conflict
        case .held, .notForYou, .wouldLockOut: .forbidden
        case .nothingChosen, .tooMany, .approvalsOutOfRange, .tooFewPeople: .invalid
        }
    }

    /// `stage.…`
    public var code: String {
        switch self {
        case .noSuchStage: "stage.no-such-stage"
        case .over: "stage.over"
        case .changed: "stage.changed"
        case .held: "stage.held"
        case .notForYou: "stage.not-for-you"
        case .anotherHasTo: "stage.another-has-to"
        case .nothingChosen: "stage.nothing-chosen"
        case .tooMany: "stage.too-many"
        case .approvalsOutOfRange: "stage.approvals-out-of-range"
        case .wouldLockOut: "stage.would-lock-out"
        case .tooFewPeople: "stage.too-few-people"
        case .addressGone: "stage.address-gone"
        }
    }

    /// What was refused, why, and what to do.
    public var explanation: String {
        switch self {
        case .noSuchStage: "Nothing waits there. Look at the list of what waits for you."
        case .over(let project, let version, let outcome, let day):
            "\(project.display) \(version) \(outcome.words), on \(day.readable). Nothing has changed now. Load the page "
                + "again."
        case .changed(let project, let version):
            "The files of \(project.display) \(version) are not those that you saw: nothing was published. Look at them as "
                + "they are now, and approve again if they are what you sent."
        case .held(let project, let version, let filename):
            "\(project.display) \(version) is not published, for '\(filename)' is held until somebody has looked at what was "
                + "found in it. The page of the release says what that is."
        case .notForYou(let project, let approvers):
            "Releases of '\(project.display)' wait for \(approvers.words), and you are not one now. Ask one of them."
        case .anotherHasTo(let project, let version):
            "You have approved \(project.display) \(version) already, and the project asks for two people. Ask another one."
        case .nothingChosen: "Choose at least one release."
        case .tooMany(let most):
            "At most \(most) releases can be approved at once. Choose fewer, and the rest afterwards."
        case .approvalsOutOfRange(let number): "\(number) people cannot be asked for. One or two can."
        case .wouldLockOut(let project, let assurance):
            "Nobody lets a release out with less than \(assurance.words), so that you would lock yourself out of "
                + "'\(project.display)'. Sign in with one first."
        case .tooFewPeople(let project, let needed, let there):
            "'\(project.display)' has \(there) \(there == 1 ? "person" : "people") who could approve, and \(needed) would "
                + "have to. Invite somebody first."
        case .addressGone:
            "Nothing waits at this address. It ended with what waited, was made anew, or never was. Anyone with a role on "
                + "the project makes a new one on the page of the release."
        }
    }
}

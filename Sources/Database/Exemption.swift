/// Why something is written without being judged and recorded. This is the list of all of it; ARCHITECTURE.md has it as
/// a golden file prints it.
public enum Exemption: String, Sendable, CaseIterable {
    /// Sessions and what was shown in them.
    case sessions
    /// Known devices of accounts.
    case knownBrowsers = "known browsers"
    /// What authenticators are asked to sign.
    case challenges
    /// That a factor was used.
    case factorUse = "factor use"
    /// A password's hash at newer costs.
    case rehashing
    /// Links that work once.
    case links
    /// What an account's holder is told.
    case accountEvents = "account events"
    /// What follows a commit.
    case outbox
    /// Who does what only one process may do at a time.
    case leases
    case downloads
    /// That a token was used.
    case tokenUse = "token use"
    /// The same secrets under another key.
    case resealing
    /// The random names by which authenticators know accounts.
    case userHandles = "user handles"
    /// Where critical projects stand, and who was told.
    case standings
    /// What searches are ranked by.
    case search
    /// What of the journal stands in the log that anybody can check.
    case log
    /// That people were told of what waits for them.
    case stageNotices = "stage notices"
    case schema

    /// Why that is neither judged nor recorded.
    public var sentence: String {
        switch self {
        case .sessions:
            "Who signs in is judged by what they show, and told by the account's event log; that a session may end sooner or "
                + "later is nobody else's business."
        case .knownBrowsers:
            "It follows from a sign-in, which is judged where somebody shows who they are. It decides which guesses are counted "
                + "together and whether a sign-in is news, and speaks, among other things, for a first factor."
        case .challenges: "They are random, live for minutes, and mean nothing once they are answered."
        case .factorUse: "Counters and dates follow from what was shown, and are judged where it is verified."
        case .rehashing: "The password stays the same; anyone who has just shown it is let in by it anyway."
        case .links:
            "A link is an offer: the act is judged when it is followed, and recorded then. One that lets a session enrol a "
                + "first factor is followed by nobody but the account's holder, and the enrolment is judged and recorded."
        case .accountEvents: "The event log is a record itself, the holder's own, of acts that are on record elsewhere."
        case .outbox: "A job follows from what was done, and what becomes of it is no change of the index."
        case .leases: "They say which process does something for the next minute, and nothing of what it does."
        case .downloads: "They are counts of requests and of log files, several a second; the files are the record."
        case .tokenUse: "It is a date for the token's owner, to the minute, of requests that are logged."
        case .resealing: "The secrets stay what they are; that the key was changed is on record as an act."
        case .userHandles: "They are random, are given once, and say nothing."
        case .standings:
            "They follow from the rule, the day and the downloads; whatever is asked of people is on record."
        case .search: "It follows from releases, downloads and designations, and decides nothing but an order."
        case .log:
            "It follows from the journal, and is checked against it; or it is what other logs have shown, and proven."
        case .stageNotices:
            "It is a date for the index itself, so that people hear once of a release that waits; it decides nothing."
        case .schema: "It belongs to the version of Rind, which decides it before anybody acts."
        }
    }

    /// What may be written for it: `table` with all of its rows; `table.column` of rows that are there.
    public var columns: [String] {
        switch self {
        case .sessions: ["session", "session_proof"]
        case .knownBrowsers: ["known_browser"]
        case .challenges: ["challenge"]
        case .factorUse:
            [
                "factor.last_used_at", "factor.lost_at", "security_key.sign_count", "security_key.is_backed_up",
                "authenticator_app.last_counter",
            ]
        case .rehashing: ["account.sealed_password_hash"]
        case .links: ["one_time_link"]
        case .accountEvents: ["account_event", "former_address"]
        case .outbox: ["outbox"]
        case .leases: ["lease"]
        case .downloads:
            [
                "counted_name", "download", "download_bad_line", "download_column", "download_flush",
                "download_segment", "download_set_aside", "download_window", "download_window_sum",
            ]
        case .tokenUse: ["token.last_used_at"]
        case .resealing:
            [
                "account.sealed_password_hash", "token.root_key", "authenticator_app.sealed_secret",
                "giveaway_code.sealed_code", "outbox.sealed_payload",
            ]
        case .userHandles: ["account.user_handle"]
        case .standings:
            [
                "critical_project.latest_rank", "critical_project.latest_downloads", "critical_project.is_in_top_share",
                "critical_day", "critical_demand", "critical_notice",
            ]
        case .search: ["project_search", "search_entry"]
        case .log: ["log_entry", "log_head", "log_witnessed"]
        case .stageNotices: ["stage.told_at"]
        case .schema: ["migration", "key_file"]
        }
    }
}

import Policy
import UTC

/// How far somebody is, in words; never which keys they have.
package struct ReadinessWords: Equatable {
    package let words: String
    package let isReady: Bool
    /// Whether publishing would be refused now.
    package let isRefused: Bool

    package init(_ readiness: Readiness) {
        isRefused = readiness.refusal != nil
        isReady = readiness.isReady
        switch readiness.judgement {
        case .allowed:
            words =
                readiness.pendingFactor.map { "Waits until \($0.until.readable): the factor is new or was recovered" }
                ?? "Ready"
        case .allowedWithNotice(let notice):
            words =
                "Lacks \(notice.what.words)" + (notice.bindsAt.map { ", asked from \($0.day.readable) on" } ?? "")
        case .refused(let refusal): words = "Lacks \(refusal.missingWords)"
        }
    }
}

import Accounts
import Acts
import Primitives
import Testing
import UTC

@Suite("What a session rests on") struct SessionBasisTests {
    static let now = Timestamp(seconds: 1_800_000_000)

    /// Something to show. One that came by a recovery is on probation for another hour.
    enum Shown: Int64, CaseIterable {
        case password, app, key, attestedKey, recoveredApp, recoveredKey, formerlyRecoveredKey

        var basis: SessionBasis {
            let factor = FactorID(rawValue)
            return switch self {
            case .password: SessionBasis(.password)
            case .app: SessionBasis(.secondFactor, factor: factor)
            case .key: SessionBasis(.phishingResistant, factor: factor)
            case .attestedKey: SessionBasis(.attestedHardware, factor: factor)
            case .recoveredApp: SessionBasis(.secondFactor, factor: factor, probationUntil: now + .hours(1))
            case .recoveredKey: SessionBasis(.phishingResistant, factor: factor, probationUntil: now + .hours(1))
            case .formerlyRecoveredKey: SessionBasis(.phishingResistant, factor: factor, probationUntil: now)
            }
        }
    }

    /// Whatever is not named here changes nothing.
    static let rising: [Shown: [Shown]] = [
        .password: [.app, .key, .attestedKey, .recoveredApp, .recoveredKey, .formerlyRecoveredKey],
        .app: [.key, .attestedKey, .formerlyRecoveredKey],
        .key: [.attestedKey],
        .attestedKey: [],
        .recoveredApp: [.app, .key, .attestedKey, .recoveredKey, .formerlyRecoveredKey],
        .recoveredKey: [.key, .attestedKey, .formerlyRecoveredKey],
        .formerlyRecoveredKey: [.attestedKey],
    ]

    @Test("is what was shown last where that is worth more, and stays what it was otherwise", arguments: Shown.allCases)
    func table(before: Shown) throws {
        let rising = try #require(Self.rising[before])
        for shown in Shown.allCases {
            let after = before.basis.after(showing: shown.basis, at: Self.now)
            #expect(after == (rising.contains(shown) ? shown : before).basis, "\(before), then \(shown)")
        }
    }

    @Test("is not what no factor vouches for, however much that is said to be", arguments: Shown.allCases)
    func withoutFactor(before: Shown) {
        #expect(before.basis.after(showing: SessionBasis(.attestedHardware), at: Self.now) == before.basis)
    }

    @Test("is never less than it was, and no earlier factor gives way to one on probation")
    func never() {
        for before in Shown.allCases {
            for shown in Shown.allCases {
                let after = before.basis.after(showing: shown.basis, at: Self.now)
                #expect(after.assurance >= before.basis.assurance)
                if before.basis.factor != nil, before.basis.probationUntil.map({ $0 <= Self.now }) ?? true {
                    #expect(after.probationUntil.map { $0 <= Self.now } ?? true, "\(before), then \(shown)")
                }
            }
        }
    }
}

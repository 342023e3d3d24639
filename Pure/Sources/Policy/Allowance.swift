import PackagingFormats
import Primitives
import UTC

/// How much an account may publish within an hour and within a day.
///
/// It is there for accounts that anybody can make for themselves: a program that registers shall neither fill the disk
/// nor take the names before somebody looks. The operator sets others for an account that needs more, and none for
/// those they made.
public struct Allowance: Sendable, Hashable {
    /// How much of one thing; nil is no limit.
    public struct Limit: Sendable, Hashable {
        /// In an hour of the clock (UTC); at least 1.
        public var perHour: Int64?
        /// In 24 hours of the clock, the present one among them; at least 1.
        public var perDay: Int64?

        /// So much an hour, and so much a day.
        public init(perHour: Int64?, perDay: Int64?) {
            self.perHour = perHour
            self.perDay = perDay
        }

        /// No limit.
        public static let none = Limit(perHour: nil, perDay: nil)
    }

    /// What is limited.
    public enum Quantity: String, Sendable, CaseIterable { case projects, files, bytes }

    /// Projects that are made, or made again.
    public var projects: Limit
    /// Files that become part of the index.
    public var files: Limit
    /// Their bytes.
    public var bytes: Limit

    /// So much of each.
    public init(projects: Limit, files: Limit, bytes: Limit) {
        self.projects = projects
        self.files = files
        self.bytes = bytes
    }

    /// What real publishers need, with room; where the numbers come from stands in docs/operating.md.
    public static let usual = Allowance(
        projects: Limit(perHour: 20, perDay: 100), files: Limit(perHour: 1_000, perDay: 5_000),
        bytes: Limit(perHour: 20 << 30, perDay: 100 << 30))
    /// As much as the index takes.
    public static let unlimited = Allowance(projects: .none, files: .none, bytes: .none)

    /// The limit of a quantity.
    public subscript(quantity: Quantity) -> Limit {
        get {
            switch quantity {
            case .projects: projects
            case .files: files
            case .bytes: bytes
            }
        }
        set {
            switch quantity {
            case .projects: projects = newValue
            case .files: files = newValue
            case .bytes: bytes = newValue
            }
        }
    }

    /// Decides whether an account may publish something now.
    ///
    /// The first of a window is always taken, however large: how large a file may be is another rule.
    ///
    /// - Parameters:
    ///   - wanted: what it would publish.
    ///   - hours: what it published in the last 24 hours of the clock, in any order.
    public func decide(
        _ wanted: PublishedAmount, after hours: [PublishedHour], at now: Timestamp
    ) throws(AllowanceRefusal) {
        let current = PublishedHour.number(of: now)
        let day = hours.filter { $0.hour > current - 24 && $0.hour <= current }.sorted { $0.hour < $1.hour }
        for quantity in Quantity.allCases where wanted[quantity] > 0 || quantity == .bytes {
            let limit = self[quantity]
            func isTooMuch(_ used: Int64, _ limit: Int64) -> Bool {
                used > 0 && (used >= limit || used + wanted[quantity] > limit)
            }
            if let most = limit.perDay {
                var used = day.reduce(0) { $0 + $1.amount[quantity] }
                if isTooMuch(used, most) {
                    // The hours leave the window one by one, the oldest first.
                    var free = current + 24
                    for hour in day {
                        used -= hour.amount[quantity]
                        guard !isTooMuch(used, most) else { continue }
                        free = hour.hour + 24
                        break
                    }
                    throw AllowanceRefusal(
                        quantity, most, .day, retryAfterSeconds: PublishedHour.seconds(from: now, to: free))
                }
            }
            if let most = limit.perHour {
                let used = day.last { $0.hour == current }?.amount[quantity] ?? 0
                if isTooMuch(used, most) {
                    throw AllowanceRefusal(
                        quantity, most, .hour, retryAfterSeconds: PublishedHour.seconds(from: now, to: current + 1))
                }
            }
        }
    }
}

/// How much was published, or is to be.
public struct PublishedAmount: Sendable, Hashable {
    /// Projects that were made, or made again.
    public var projects: Int64
    /// Files.
    public var files: Int64
    /// Their bytes.
    public var bytes: Int64

    /// So much.
    public init(projects: Int64 = 0, files: Int64 = 0, bytes: Int64 = 0) {
        self.projects = projects
        self.files = files
        self.bytes = bytes
    }

    /// How much of one thing.
    public subscript(quantity: Allowance.Quantity) -> Int64 {
        switch quantity {
        case .projects: projects
        case .files: files
        case .bytes: bytes
        }
    }
}

/// What an account published in an hour of the clock (UTC).
public struct PublishedHour: Sendable, Hashable {
    /// Whole hours since 1970.
    public var hour: Int64
    /// How much.
    public var amount: PublishedAmount

    /// What was published in an hour.
    public init(hour: Int64, _ amount: PublishedAmount) {
        self.hour = hour
        self.amount = amount
    }

    /// The hour of a moment.
    public static func number(of moment: Timestamp) -> Int64 { moment.seconds / 3_600 }

    /// Whole seconds until an hour begins, at least 1.
    static func seconds(from now: Timestamp, to hour: Int64) -> Int {
        Int(clamping: max(1, hour * 3_600 - now.seconds))
    }
}

/// An account has published as much as it may for now.
public struct AllowanceRefusal: Refusal, Hashable {
    /// Within what.
    public enum Window: String, Sendable, Hashable { case hour, day }

    public let quantity: Allowance.Quantity
    /// How much it may.
    public let limit: Int64
    public let window: Window
    /// Whole seconds until it may publish the same, at least 1.
    public let retryAfterSeconds: Int

    init(_ quantity: Allowance.Quantity, _ limit: Int64, _ window: Window, retryAfterSeconds: Int) {
        self.quantity = quantity
        self.limit = limit
        self.window = window
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Always `tooMany`.
    public var kind: RefusalKind { .tooMany(retryAfterSeconds: retryAfterSeconds) }
    /// `allowance.projects`, `allowance.files` or `allowance.bytes`
    public var code: String { "allowance.\(quantity.rawValue)" }
    /// What was refused, and when to come again.
    public var explanation: String {
        let amount =
            switch quantity {
            case .projects: "\(grouped(limit)) new projects"
            case .files: "\(grouped(limit)) files"
            case .bytes: "\(ByteSize(limit))"
            }
        return "Your account has published what it may for now: \(amount) \(window == .hour ? "an hour" : "a day"). "
            + "Try again in \(Duration.seconds(retryAfterSeconds).words), or ask the people who run this "
            + "index for more (rind user limits)."
    }
}

extension Allowance.Limit {
    /// As operators write it: `20/hour,100/day`, `100/day` or `none`.
    public var text: String {
        let parts = [perHour.map { "\($0)/hour" }, perDay.map { "\($0)/day" }].compactMap(\.self)
        return parts.isEmpty ? "none" : parts.joined(separator: ",")
    }

    /// Reads what operators write; nil for anything else.
    ///
    /// - Parameter number: reads an amount, at least 1; nil for anything else.
    public init?(parsing text: String, number: (String) -> Int64?) {
        self = .none
        let text = text.filter { $0 != " " }
        guard text != "none" else { return }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, let amount = number(sides[0]), amount >= 1 else { return nil }
            switch sides[1] {
            case "hour" where perHour == nil: perHour = amount
            case "day" where perDay == nil: perDay = amount
            default: return nil
            }
        }
    }
}

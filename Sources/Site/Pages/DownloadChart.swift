import UTC

/// The downloads of the last six months, by week, as a bar chart and as a table.
struct DownloadChart {
    /// 26 weeks: half a year, whatever its months.
    static let weekCount = 26

    struct Bar {
        let x: Int
        let y: Int
        let height: Int
        let barLabel: String
    }

    struct Month {
        let monthX: Int
        let month: String
    }

    struct Week {
        let weekStart: String
        let weekISO: String
        let weekCount: String
    }

    let total: String
    let lastWeek: String
    let hasDownloads: Bool
    let chartDescription: String
    let maximum: String
    let bars: [Bar]
    let months: [Month]
    let weeks: [Week]
    let span = "\((DownloadChart.weekCount * 12 / 52).inLetters) months"
    let barWidth = DownloadChart.barWidth
    let baseline = DownloadChart.top + DownloadChart.plotHeight

    // In the units of the drawing, which is 312 wide and 124 high.
    private static let pitch = 12
    private static let barWidth = 9
    private static let top = 14
    private static let plotHeight = 90

    init(_ downloads: [(day: Day, count: Int64)], today: Day) {
        let first = today - (Self.weekCount * 7 - 1)
        var counts = [Int64](repeating: 0, count: Self.weekCount)
        for (day, count) in downloads where day >= first && day <= today {
            counts[Int(day.number - first.number) / 7] += max(count, 0)
        }
        let sum = counts.reduce(0, +)
        let scale = Self.niceCeiling(counts.max() ?? 0)
        total = sum.grouped
        lastWeek = (counts.last ?? 0).grouped
        hasDownloads = sum > 0
        maximum = scale.grouped
        let starts = (0..<Self.weekCount).map { first + $0 * 7 }
        bars = zip(counts, starts).enumerated().map { index, week in
            let (count, start) = week
            // A week with few downloads is still a line, so that it differs from one without any.
            let height = count == 0 ? 0 : max(1, Int(Double(count) / Double(scale) * Double(Self.plotHeight)))
            return Bar(
                x: index * Self.pitch, y: Self.top + Self.plotHeight - height, height: height,
                barLabel: "Week from \(start.readable): \(count.grouped)")
        }
        months = Self.months(starts)
        weeks = zip(counts, starts).reversed().map { count, start in
            Week(weekStart: start.readable, weekISO: start.description, weekCount: count.grouped)
        }
        let peak = zip(counts, starts).max { $0.0 < $1.0 }
        chartDescription =
            "A bar for each of \(Self.weekCount) weeks from \(first.readable) to \(today.readable), \(sum.grouped) downloads in all"
            + (peak.map { ", most of them, \($0.0.grouped), in the week from \($0.1.readable)." } ?? ".")
    }

    /// A label where a month begins, save where the next is too close.
    private static func months(_ starts: [Day]) -> [Month] {
        var labels: [Month] = []
        var last = -3
        for (index, start) in starts.enumerated() {
            let isNew = index == 0 ? start.civil.day <= 7 : start.civil.month != starts[index - 1].civil.month
            guard isNew, index - last >= 3, index < starts.count - 1 else { continue }
            let name = start.readable.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            labels.append(Month(monthX: index * pitch, month: name))
            last = index
        }
        return labels
    }

    /// The smallest of 1, 2, 5, 10, 20, 50, … that is not below `value`.
    static func niceCeiling(_ value: Int64) -> Int64 {
        var power: Int64 = 1
        while true {
            for factor: Int64 in [1, 2, 5] {
                let (candidate, overflow) = power.multipliedReportingOverflow(by: factor)
                if overflow { return value }
                if candidate >= value { return candidate }
            }
            let (next, overflow) = power.multipliedReportingOverflow(by: 10)
            if overflow { return value }
            power = next
        }
    }
}

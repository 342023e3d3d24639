import Policy
import UTC

/// What became of critical projects over time: as charts and as a table.
package struct CriticalCharts {
    struct Row {
        let rowDay: String
        let rowISO: String
        let rowCritical: String
        let rowPeople: String
        let rowFactor: String
        let rowResistant: String
    }

    let drawings: [LineChart]
    /// The newest first.
    let rows: [Row]

    /// Nil while nothing was computed.
    ///
    /// - Parameter isForEverybody: whether what only a few people have is left out.
    package init?(_ days: [CriticalDay], rule: MandateRule, isForEverybody: Bool) {
        guard !days.isEmpty else { return nil }
        func said(_ day: CriticalDay) -> Bool {
            !isForEverybody || day.isPublic
        }
        let moments = [
            rule.announcedFrom.map { (day: $0, word: "announced") },
            rule.enforcedFrom.map { (day: $0, word: "enforced") },
        ].compactMap(\.self)
        let dates = days.map(\.day)
        drawings = [
            LineChart(
                "Critical projects, and people bound", id: "chart-counts", days: dates,
                series: [
                    .init(name: "Critical projects", values: days.map { Double($0.critical) }),
                    .init(name: "People bound", values: days.map { Double($0.people) }),
                ], scale: .count, moments: moments),
            LineChart(
                "What these people have", id: "chart-shares", days: dates,
                series: [
                    .init(
                        name: "With any second factor",
                        values: days.map { said($0) ? percent($0.withFactor, of: $0.people) : nil }),
                    .init(
                        name: "With a security key or passkey",
                        values: days.map { said($0) ? percent($0.phishingResistant, of: $0.people) : nil }),
                ], scale: .percent, moments: moments),
        ].compactMap(\.self)
        rows = days.reversed().map { day in
            Row(
                rowDay: day.day.readable, rowISO: day.day.description, rowCritical: day.critical.grouped,
                rowPeople: day.people.grouped,
                rowFactor: said(day) ? CriticalTotals.part(day.withFactor, of: day.people) : "–",
                rowResistant: said(day) ? CriticalTotals.part(day.phishingResistant, of: day.people) : "–")
        }
    }
}

/// The figures of now.
package struct CriticalTotals {
    package let critical: String
    package let people: String
    /// Nil where that is not for everybody.
    package let withFactor: String?
    package let phishingResistant: String?
    /// Why something is left out.
    package let isWithheld: Bool

    /// - Parameter isForEverybody: whether what only a few people have is left out.
    package init(_ figures: CriticalFigures, isForEverybody: Bool) {
        critical = figures.critical.grouped
        people = figures.people.grouped
        isWithheld = isForEverybody && !figures.isPublic && figures.people > 0
        let isSaid = !isForEverybody || figures.isPublic
        withFactor = isSaid ? Self.part(figures.withFactor, of: figures.people) : nil
        phishingResistant = isSaid ? Self.part(figures.phishingResistant, of: figures.people) : nil
    }

    /// `3 (75 %)`
    package static func part(_ part: Int, of whole: Int) -> String {
        percent(part, of: whole).map { "\(part.grouped) (\(tenths($0)) %)" } ?? part.grouped
    }
}

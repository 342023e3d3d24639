import UTC

/// Up to two figures over time, as lines.
///
/// What is told apart by colour is told apart without it, too: by the stroke and by the form of the dots. All places
/// are in the units of the drawing, which is 360 wide and 200 high.
struct LineChart {
    /// A figure over time.
    struct Series {
        let name: String
        /// One for each day of the chart; nil where nothing is known, or said.
        let values: [Double?]
    }

    /// How values are written, and how high the drawing reaches.
    enum Scale {
        /// Whole numbers, up to a round one above the greatest.
        case count
        /// 0 to 100.
        case percent
    }

    /// Days in a row of which something is known.
    struct Stretch: Equatable {
        /// `x,y x,y …`
        let points: String
    }

    /// Where a day is marked.
    struct Dot: Equatable {
        let dotX: String
        let dotY: String
        /// The corner of a square around it.
        let dotLeft: String
        let dotTop: String
        let dotLabel: String
    }

    struct Line {
        let lineClass: String
        let isRound: Bool
        let lineName: String
        /// `4`, or a dash where nothing is said.
        let lineLatest: String
        let keyTextY: String
        let keyY: String
        let keyTop: String
        let stretches: [Stretch]
        let dots: [Dot]
    }

    struct Tick: Equatable {
        let tickY: String
        let tickTextY: String
        let tickText: String
    }

    /// A day that is drawn as an upright line: something began.
    struct Moment: Equatable {
        let momentX: String
        let momentTop: String
        let momentTextX: String
        let momentTextY: String
        let momentAnchor: String
        let momentText: String
    }

    let chartID: String
    let chartTitle: String
    let chartText: String
    let lines: [Line]
    let ticks: [Tick]
    let moments: [Moment]
    let firstDay: String?
    let lastDay: String
    let axisY = tenths(LineChart.bottom)
    let plotLeft = tenths(LineChart.left)

    static let width = 360.0
    /// Before it stands how much the lines across mean.
    static let left = 44.0
    static let right = 354.0
    static let top = 68.0
    static let bottom = 174.0
    /// How many days can be marked one by one before the marks run into each other.
    static let mostDots = 31
    private static let dotSize = 3.0

    /// A chart; nil while there is no day to show.
    ///
    /// - Parameters:
    ///   - id: unique on the page.
    ///   - days: in order.
    ///   - series: one or two, each with a value for each of the days.
    ///   - moments: days on which something began, with a word for it; those outside the chart are left out.
    init?(
        _ title: String, id: String, days: [Day], series: [Series], scale: Scale, moments: [(day: Day, word: String)]
    ) {
        guard let first = days.first, let last = days.last else { return nil }
        let greatest = series.flatMap(\.values).compactMap(\.self).max() ?? 0
        let ceiling: Double =
            switch scale {
            case .count: Double(DownloadChart.niceCeiling(Int64(greatest.rounded(.up))))
            case .percent: 100
            }
        chartID = id
        chartTitle = title
        let xs = days.map { Self.x(of: $0, from: first, to: last) }
        lines = series.enumerated().map { index, series in
            Self.line(index, series, days: days, xs: xs, ceiling: ceiling, scale: scale)
        }
        ticks = Self.ticks(ceiling, scale)
        self.moments = moments.filter { $0.day > first && $0.day <= last }.enumerated().map { index, moment in
            Self.moment(moment.word, at: Self.x(of: moment.day, from: first, to: last), row: index)
        }
        firstDay = first == last ? nil : first.readable
        lastDay = last.readable
        chartText = Self.text(series, days: days, scale: scale)
    }

    // MARK: Geometry

    /// Days are as far apart as they are in life. A single one stands at the right, where the latest is looked for.
    static func x(of day: Day, from first: Day, to last: Day) -> Double {
        guard last > first else { return right }
        let part = Double(day.number - first.number) / Double(last.number - first.number)
        return left + part * (right - left)
    }

    /// Nothing is at the bottom, the ceiling at the top; what is beyond is cut.
    static func y(of value: Double, ceiling: Double) -> Double {
        bottom - min(max(value / ceiling, 0), 1) * (bottom - top)
    }

    private static func line(
        _ index: Int, _ series: Series, days: [Day], xs: [Double], ceiling: Double, scale: Scale
    ) -> Line {
        let places = zip(xs, series.values).map { x, value in value.map { (x: x, y: y(of: $0, ceiling: ceiling)) } }
        let keyY = 10.0 + Double(index) * 18
        let latest = series.values.last.flatMap(\.self)
        let last = series.values.lastIndex { $0 != nil }
        let dots = places.indices.compactMap { position -> Dot? in
            guard let place = places[position], let value = series.values[position],
                days.count <= mostDots || position == last || isAlone(position, in: places.map { $0 != nil })
            else { return nil }
            return Dot(
                dotX: tenths(place.x), dotY: tenths(place.y), dotLeft: tenths(place.x - dotSize),
                dotTop: tenths(place.y - dotSize),
                dotLabel: "\(series.name), \(days[position].readable): \(text(value, scale))")
        }
        return Line(
            lineClass: index == 0 ? "line-first" : "line-second", isRound: index == 0, lineName: series.name,
            lineLatest: latest.map { text($0, scale) } ?? "–", keyTextY: tenths(keyY + 4), keyY: tenths(keyY),
            keyTop: tenths(keyY - dotSize), stretches: stretches(places), dots: dots)
    }

    private static func isAlone(_ position: Int, in known: [Bool]) -> Bool {
        (position == 0 || !known[position - 1]) && (position == known.count - 1 || !known[position + 1])
    }

    /// A line ends where nothing is known; one day alone makes none.
    static func stretches(_ places: [(x: Double, y: Double)?]) -> [Stretch] {
        places.split { $0 == nil }.filter { $0.count > 1 }.map { stretch in
            Stretch(points: stretch.compactMap(\.self).map { "\(tenths($0.x)),\(tenths($0.y))" }.joined(separator: " "))
        }
    }

    private static func ticks(_ ceiling: Double, _ scale: Scale) -> [Tick] {
        // A half that is no whole number says nothing of things that are counted.
        let halves = scale == .percent || ceiling.truncatingRemainder(dividingBy: 2) == 0 ? [0.5, 1] : [1]
        return halves.map { part in
            let place = y(of: part * ceiling, ceiling: ceiling)
            return Tick(
                tickY: tenths(place), tickTextY: tenths(place + 4), tickText: text(part * ceiling, scale))
        }
    }

    /// The word stands above the drawing, where no line runs over it: below the key, in a row of its own.
    private static func moment(_ word: String, at x: Double, row: Int) -> Moment {
        let isLate = x > width / 2
        let baseline = top - 18 + Double(row) * 12
        return Moment(
            momentX: tenths(x), momentTop: tenths(baseline - 8), momentTextX: tenths(isLate ? x - 4 : x + 4),
            momentTextY: tenths(baseline), momentAnchor: isLate ? "end" : "start", momentText: word)
    }

    // MARK: Words

    static func text(_ value: Double, _ scale: Scale) -> String {
        switch scale {
        case .count: Int64(value.rounded()).grouped
        case .percent: "\(tenths(value)) %"
        }
    }

    private static func text(_ series: [Series], days: [Day], scale: Scale) -> String {
        series.map { series in
            let known = zip(days, series.values).compactMap { day, value in value.map { (day, $0) } }
            guard let first = known.first, let last = known.last else { return "\(series.name): nothing is known." }
            let now = "\(text(last.1, scale)) on \(last.0.readable)"
            return first.0 == last.0
                ? "\(series.name): \(now)."
                : "\(series.name): \(text(first.1, scale)) on \(first.0.readable), \(now)."
        }.joined(separator: " ")
    }
}

/// A number with at most one decimal: `12`, `12.5`.
func tenths(_ number: Double) -> String {
    let tenths = Int64((number * 10).rounded())
    let whole = "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10)"
    return tenths.magnitude % 10 == 0 ? whole : "\(whole).\(tenths.magnitude % 10)"
}

/// A share of a number of things in per cent; nil of none.
func percent(_ part: Int, of whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) * 100 }

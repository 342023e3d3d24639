/// What is wrong with a text that Prometheus is to read, by the rules of the format and those that `promtool check
/// metrics` asks beside them; empty when nothing is.
///
/// Source: prometheus.io, "Exposition formats" and "Metric and label naming".
package func flawsOfExposition(_ text: String) -> [String] {
    var flaws: [String] = []
    if !text.hasSuffix("\n") { flaws.append("the last line has no end") }
    var (helps, types): (Set<Substring>, [Substring: Substring]) = ([], [:])
    var family: Substring = ""
    var seen: Set<Substring> = []
    var buckets: [String: [(bound: Double, count: Double)]] = [:]
    var counts: [String: Double] = [:]
    for line in text.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 3)
        if line.hasPrefix("# HELP ") {
            if words.count < 4 { flaws.append("no help: \(line)") }
            if !helps.insert(words[2]).inserted { flaws.append("a second help: \(line)") }
            family = words[2]
            continue
        }
        if line.hasPrefix("# TYPE ") {
            guard words.count == 4, ["counter", "gauge", "histogram", "summary"].contains(words[3]) else {
                flaws.append("no type: \(line)")
                continue
            }
            if types.updateValue(words[3], forKey: words[2]) != nil { flaws.append("a second type: \(line)") }
            if words[2] != family || !helps.contains(words[2]) { flaws.append("a type without its help: \(line)") }
            if (words[3] == "counter") != words[2].hasSuffix("_total") {
                flaws.append("only counters end in _total: \(line)")
            }
            if ["_count", "_sum", "_bucket"].contains(where: words[2].hasSuffix) {
                flaws.append("a name that looks like a part of another: \(line)")
            }
            continue
        }
        guard let sample = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)/) else {
            flaws.append("no sample: \(line)")
            continue
        }
        let (name, labels) = (sample.1, sample.2 ?? "")
        if !labels.isEmpty,
            labels.wholeMatch(
                of: /\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*")*\}/
            )
                == nil
        {
            flaws.append("labels: \(line)")
        }
        guard let value = Double(sample.3.replacing("Inf", with: "inf")) else {
            flaws.append("no number: \(line)")
            continue
        }
        if !seen.insert(line.dropLast(sample.3.count)).inserted { flaws.append("twice: \(line)") }
        let type = types[family]
        let endings =
            type == "histogram" ? ["_bucket", "_sum", "_count"] : type == "summary" ? ["", "_sum", "_count"] : [""]
        guard endings.contains(where: { name == family + $0 }) else {
            flaws.append("not of the family before it (\(family)): \(line)")
            continue
        }
        if type == "counter", value < 0 { flaws.append("less than nothing: \(line)") }
        guard type == "histogram" else { continue }
        let others = labels.replacing(/,?le="[^"]*"/, with: "")
        let key = "\(family)\(others == "{}" ? "" : others)"
        if name.hasSuffix("_bucket") {
            guard let bound = labels.firstMatch(of: /le="([^"]*)"/)?.1,
                let number = Double(bound.replacing("Inf", with: "inf"))
            else {
                flaws.append("a bucket without a bound: \(line)")
                continue
            }
            if let last = buckets[key]?.last, last.bound >= number || last.count > value {
                flaws.append("buckets do not rise: \(line)")
            }
            buckets[key, default: []].append((number, value))
        } else if name.hasSuffix("_count") {
            counts[key] = value
        }
    }
    for (key, all) in buckets where all.last?.bound != .infinity || all.last?.count != counts[key] {
        flaws.append("the last bucket is not all: \(key)")
    }
    flaws += types.keys.filter { name in !seen.contains { $0.hasPrefix(name) } }.map { "no samples: \($0)" }
    return flaws
}

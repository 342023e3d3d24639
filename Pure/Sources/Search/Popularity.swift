/// How much a project is downloaded, in steps: what an index is ordered by, so that it finds the most used first.
public enum Popularity {
    /// The greatest step.
    public static let mostBands = 63

    /// The step of a number of downloads: the logarithm to the base of 2, rounded down; 0 for none.
    public static func band(of downloads: Int64) -> Int {
        downloads < 1 ? 0 : min(mostBands, Int64.bitWidth - downloads.leadingZeroBitCount)
    }

    /// The step of a project that had another one before. What goes up and down between two steps stays where it is, for
    /// its place in an index is written anew with each.
    public static func band(of downloads: Int64, before: Int) -> Int {
        let band = band(of: downloads)
        guard abs(band - before) == 1 else { return band }
        // Within a quarter of a step of where it was.
        let edge = Int64(1) << Int64(max(band, before) - 1)
        let isNear = band > before ? downloads < edge + edge / 4 : downloads >= edge - edge / 4
        return isNear ? before : band
    }
}

extension Duration {
    /// So many times 24 hours. Days of the calendar are as long, for UTC is counted without leap seconds.
    public static func days(_ count: some BinaryInteger) -> Duration { .seconds(count) * 86_400 }

    /// So many times 60 minutes.
    public static func hours(_ count: some BinaryInteger) -> Duration { .seconds(count) * 3_600 }

    /// So many times 60 seconds.
    public static func minutes(_ count: some BinaryInteger) -> Duration { .seconds(count) * 60 }
}

import UTC

extension RequestOrigin {
    /// What the browser calls itself, in the words of people: `Firefox on Linux`. The text as it came where no browser
    /// is recognised in it.
    ///
    /// Browsers name each other, so the order matters: Edge says that it is Chrome, Chrome that it is Safari.
    public var clientWords: String {
        func first(_ known: [(mark: String, words: String)]) -> String? {
            known.first { client.contains($0.mark) }?.words
        }
        guard let browser = first(Self.browsers) else { return client.isEmpty ? "Unknown browser" : client }
        return first(Self.systems).map { "\(browser) on \($0)" } ?? browser
    }

    private static let browsers = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Headless Chrome"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ("Lynx", "Lynx"), ("w3m", "w3m"), ("curl/", "curl"), ("python-requests/", "Python requests"),
    ]
    private static let systems = [
        ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
        ("Windows", "Windows"), ("Macintosh", "a Mac"), ("Linux", "Linux"), ("FreeBSD", "FreeBSD"),
        ("OpenBSD", "OpenBSD"),
    ]
}

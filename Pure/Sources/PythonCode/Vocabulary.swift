/// The names that rules can name. A file that has none of their words is not looked into any deeper.
///
/// A name is dotted and canonical, as `PythonCall.name` says it: `os.system`, `exec`, `requests.get`. Calls on the way
/// are left out: `open(p).read()` calls `open.read`.
/// - `subprocess.*` is `subprocess` and everything below it.
/// - `*.recv` is `recv` of anything, known or not.
public struct Vocabulary: Sendable {
    /// All names match: for tests, and for looking at a file.
    public static let everything = Vocabulary(names: ["*"])

    /// - Parameters:
    ///   - names: what is looked for: calls, reads, and where values come from.
    ///   - answers: calls whose result is not made of their arguments, names in the same form: what `requests.post`
    ///     gives back comes from the network, and not from the token that was sent.
    public init(names: some Sequence<String>, answers: some Sequence<String> = [] as [String]) {
    }
}

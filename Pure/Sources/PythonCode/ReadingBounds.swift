import PythonSyntax

/// How much is done for one file. What is beyond a bound is left out, and is a problem of the file
/// (`CodeProblem.Kind.bound`), so that nobody hides behind one.
public struct ReadingBounds: Sendable {
    /// How deep brackets, blocks and f-strings may be within each other. Python's own are 200, 100 and 150.
    public var nesting = 200
    /// Bytes of constants that are made by folding, together.
    public var foldedBytes = 8 << 20
    /// Evaluations beyond the one of each expression: elements of comprehensions, bodies of functions that are called.
    public var steps = 400_000
    /// How many constants a value may be, and how many origins it may have.
    public var alternatives = 32
    /// How many times code that is given to `exec` as a constant is read as a file, within each other.
    public var embedding = 6
    /// Bytes of such code, together.
    public var embeddedBytes = 4 << 20
    /// How many calls, reads, assignments, definitions, folded constants are given, each.
    public var results = 20_000
    /// How many problems are given.
    public var problems = 200

    public init() {}
}

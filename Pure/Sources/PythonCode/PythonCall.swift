import PythonSyntax

/// In which part of the file something is, and when it runs.
public struct CodePlace: Sendable, Hashable {
    /// When code runs.
    public enum Run: Sendable, Hashable {
        /// When the file is imported or run: module level, class bodies, decorators, defaults, and functions that are
        /// called from there.
        case onImport
        /// Below `if __name__ == "__main__":`, and functions that only code there calls.
        case asProgram
        /// When something outside of the file calls the function that it is in.
        case whenCalled
    }

    public var run: Run
    /// The function that it is in, qualified within the file: `fetch`, `Install.run`. Nil outside of functions.
    public var function: String?
    /// The class that it or its function is in, qualified within the file.
    public var type: String?
}

/// A call.
public struct PythonCall: Sendable, Hashable {
    /// What is called, canonical: resolved through imports and their aliases, variables, parameters, `getattr`,
    /// `__import__`, `globals()["…"]` and so on. `os.system`, `exec`, `open.read` for `open(p).read()`, `str.join` for a
    /// method of a constant. What nothing in the file says anything about begins with `?`: `?.recv`. A name that the
    /// file neither imports nor assigns stays as it is written.
    public var name: String
    /// What is called, as it is written.
    public var written: String
    /// Whether what is called was got at in a roundabout way: `getattr`, `__dict__`, `globals()`, `__import__` of
    /// anything, `vars`, `sys.modules`, `builtins`, `__call__`.
    public var isIndirect: Bool
    public var arguments: [PythonArgument]
    /// What the method is called on, if it is a method: the socket in `s.send(x)`.
    public var receiver: PythonValue?
    /// Where the called name begins.
    public var position: CodePosition
    /// The line on which the statement begins.
    public var statementLine: Int
    public var place: CodePlace

    /// The argument with that keyword, or else at that position; nil if it is not given.
    public func argument(_ position: Int?, _ keyword: String? = nil) -> PythonValue? {
        if let keyword, let named = arguments.first(where: { $0.keyword == keyword }) { return named.value }
        guard let position else { return nil }
        let positional = arguments.prefix { !$0.isUnpacked }.filter { $0.keyword == nil }
        return positional.indices.contains(position) ? positional[position].value : nil
    }
}

/// An argument of a call.
public struct PythonArgument: Sendable, Hashable {
    /// `cmdclass` in `cmdclass=x`; nil for an argument by position.
    public var keyword: String?
    /// Whether it is `*x` or `**x`.
    public var isUnpacked: Bool
    public var value: PythonValue
    public var line: Int
}

/// A name that is read and not called.
public struct PythonRead: Sendable, Hashable {
    /// Canonical, as in `PythonCall.name`.
    public var name: String
    public var isIndirect: Bool
    /// The key, if it is subscripted by a constant: `HOME` in `os.environ["HOME"]`.
    public var key: String?
    public var position: CodePosition
    public var statementLine: Int
    public var place: CodePlace
}

/// An assignment, also an augmented one, a walrus, and `del` with no value.
public struct PythonAssignment: Sendable, Hashable {
    /// What is assigned to, canonical where it is an attribute (`socket.socket.connect`), a variable's name otherwise.
    public var target: String
    /// The key, if it is a subscript by a constant: `LD_PRELOAD` in `os.environ["LD_PRELOAD"] = x`.
    public var key: String?
    public var value: PythonValue
    public var position: CodePosition
    public var place: CodePlace
}

/// An import.
public struct PythonImport: Sendable, Hashable {
    /// The module or the thing in it, as the file may name it from then on: `os`, `subprocess.Popen`, `.models.User`
    /// where it is relative; `os.*` for all of a module.
    public var name: String
    /// What it is called in the file: `o` in `import os as o`.
    public var alias: String
    /// Whether it is a call of `__import__`, `importlib.import_module` or the like.
    public var isIndirect: Bool
    public var position: CodePosition
    public var place: CodePlace
}

/// A function or a class.
public struct PythonDefinition: Sendable, Hashable {
    /// What is defined: a function or a method, or a class.
    public enum Kind: Sendable, Hashable { case function, type }
    public var kind: Kind
    /// Qualified within the file: `Install.run`.
    public var name: String
    /// Canonical names of the bases of a class, `?` for those that are unknown.
    public var bases: [String]
    /// Canonical names of the decorators.
    public var decorators: [String]
    /// Names of the methods of a class, in their order.
    public var methods: [String]
    public var position: CodePosition
    /// The last line of its body.
    public var lastLine: Int
    public var place: CodePlace
}

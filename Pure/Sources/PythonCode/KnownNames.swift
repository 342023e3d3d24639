import PythonSyntax

/// What a known function does to constants.
enum Fold: UInt8 {
    case none
    // Getting at things.
    case getattr, importModule, scope, attributeGetter, partial, eval, superclass
    // Numbers and characters.
    case chr, ord, str, bytes, int, list, tuple, reversed, range, map, filter, length, hex
    // Decodings.
    /// What comes of it says nothing of what it was given.
    case opaque
    case base64, base32, base16, base85, ascii85, hexadecimal, codecs, decompress
    // Paths.
    case joinPath, firstArgument, home
    case makeTranslation
    // Methods.
    case join, format, replace, split, strip, lower, upper, swapcase, decode, encode, translate, get, toHex, append,
        extend, getattribute, callMethod, items, values, copy, joinPathMethod
}

/// Names that the reader itself knows.
enum KnownNames {
    /// Words by which names are got at in a roundabout way: a file that has one is looked into.
    static let indirect = [
        "__import__", "importlib", "import_module", "globals", "locals", "vars", "__builtins__", "builtins", "eval",
        "exec", "__subclasses__",
    ]
    /// The same, of something that has to be there: with the first word of a name of the vocabulary in the same file.
    static let indirectOfThings = ["getattr", "__dict__", "__getattribute__", "attrgetter", "methodcaller"]

    static let folds: [(String, Fold)] = [
        ("getattr", .getattr), ("object.__getattribute__", .getattr), ("__import__", .importModule),
        ("importlib.import_module", .importModule),
        ("importlib.__import__", .importModule), ("pydoc.locate", .importModule), ("globals", .scope),
        ("locals", .scope), ("vars", .scope), ("operator.attrgetter", .attributeGetter),
        ("functools.partial", .partial), ("eval", .eval), ("super", .superclass),
        ("chr", .chr), ("unichr", .chr), ("ord", .ord), ("str", .str), ("unicode", .str),
        ("bytes", .bytes), ("bytearray", .bytes), ("memoryview", .firstArgument), ("int", .int), ("list", .list),
        ("tuple", .tuple), ("reversed", .reversed), ("range", .range), ("xrange", .range),
        ("map", .map), ("filter", .filter), ("len", .length), ("iter", .firstArgument), ("hex", .hex),
        ("isinstance", .opaque), ("issubclass", .opaque), ("print", .opaque), ("callable", .opaque),
        ("hasattr", .opaque), ("bool", .opaque), ("id", .opaque), ("type", .opaque), ("hash", .opaque),
        ("base64.b64decode", .base64), ("base64.urlsafe_b64decode", .base64), ("base64.standard_b64decode", .base64),
        ("base64.decodebytes", .base64), ("base64.decodestring", .base64), ("binascii.a2b_base64", .base64),
        ("base64.b32decode", .base32), ("base64.b16decode", .base16), ("base64.b85decode", .base85),
        ("base64.a85decode", .ascii85), ("binascii.unhexlify", .hexadecimal), ("binascii.a2b_hex", .hexadecimal),
        ("bytes.fromhex", .hexadecimal), ("bytearray.fromhex", .hexadecimal), ("codecs.decode", .codecs),
        ("codecs.encode", .codecs), ("zlib.decompress", .decompress), ("gzip.decompress", .decompress),
        ("bz2.decompress", .decompress), ("lzma.decompress", .decompress), ("os.path.join", .joinPath),
        ("posixpath.join", .joinPath), ("ntpath.join", .joinPath),
        ("os.path.expanduser", .firstArgument), ("os.path.expandvars", .firstArgument),
        ("os.path.abspath", .firstArgument), ("os.path.realpath", .firstArgument),
        ("os.path.normpath", .firstArgument), ("os.fspath", .firstArgument), ("os.fsencode", .firstArgument),
        ("os.fsdecode", .firstArgument), ("pathlib.Path", .joinPath), ("pathlib.PurePath", .joinPath),
        ("pathlib.PosixPath", .joinPath), ("pathlib.WindowsPath", .joinPath), ("pathlib.Path.home", .home),
        ("str.maketrans", .makeTranslation), ("bytes.maketrans", .makeTranslation),
        ("string.maketrans", .makeTranslation),
        ("str.join", .join), ("str.format", .format), ("bytes.decode", .decode), ("str.encode", .encode),
        ("str.lower", .lower), ("str.upper", .upper), ("str.replace", .replace),
    ]

    /// Methods of constants, and of containers.
    static let methods: [(String, Fold)] = [
        ("join", .join), ("format", .format), ("replace", .replace), ("split", .split), ("strip", .strip),
        ("lstrip", .strip), ("rstrip", .strip), ("lower", .lower), ("casefold", .lower), ("upper", .upper),
        ("swapcase", .swapcase),
        ("decode", .decode), ("encode", .encode), ("translate", .translate), ("get", .get), ("hex", .toHex),
        ("append", .append), ("add", .append), ("insert", .append), ("write", .append), ("put", .append),
        ("appendleft", .append), ("setdefault", .append), ("extend", .extend), ("update", .extend),
        ("__getattribute__", .getattribute), ("__getattr__", .getattribute), ("__call__", .callMethod),
        ("items", .items), ("values", .values), ("copy", .copy), ("keys", .copy), ("tobytes", .copy),
        ("expanduser", .copy), ("resolve", .copy), ("absolute", .copy), ("as_posix", .copy),
        ("joinpath", .joinPathMethod),
    ]

    /// Attributes of namespaces.
    static let attributes = ["__dict__", "__builtins__", "builtins", "modules", "sys", "__builtin__", "__main__"]

    static let words: [String] =
        folds.flatMap { $0.0.split(separator: ".").map(String.init) } + methods.map(\.0) + attributes + indirect
        + indirectOfThings
        + ["__name__", "__init__", "bytes", "str", "list", "dict", "tuple", "set", "int", "os", "path"]
}

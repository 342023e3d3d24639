/// Names that belong to Python's standard library and that nobody may take for a project.
///
/// Somebody who types `pip install os-path` must not get a stranger's code.
public enum StandardLibrary {
    /// True when a module of the standard library has this name, in any Python from 2.6 to 3.14, submodules included:
    /// `xml.etree` takes the name `xml-etree`.
    ///
    /// A project that is older than the module (`dataclasses`, `importlib-metadata`) exists all the same: ask this only
    /// when a *new* project is created by an upload, not when known files are imported.
    public static func contains(_ name: ProjectName) -> Bool { names.contains(name.normalized) }

    private static let names: Set<String> = {
        var names: Set<String> = []
        for line in StandardLibraryList.lines { names.formUnion(line.split(separator: " ").map(String.init)) }
        return names
    }()
}

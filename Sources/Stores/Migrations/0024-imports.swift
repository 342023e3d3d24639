import Database

extension Migration {
    /// What was passed over when a file was imported; the look-alikes of names that are kept; classifiers beyond the list.
    static let imports = Migration(
        "0024-imports",
        """
        CREATE TABLE file_note (
            file_id  {integer} NOT NULL REFERENCES file (id),
            position {integer} NOT NULL,                         -- from 0
            note     TEXT      NOT NULL,                         -- a sentence
            PRIMARY KEY (file_id, position)
        ) {strict};

        ALTER TABLE reserved_name ADD COLUMN ultranormalized TEXT NOT NULL DEFAULT '';
        UPDATE reserved_name SET ultranormalized =
            REPLACE(REPLACE(REPLACE(REPLACE(normalized, '-', ''), 'l', '1'), 'i', '1'), 'o', '0');
        CREATE INDEX reserved_name_ultranormalized ON reserved_name (ultranormalized);

        CREATE TABLE classifier (
            name TEXT NOT NULL PRIMARY KEY
        ) {strict};
        """)
}

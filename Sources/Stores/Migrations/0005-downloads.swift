import Database

extension Migration {
    /// Counts by name in columns, and what of logs was counted.
    static let downloads = Migration(
        "0005-downloads",
        """
        CREATE TABLE counted_name (
            number     {integer} NOT NULL PRIMARY KEY,           -- 0, 1, 2, ... without gaps, for ever
            normalized TEXT      NOT NULL UNIQUE                 -- hosted or not
        ) {strict};

        CREATE TABLE download_column (
            place  {integer} NOT NULL PRIMARY KEY,               -- kind * 2^48 + block * 2^24 + day
            counts {bytes}   NOT NULL                            -- docs/decisions/0009-counts-in-columns.md
        ) {strict};

        -- The sums of a window of days, kept up with every change of a day in it.
        CREATE TABLE download_window (
            only      {integer} NOT NULL PRIMARY KEY CHECK (only = 1),
            first_day {integer} NOT NULL,                        -- days since 1970, UTC
            last_day  {integer} NOT NULL
        ) {strict};
        CREATE TABLE download_window_sum (
            block  {integer} NOT NULL PRIMARY KEY,
            counts {bytes}   NOT NULL
        ) {strict};

        -- What was counted from outside, each once.
        CREATE TABLE download_segment (
            digest      {bytes}   NOT NULL PRIMARY KEY,          -- SHA-256 of what it says, unpacked
            kind        TEXT      NOT NULL,                      -- log, history
            file_digest {bytes}   NOT NULL,                      -- SHA-256 of the file as it was, packed or not
            file_size   {integer} NOT NULL,                      -- bytes of the file as it was
            first_line  {bytes}   NOT NULL,                      -- SHA-256 of its first line
            size        {integer} NOT NULL,                      -- bytes, unpacked
            file        TEXT      NOT NULL,                      -- what it was called
            applied_at  {integer} NOT NULL,
            last_day    {integer} NOT NULL,                      -- the last that a line of it tells of
            summary     TEXT      NOT NULL                       -- JSON
        ) {strict};
        CREATE INDEX download_segment_file ON download_segment (file_size);
        CREATE INDEX download_segment_first_line ON download_segment (first_line);

        CREATE TABLE download_bad_line (
            digest {bytes}   NOT NULL REFERENCES download_segment (digest),
            line   {integer} NOT NULL,                           -- from 1
            reason TEXT      NOT NULL,
            text   TEXT      NOT NULL,                           -- its beginning
            PRIMARY KEY (digest, line)
        ) {strict};

        CREATE TABLE download_set_aside (
            path   TEXT      NOT NULL PRIMARY KEY,
            at     {integer} NOT NULL,
            reason TEXT      NOT NULL
        ) {strict};

        -- What was counted by project so far. Whoever opens the database next folds it into columns.
        INSERT INTO counted_name (number, normalized)
            SELECT ROW_NUMBER() OVER (ORDER BY project.id) - 1, project.normalized FROM project
            WHERE EXISTS (SELECT 1 FROM download_day WHERE download_day.project_id = project.id);
        CREATE TABLE download_unfolded (
            number {integer} NOT NULL,
            kind   {integer} NOT NULL,                           -- 0 downloads, 1 mirrors
            day    {integer} NOT NULL,
            count  {integer} NOT NULL
        ) {strict};
        INSERT INTO download_unfolded (number, kind, day, count)
            SELECT counted_name.number, 0, download_day.day, download_day.count
            FROM download_day
            JOIN project ON project.id = download_day.project_id
            JOIN counted_name ON counted_name.normalized = project.normalized;
        INSERT INTO download_unfolded (number, kind, day, count)
            SELECT counted_name.number, 1, download.day, SUM(download.count)
            FROM download
            JOIN file ON file.id = download.file_id
            JOIN project ON project.id = file.project_id
            JOIN counted_name ON counted_name.normalized = project.normalized
            WHERE download.is_mirror = 1
            GROUP BY counted_name.number, download.day;
        DROP TABLE download_day;
        CREATE INDEX download_by_day ON download (day);
        """)
}

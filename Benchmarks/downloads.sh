#!/usr/bin/env bash
# Measures counting, beside DuckDB with the same counts and the same logs in the same run.
#
#     Benchmarks/downloads.sh [NAMES [DAYS [LINES]]]      default 700000 400 2000000
#
# Needs python3, gzip and zstd, and three gigabytes below the folder for temporary files, which it removes. DuckDB comes
# from PyPI into an environment of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
names=${1:-700000} days=${2:-400} lines=${3:-2000000}
swift build -c release --product DownloadsBenchmark
program=$(swift build -c release --show-bin-path)/DownloadsBenchmark
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
if [ -z "${DUCK:-}" ]; then
    python3 -m venv "$work/duck" && "$work/duck/bin/pip" install -q --disable-pip-version-check duckdb==2.0.0 numpy==2.3.5
    DUCK=$work/duck/bin/python
fi

echo "== what else runs on the machine: $(cut -d' ' -f1-3 /proc/loadavg) processes on average over 1, 5 and 15 minutes, $(nproc) processors"
echo "== $names names, $days days"
"$program" store "$work" "$names" "$days"
"$DUCK" Benchmarks/downloads.py store "$work" "$names"
rm -f "$work"/duck.db* "$work"/counts.bin "$work"/store.sqlite*

echo "== logs of $lines lines"
"$program" log "$work" "$lines"
gzip -k6 "$work/access.log" && zstd -qk3 "$work/access.log"
ls -l "$work"/access.log* | awk '{print $5, $9}'
for packed in "" .gz .zst; do
    rm -f "$work"/ingest.sqlite*
    "$program" ingest "$work" "$work/access.log$packed"
    "$DUCK" Benchmarks/downloads.py ingest "$work/access.log$packed"
done
echo "== load at the end: $(cut -d' ' -f1-3 /proc/loadavg)"

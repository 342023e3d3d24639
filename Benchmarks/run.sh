#!/usr/bin/env bash
# Measures the release binary. `make bench` builds first and then calls this; it is no part of a test run.
#
#   PEERS=folder   the harness that runs other indexes beside this one; default ../shared/bench/peers
#   SERVERS=list   which of them: nginx is the ceiling that the client leaves; default nginx,devpi
#   QUICK=1        short samples, once: minutes instead of an hour or two
#   OUT=folder     where the results go; default .build/bench
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

RIND=$PWD/.build/release/rind
PEERS=${PEERS:-../shared/bench/peers}
SERVERS=${SERVERS:-nginx,devpi}
OUT=${OUT:-.build/bench}
PYTHON=${PYTHON:-python3}
mkdir -p "$OUT"

[ -x "$RIND" ] || { echo "There is no $RIND. Run: make build"; exit 1; }

say() { printf '\n== %s\n' "$*"; }

tools() { for tool in "$@"; do PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || return 1; done; }
tools curl nginx wrk gzip zstd || .ci/install-packages curl nginx-light wrk gzip zstd

say "The edge alone, beside nginx with the same bytes"
PATH=$PATH:/usr/sbin Benchmarks/edge.sh ${QUICK:+2} | tee "$OUT/edge.txt"

# Builds a program and runs it; with QUICK, with smaller numbers than its own.
program() {
    swift build -c release --product "$1"
    "$(swift build -c release --show-bin-path)/$1" "${@:2}"
}

say "What each step of a sign-in takes"
program SignInBenchmark ${QUICK:+4} | tee "$OUT/sign-in.txt"

say "What the rule for critical projects adds to an upload"
program MandateBenchmark ${QUICK:+50} | tee "$OUT/mandate.txt"

say "What a search takes among 100,000 projects"
program SearchBenchmark ${QUICK:+20000} | tee "$OUT/search.txt"

say "What the verifiable log costs: uploads, proofs, and those who check it"
program LogBenchmark ${QUICK:+100000 5000 400} | tee "$OUT/log.txt"

say "What a page of the past takes, of a project with 5,000 releases"
program PastBenchmark ${QUICK:+500} | tee "$OUT/past.txt"

say "Counting downloads, beside DuckDB with the same counts and logs"
Benchmarks/downloads.sh ${QUICK:+20000 60 200000} | tee "$OUT/downloads.txt"

say "The worst project that is accepted, and what others wait beside those who ask for it"
Benchmarks/worst_project.py ${QUICK:+--releases 200 --files 100 --seconds 5} | tee "$OUT/worst.txt" ||
    say "Something costs more than it should: see the lines that say OVER."

say "What it takes to render a description"
if ls .build/clients/packages/readmes/*.whl >/dev/null 2>&1; then
    Benchmarks/descriptions.py .build/clients/packages/readmes | tee "$OUT/descriptions.txt"
else
    say "There are no descriptions: make test-slow PYTEST=\"-k sixty\" fetches them."
fi

say "Memory during a 1 GB upload; start and memory with 5,000 projects"
.build/clients/tests/bin/python -m pytest -c Tests/Clients/pytest.ini Tests/Clients/test_memory.py -m slow --durations=0 |
    tee "$OUT/memory.txt"

if [ ! -e "$PEERS/run.py" ]; then
    say "No harness at $PEERS (PEERS=folder names another place): the comparison with other indexes is left out."
    exit 0
fi

say "Beside $SERVERS, with the same corpus, clients and machine"
options=()
[ -z "${QUICK:-}" ] || options=(--seconds 3 --reps 1 --tries 1 --quiet-wait 5)
"$PYTHON" "$PEERS/run.py" --peers "$SERVERS" --venvs "$OUT/venvs" --out "$OUT" "${options[@]}" \
    --extra 'rind=http://127.0.0.1:{port}' \
    --extra-opt "rind.cmd=$RIND serve --data {data}/index --port {port} --log-level warning" \
    --extra-opt "rind.setup=$PWD/Benchmarks/bench-token.sh $RIND {data}/index" \
    --extra-opt "rind.version=$RIND --version" \
    --extra-opt rind.upload=/legacy/ --extra-opt rind.user=__token__ --extra-opt 'rind.note=release build, defaults' \
    "$@"
say "Written: $OUT/RESULTS.md"

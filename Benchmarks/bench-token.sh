#!/bin/sh
# bench-token.sh RIND DATA: makes an account in a running index and prints a token of it, alone.
set -eu
"$1" user add bench --email bench@example.org --data "$2" >/dev/null
"$1" token issue bench --data "$2"

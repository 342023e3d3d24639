#!/bin/sh
# Measures the HTTP edge beside nginx and beside Hummingbird without the edge, serving the same bytes on loopback, and
# prints the ratios.
#
#     Benchmarks/edge.sh [SECONDS [ROUNDS]]     one measurement takes SECONDS (default 5); there are 21 in each of ROUNDS (3)
#
# Needs wrk, nginx and python3. Everything it starts it ends again, and everything it writes is in a folder it removes.
set -eu
seconds=${1:-5}
rounds=${2:-3}
cd "$(dirname "$0")/.."
swift build -c release --product EdgeBenchmark
program=$(swift build -c release --show-bin-path)/EdgeBenchmark
work=$(mktemp -d)
ours=18081
theirs=18082
without=18083
trap 'kill $edge $alone $nginx 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
nginx=
alone=
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

"$program" "$work/www" $ours >"$work/edge.log" 2>&1 &
edge=$!
"$program" "$work/alone" $without alone >"$work/alone.log" 2>&1 &
alone=$!
cat >"$work/nginx.conf" <<CONF
worker_processes auto;
worker_rlimit_nofile 65536;
pid $work/nginx.pid;
error_log $work/nginx.log;
daemon off;
events { worker_connections 20000; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=20000 inactive=600s; open_file_cache_valid 60s;
  gzip_static on;
  default_type application/octet-stream;
  types { text/html html; application/vnd.pypi.simple.v1+json json; }
  client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
  map \$http_accept \$page { default index.html; ~json index.json; }
  server { listen 127.0.0.1:$theirs backlog=4096; root $work/www; location ~ /\$ { try_files \$uri\$page =404; } }
}
CONF
for port in $ours $without; do
    for _ in $(seq 100); do
        curl -s -o /dev/null "http://127.0.0.1:$port/simple/large/" && break
        sleep 0.1
    done
done
chmod 755 "$work"
nginx -e "$work/nginx.log" -c "$work/nginx.conf" &
nginx=$!
sleep 1
python3 Benchmarks/edge.py --seconds "$seconds" --rounds "$rounds" --ours $ours --theirs $theirs --without $without \
    --edge $edge --nginx $nginx --alone $alone

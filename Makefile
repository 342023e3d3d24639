# `make serve` and `make test` do everything on a fresh Debian 12 with a Swift 6.3 toolchain; the other targets are
# their parts. Whatever is missing is installed, and is named before that.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

# What to give to `rind serve`, as in: make serve ARGS="--port 9000 --base-url https://packages.example.org"
ARGS ?=
# What to give to pytest, as in: make test-clients PYTEST="-m slow -k memory"
PYTEST ?=

# How many files of client tests run side by side; much of what they do is to wait for a browser or a tool.
WORKERS ?= 3

PYTHON ?= python3
RIND := .build/release/rind
CLIENTS := .build/clients
LOGS := .build/logs
CHECKS := --explicit-target-dependency-import-check error

# How many cases of the Swift tests run at a time. All at once, they wait for each other for minutes.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 8

# How long the Swift tests and those with real clients may take, each. Beyond it they hang, and say where.
PATIENCE ?= 35m

# A crash ends with the calls that led to it.
export SWIFT_BACKTRACE := enable=yes,color=no,threads=crashed,registers=none,images=none

LIBRARIES := ca-certificates git libargon2-dev libb2-dev libcmark-gfm-dev libcmark-gfm-extensions-dev \
	libcurl4-openssl-dev libisal-dev libqrencode-dev libsqlite3-dev libxxhash-dev libzstd-dev libzxcvbn-dev pkg-config zlib1g-dev \
	python3-docutils python3-pygments

# Installs those that are missing, or says what to ask the administrator for.
INSTALL := .ci/install-packages

.PHONY: help serve test bench build lint format clean libraries clients test-pure test-swift test-clients test-slow mutants

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

serve: build ## Build what is missing and serve from ./rind-data
	@exec $(RIND) serve --data rind-data $(ARGS)

test: lint test-pure test-swift build test-clients ## Everything that has to pass before a change is taken in
	@echo; for log in pure swift clients; do grep -E 'Test run with|(passed|failed|error).* in ' $(LOGS)/$$log.log | tail -n 1; done

bench: build clients ## Measure: all programs in Benchmarks/, and other indexes beside this one (PEERS=folder)
	@Benchmarks/run.sh

build: libraries ## The release binary, .build/release/rind
	@swift build -c release --product rind $(CHECKS)

lint: libraries ## Formatting and the rules of swift-format
	@swift format lint --strict --parallel -r Sources Tests Benchmarks Pure/Sources Pure/Tests Package.swift Pure/Package.swift

format: ## Let swift-format do what it can
	@swift format --in-place --parallel -r Sources Tests Benchmarks Pure/Sources Pure/Tests Package.swift Pure/Package.swift

test-pure: libraries | $(LOGS) ## The rules and formats
	@swift test --package-path Pure $(CHECKS) --disable-xctest 2>&1 | tee $(LOGS)/pure.log

test-swift: libraries | $(LOGS) ## Stores, requests through the in-process server, pages
	@timeout --foreground $(PATIENCE) stdbuf -oL swift test $(CHECKS) --disable-xctest 2>&1 | tee $(LOGS)/swift.log \
		|| { status=$$?; .ci/unfinished $(LOGS)/swift.log; exit $$status; }

test-clients: build clients | $(LOGS) ## pip, uv, twine and the others, and a browser, against the release binary
	@timeout --foreground $(PATIENCE) $(CLIENTS)/tests/bin/python -m pytest -c Tests/Clients/pytest.ini Tests/Clients -n $(WORKERS) --dist loadfile $(PYTEST) 2>&1 | tee $(LOGS)/clients.log

test-slow: build clients | $(LOGS) ## What takes minutes or gigabytes, with the same
	@$(CLIENTS)/tests/bin/python -m pytest -c Tests/Clients/pytest.ini Tests/Clients -m slow $(PYTEST) 2>&1 | tee $(LOGS)/slow.log

mutants: libraries ## Break every rule once, and list what no test notices (some minutes)
	@$(PYTHON) Tests/Mutation/mutate.py

libraries:
	@command -v swift >/dev/null || { echo "There is no Swift here. Get 6.3 from https://www.swift.org/install/linux/"; exit 1; }
	@$(INSTALL) $(LIBRARIES)

clients:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(INSTALL) python3 python3-venv
	@$(INSTALL) golang-golang-x-mod-dev
	@command -v chromium chromium-browser google-chrome >/dev/null || $(INSTALL) chromium fonts-dejavu-core
	@command -v oathtool >/dev/null || $(INSTALL) oathtool
	@command -v nginx /usr/sbin/nginx >/dev/null || $(INSTALL) nginx
	@$(PYTHON) Tests/Clients/install.py $(CLIENTS)

$(LOGS):
	@mkdir -p $@

clean: ## Remove what was built; the data folder stays
	rm -rf .build Pure/.build

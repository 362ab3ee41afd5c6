# Fanzha 反诈. `make` lists the targets; `make demo` and `make test` need nothing but Python 3.11-3.13, make and git.
#
# PYTHON=/path/to/python3  choose the interpreter     VENV=folder  choose where the packages go (default .venv)
# DATA=folder              the public data sets

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV ?= .venv
DATA ?= ../shared/data
PYTHONS ?=
SUITES ?= trixie bookworm
export VENV PYTHON PYTHONS
# The tests start hundreds of Python processes, which without byte code compile all that they import, for seconds each.
unexport PYTHONDONTWRITEBYTECODE

BIN := $(VENV)/bin
# Where the system has no libgomp.so.1 this folder holds one, else it is empty (docs/decisions).
GOMP := LD_LIBRARY_PATH="$(abspath $(VENV))/lib/gomp$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH}"
PYTEST := $(GOMP) OMP_NUM_THREADS=1 $(BIN)/python -m pytest
WORKERS ?= 2

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ready-for-demo ## find fraud in the bundled samples, then show a site with it (DEMO=--no-site: without) 演示
	@$(BIN)/fanzha demo $(DEMO)

.PHONY: test
test: dev ## pass all unit tests (sets everything up) 测试
	@$(PYTEST) -q -n $(WORKERS) --dist worksteal --durations=10 $(TESTS)

.PHONY: test-postgres
test-postgres: dev ## pass the tests of the site on PostgreSQL, and those of its backup and upgrade 数据库测试
	@FANZHA_TEST_POSTGRES=1 $(PYTEST) -q -n $(WORKERS) --dist worksteal --durations=10 \
	    -m "not field and not faults and not postgres and not any_database" tests/command
	@$(PYTEST) -q -n $(WORKERS) --dist worksteal --durations=10 -m postgres tests/run tests/test_kills.py

.PHONY: check
check: dev ## ruff, mypy --strict, import layers, documents and tree 静态检查
	@$(MAKE) --no-print-directory -j $(WORKERS) --output-sync=target check-code check-tree

.PHONY: check-code
check-code: dev ## of `make check` what needs no test: ruff, mypy --strict, import layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache

.PHONY: check-tree
check-tree: dev ## of `make check` the tests of documents and tree, which `make test` runs too
	@$(PYTEST) -q tests/test_docs.py tests/test_tree.py

.PHONY: field
field: dev ## tests with real peers: Kamailio, SIPp, SIP stacks, Chromium, other processes, a wheelhouse, an outside plug-in
	@tools/field_packages
	@tools/field_peers
	@$(BIN)/python -m pip --disable-pip-version-check install -q --require-hashes --only-binary :all: -r requirements/ocr.txt
	@$(PYTEST) -q -m "field and not timed and not postgres" --force-enable-socket -n $(WORKERS) --dist loadfile \
	    --no-loadscope-reorder --durations=10 tests/field tests/run tests/cli
	@$(PYTEST) -q -m "field and timed" --force-enable-socket --durations=10 tests/field

.PHONY: faults
faults: dev ## full, read-only and damaged disks, databases, clocks, killed and frozen parts (root needed); SHORT=1: in 4 minutes
	@tools/field_packages faketime
	@$(PYTEST) -q -n $(WORKERS) --dist loadfile -m "faults$(if $(SHORT), and not long)" --force-enable-socket tests/faults tests/test_kills.py

.PHONY: bare
bare: ## both commands of the README in a bare Debian 13 and 12 (root and debootstrap needed)
	@tools/bare_debian $(SUITES)

.PHONY: cover
cover: dev ## unit tests with branch coverage; report in htmlcov/
	@$(PYTEST) -q -n $(WORKERS) --cov --cov-report=html --cov-report=term:skip-covered

.PHONY: bench
bench: dev ## speed beside the peers, each in one run; BENCH=name for one of benchmarks/ 性能对比
	@for file in $(or $(BENCH:%=benchmarks/%.py),$(filter-out benchmarks/fill_site.py benchmarks/pages.py benchmarks/chain.py benchmarks/flood.py benchmarks/soak.py,$(wildcard benchmarks/[a-z]*.py))); do \
	    echo "== $$file"; \
	    $(GOMP) OMP_NUM_THREADS=1 $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" $(ARGS) || exit 1; \
	done

.PHONY: fill
fill: dev ## a site with 1 M subjects, 5 M findings, 200,000 processes on PostgreSQL in FOLDER (large-site); then BENCH=pages
	@$(GOMP) $(BIN)/python -m benchmarks.fill_site $(or $(FOLDER),large-site) $(ARGS)

.PHONY: load
load: dev ## SIPp through Kamailio and a screen while things go wrong: RATE (1000) a second, SECONDS (120) each case
	@tools/field_packages
	@$(GOMP) OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.chain --rate $(or $(RATE),1000) --seconds $(or $(SECONDS),120) $(ARGS)

.PHONY: soak
soak: dev ## MINUTES (120) of mixed calls, RATE (300) a second, against a screen: memory and wrong answers into soak.csv
	@tools/field_packages
	@$(GOMP) OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.soak --minutes $(or $(MINUTES),120) --rate $(or $(RATE),300) $(ARGS)

.PHONY: peers
peers: dev ## bring Polars, Bytewax and River, which `make bench BENCH=rules` then stands beside
	@$(BIN)/python -m pip --disable-pip-version-check install -q --require-hashes --only-binary :all: -r requirements/peers.txt

.PHONY: fuzz
fuzz: dev ## the property tests again, 40 times as many cases, other cases each time
	@$(PYTEST) -q -n $(WORKERS) --hypothesis-profile=fuzz $(TESTS)

.PHONY: fuzz-screens
fuzz-screens: dev ## a million hostile messages to the screens; CASES and SEED choose others
	@FANZHA_FUZZ_CASES=$(or $(CASES),1000000) FANZHA_FUZZ_SEED=$(or $(SEED),1) $(PYTEST) -q tests/test_hostile_screens.py

.PHONY: fuzz-difference
fuzz-difference: dev ## 200,000 mutated calls (CASES, SEED) by screen, Kamailio and two SIP stacks: none passes unscreened or is read differently
	@tools/field_packages
	@tools/field_peers
	@FANZHA_FUZZ_CASES=$(or $(CASES),200000) FANZHA_FUZZ_SEED=$(or $(SEED),$(shell date +%s)) \
	    $(PYTEST) -q -m field --force-enable-socket tests/field/test_differences.py

.PHONY: fuzz-api
fuzz-api: dev ## schemathesis asks every route of the site and of a screen, EXAMPLES (200) times in each way
	@tools/field_packages
	@FANZHA_FUZZ_EXAMPLES=$(or $(EXAMPLES),200) $(PYTEST) -q -m field --force-enable-socket \
	    tests/field/test_site_api.py tests/field/test_http_peers.py

.PHONY: flood
flood: dev ## PART=tags: 1,000 false taggers tag nothing innocent; PART=reports: REPORTS=100000 junk reports bury no honest one 防刷压测
	@$(GOMP) OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.flood $(PART) $(REPORTS:%=--reports %) $(ARGS)

.PHONY: kills
kills: dev ## kill -9 a hundred times (KILLS) in steps, fan-out of orders and imports, at moments drawn anew (SEED)
	@FANZHA_KILLS=$(or $(KILLS),100) FANZHA_KILLS_SEED=$(or $(SEED),$(shell date +%s)) \
	    $(PYTEST) -q -m "faults or postgres" tests/test_kills.py

.PHONY: kills-watch
kills-watch: dev ## kill -9 fanzha watch two hundred times (KILLS) beside a live NATS JetStream, at moments drawn anew (SEED)
	@$(BIN)/python -m tests.killed_watches $(or $(KILLS),200) $(or $(SEED),$(shell date +%s))

.PHONY: equality
equality: dev ## kernel = SQL, single facts = columns, on CASES random rules over streams (12,000), SEED says which
	@EQUALITY_CASES=$(or $(CASES),12000) EQUALITY_SEED=$(or $(SEED),1) $(PYTEST) -q -n $(WORKERS) --dist worksteal \
	    tests/test_kernel_equals_oracle.py tests/rules/test_live.py

.PHONY: train
train: dev ## rebuild the shipped models from DATA (default ../shared/data)
	@$(GOMP) OMP_NUM_THREADS=1 $(BIN)/fanzha train --data "$(DATA)" $(TRAIN)

.PHONY: docs
docs: dev ## write docs/reference/generated/ from the code
	@$(BIN)/python tools/build_docs.py docs/reference/generated

.PHONY: messages
messages: dev ## bring the Chinese catalogue of the site up to date and compile it 翻译
	@$(BIN)/python tools/build_messages.py

.PHONY: lock
lock: ## bring requirements/*.txt up to date with pyproject.toml
	@tools/lock $(LOCK)

.PHONY: audit
audit: dev ## no pin of the locks is named by an advisory; ADVISORIES=folder: a copy of them, without internet 依赖漏洞核查
	@$(if $(ADVISORIES),:,tools/advisories .advisories)
	@$(BIN)/python tools/audit_locks.py "$(or $(ADVISORIES),.advisories)" $(ARGS)

.PHONY: wheelhouse
wheelhouse: base ## all wheels for an install without internet, into wheelhouse/ 离线安装包
	@tools/wheelhouse wheelhouse

.PHONY: clean
clean: ## remove what the targets made (environments, caches, results)
	@rm -rf "$(VENV)" .venv-lock .advisories wheelhouse dist build htmlcov .coverage* out demo-out large-site
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +

.PHONY: base ready-for-demo dev
base:
	@tools/setup base
ready-for-demo:
	@tools/setup demo
dev:
	@tools/setup dev

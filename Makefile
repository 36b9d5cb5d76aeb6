# make run   sets up .venv, installs requirements.txt, opens the app
# make test  sets up, then lint, format, types and every test
# make js    lint, format, types and unit tests of the components' JavaScript (with npm; make test calls it)
# make docs  writes the library's reference into docs/api/
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501
PIP_OPTIONS ?=
export PYTHONDONTWRITEBYTECODE :=  # where it is set, each of the processes below compiles 800 files anew

.PHONY: run test lint types js compiled pytest units in-browser timed exhaustive bench docs clean

run: $(VENV)/.installed
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: lint types js pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy --num-workers auto || $(BIN)/mypy  # its workers have seconds to start, which a busy machine may not give

# The JavaScript tools come from npm. Without npm the unit tests still run (tests/test_javascript.py, with Playwright's
# Node.js); CNNVIZ_REQUIRE_JS=1 makes lint and types count.
ifneq ($(shell command -v npm 2>/dev/null),)
js: node_modules/.installed
	npm run --silent lint
	npm run --silent types
	npm test --silent
else
js:
	@if [ "$$CNNVIZ_REQUIRE_JS" = 1 ]; then echo "JavaScript is checked with npm, and there is none."; exit 1; fi
	@echo "There is no npm: the components' JavaScript is neither linted nor type-checked."
endif

node_modules/.installed: package.json package-lock.json
	npm ci --silent
	touch $@

# What the tests import, compiled by one process. In a fresh environment each of the eight below, which start at the same
# time, would compile the same 4,300 files: 20 seconds of a processor each.
compiled: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -p no:cacheprovider --collect-only >/dev/null

# At once: several processes of one thread each, and those that drive a browser. These wait for pages half of the time,
# which the others fill, and come first where both want the cores. Alone, after that, the ones that measure seconds.
# What fails is tried once more, alone: two browsers, a server each and what they train share the cores.
IN_BROWSER = tests/browser $(wildcard tests/topics/*/test_browser*.py)
BROWSER = $(BIN)/python -m pytest -o cache_dir=.pytest_cache/browser $(IN_BROWSER) $(PYTEST)
UNITS = OMP_NUM_THREADS=1 nice -n 10 $(BIN)/python -m pytest -o cache_dir=.pytest_cache/units \
  --ignore=tests/browser --ignore-glob='*/test_browser*.py' -m "not timed and not exhaustive" $(PYTEST)
TIMED = $(BIN)/python -m pytest -o cache_dir=.pytest_cache/timed -m "timed and not exhaustive" \
  $(shell grep --recursive --files-with-matches --include='test_*.py' '^@pytest\.mark\.timed' tests) $(PYTEST)
AGAIN = { echo "Once more, alone: a test that passes only now is a defect too (CONTRIBUTING.md)."; \
  $(1) --last-failed --last-failed-no-failures none; }
pytest:
	$(MAKE) --no-print-directory --jobs=2 --keep-going units in-browser
	$(MAKE) --no-print-directory timed

units: $(VENV)/.installed-dev
	$(UNITS) --numprocesses=auto --maxprocesses=4 --dist=worksteal || $(call AGAIN,$(UNITS))

# Its lines come together at the end, not between those of the units.
in-browser: $(VENV)/.installed-dev
	@said=$$(mktemp); \
	{ $(BROWSER) --numprocesses=2 --dist=worksteal -m "not timed and not exhaustive" || $(call AGAIN,$(BROWSER)); } >$$said 2>&1; \
	ended=$$?; cat $$said; rm $$said; exit $$ended

timed: $(VENV)/.installed-dev
	$(TIMED) || $(call AGAIN,$(TIMED))

# All of many alike (every network of torchvision, every experiment in small), of which `pytest` runs one of each family;
# then each gesture in a browser held to its time, of which `timed` holds one of each kind.
exhaustive: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal -m "exhaustive and not timed" $(PYTEST)
	CNNVIZ_ALONE=1 $(BROWSER) -m "timed or not exhaustive"

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

# The library's reference, from its docstrings, into docs/api/index.html.
docs: $(VENV)/.installed-dev
	$(BIN)/python -m docs.reference

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "cnnviz needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet $(PIP_OPTIONS) --requirement requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet $(PIP_OPTIONS) --requirement requirements-dev.txt
	touch $(VENV)/.installed $@

clean:
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache

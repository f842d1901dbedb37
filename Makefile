# Everything on a fresh machine with Python 3.11 or newer: `make build`, then `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: build check test readers pictures bench lock clean

build: $(READY)  ## Build the releases of all datasets
	$(BIN)/publisher build

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.x")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

check: $(READY)  ## Style, types and fast tests, under a minute
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest --quiet --numprocesses 2 -m 'not slow'

test: $(READY)  ## Every test and style check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest --quiet --numprocesses 2
	$(BIN)/publisher build --check

readers: tests/interop/node_modules/.ready  ## The reader of SDMX-JSON that tests run in node, from npm

tests/interop/node_modules/.ready: tests/interop/package.json
	npm install --prefix tests/interop --no-package-lock --no-audit --no-fund --silent
	touch $@

pictures: $(READY)  ## Pages of the workbook for docs/pictures, by LibreOffice and poppler
	$(BIN)/python tests/workbook_pictures.py

bench: $(READY)  ## Speed and memory beside the peers, as ratios
	$(BIN)/python -m benchmarks.run

lock: $(READY)  ## Pin the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --quiet --upgrade --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache tests/interop/node_modules

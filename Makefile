# `make demo` and `make test` work in a clean clone with Python 3.11 or later; nothing else has to be there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test bench spark35 clean

help:  ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-7s %s\n", $$1, $$2}'

demo: $(READY)  ## Build the sample lake, ask it a question, print the answer
	@echo "==> Building the sample lake (once)"
	@$(BIN)/sparkwright sample
	@echo "==> Asking: which five airlines have the worst average arrival delay?"
	@echo
	@$(BIN)/sparkwright --catalog sample ask "which five airlines have the worst average arrival delay?"
	@echo
	@echo "==> Now ask your own: $(BIN)/sparkwright ask \"how many flights were there in each month\""

test: $(READY_DEV)  ## Check style, types and floors, then run the whole suite
	@echo "==> Style" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "==> Types" && $(BIN)/mypy
	@echo "==> Floors" && $(BIN)/lint-imports
	@echo "==> Tests" && $(BIN)/python -m pytest -q
	@echo "==> All of it passed; nothing was left out"

bench: $(READY_DEV)  ## Print our figures beside those of others
	@$(BIN)/python bench/latency.py

spark35: .venv-spark35/bin/pyspark  ## Make an environment with JVM PySpark 3.5, for comparison (needs Java 17)

.venv-spark35/bin/pyspark:
	@echo "==> Making .venv-spark35 with PySpark 3.5.6 (about 320 MB)"
	@$(PYTHON) -m venv .venv-spark35
	@.venv-spark35/bin/python -m pip --disable-pip-version-check install --quiet pyspark==3.5.6

clean:  ## Remove the environment and all caches
	rm -rf $(VENV) .venv-spark35 .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; name one with: make PYTHON=python3.11"; exit 1; }
	@echo "==> Making the environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(READY): $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "==> Installing sparkwright into $(VENV) (about a minute the first time)"
	@$(PIP) --editable .
	@touch $@

$(READY_DEV): $(READY)
	@echo "==> Installing the tools for the tests"
	@$(PIP) --requirement requirements-dev.txt
	@touch $@

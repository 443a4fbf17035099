# `make demo` and `make test` work in a clean clone with Python 3.11 or later; nothing else has to be there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test bench engines spark35 spark4 writers readers java17 clean

help:  ## List the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-7s %s\n", $$1, $$2}'

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
	@echo "==> Engines to compare with"
	@$(MAKE) --no-print-directory --keep-going --jobs=3 engines || echo "==> Not all of them could be made"
	@echo "==> Tests" && $(BIN)/python -m pytest -q
	@if [ -s build/left-out.txt ]; then echo "==> What ran passed; left out:"; cat build/left-out.txt; \
	  else echo "==> All of it passed; nothing was left out"; fi

bench: $(READY_DEV)  ## Print our figures beside those of others
	@$(BIN)/python bench/latency.py

engines: spark35 spark4 writers

spark35: .venv-spark35/.ready .jars-spark35/.ready  ## Make JVM PySpark 3.5, to compare with (Java 17, Maven Central)

spark4: .venv-spark4/.ready .jars-spark4/.ready  ## Make JVM PySpark 4.0, to compare with (Java 17, Maven Central)

writers: .venv-writers/.ready  ## Make an environment with awswrangler, which writes tables for the tests

readers: $(READY_DEV) engines  ## Run the forms of table on all engines and write docs/readers.md
	@REWRITE_READERS=1 TEST_ALL=1 $(BIN)/python -m pytest -q tests/forms

java17:
	@"$${JAVA_HOME:+$$JAVA_HOME/bin/}java" -version 2>&1 | grep -qE 'version "(1[7-9]|2[0-9])' \
	  || { echo "==> There is no Java 17, which JVM Spark needs"; exit 1; }

.venv-spark35/.ready .venv-spark4/.ready: | java17

.venv-%/.ready: tests/spark/requirements-%.txt
	@echo "==> Making .venv-$*"
	@$(PYTHON) -m venv .venv-$*
	@.venv-$*/bin/python -m pip --disable-pip-version-check install --quiet --requirement $<
	@touch $@

# Maven where it is installed; else the Ivy in PySpark, which knows Maven Central too.
.jars-%/.ready: tests/spark/jars/%.xml tests/spark/jars/fetch.py .venv-%/.ready
	@echo "==> Getting the jars of .venv-$* into .jars-$*"
	@rm -rf .jars-$* && mkdir .jars-$*
	@if command -v mvn >/dev/null; then mvn -q -B -f $< dependency:copy-dependencies -DexcludeTransitive=true \
	  -DoutputDirectory="$(CURDIR)/.jars-$*"; else .venv-$*/bin/python tests/spark/jars/fetch.py $< .jars-$*; fi
	@touch $@

clean:  ## Remove the environment and all caches
	rm -rf $(VENV) .venv-spark35 .venv-spark4 .venv-writers .jars-spark35 .jars-spark4 build
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; name one with: make PYTHON=python3.11"; exit 1; }
	@echo "==> Making the environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(READY): $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "==> Installing sparkwright into $(VENV) (about a minute the first time)"
	@$(PIP) --editable ".[aws]"
	@touch $@

$(READY_DEV): $(READY)
	@echo "==> Installing the tools for the tests"
	@$(PIP) --requirement requirements-dev.txt
	@touch $@

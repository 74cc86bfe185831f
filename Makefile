# Needs Python 3.11 or newer, make, and a package registry. Every target makes .venv first, or brings it up to date.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-annotate --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: demo test torture check bench accuracy lock wheel clean

demo: $(READY)
	@$(BIN)/syncer demo

test: $(READY)
	@$(BIN)/python -m pytest -n 2 -m "not torture"

torture: $(READY)
	@$(BIN)/python -m pytest -n 2 -m torture

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(READY)
	@for script in benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

accuracy: $(READY)
	@$(BIN)/python benchmarks/report_accuracy.py
	@$(BIN)/python benchmarks/award_accuracy.py

# Run it with the oldest Python that is supported, so that what only an old one needs is in the lock: make lock PYTHON=python3.11
lock: $(READY)
	@$(COMPILE) --output-file requirements.lock pyproject.toml
	@$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

wheel: $(READY)
	@$(BIN)/python -m build --wheel --no-isolation

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Needs make, a package registry for the first run, and a Python as new as pyproject.toml asks for.
# Every target first makes .venv, or brings it up to date: make demo PYTHON=python3.13

PYTHON ?= python3
LOWEST := $(shell sed -n 's/^requires-python = ">=\(.*\)"/\1/p' pyproject.toml)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Which Python this is: its version and where it lies, as one word. The environment of another one is made again.
WHICH := import sys, zlib; print("%d.%d.%d-%08x" % (sys.version_info[:3] + (zlib.crc32(getattr(sys, "base_prefix", sys.prefix).encode()),)))
IDENTITY := $(shell $(PYTHON) -c '$(WHICH)' 2>/dev/null)
MADE := .venv/.made-by-$(IDENTITY)
SERVICE := .venv/.service
DEVELOPMENT := .venv/.development
TRAINING := .venv/.training

# The tests start hundreds of processes: what is compiled is kept, and outside the checkout's folders.
CACHED := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(CURDIR)/.venv/compiled"

# Resolved for the lowest Python and for every platform: one version of each package, which all of them take.
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version $(LOWEST).0 --fork-strategy fewest \
	--group build --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links

.PHONY: demo test torture check bench accuracy train lock wheel clean

demo: $(SERVICE)
	@$(BIN)/syncer demo

test: $(DEVELOPMENT)
	@$(CACHED) $(BIN)/python -m pytest -n 2 -m "not torture"

torture: $(DEVELOPMENT)
	@$(CACHED) $(BIN)/python -m pytest -n 2 -m torture

check: $(DEVELOPMENT)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python tools/locks.py
	@$(BIN)/python tools/house.py

bench: $(DEVELOPMENT)
	@$(BIN)/python tools/bench.py

# Each text is read with weights learned without it: that needs scikit-learn.
accuracy: $(DEVELOPMENT) $(TRAINING)
	@$(BIN)/python benchmarks/report_accuracy.py
	@$(BIN)/python -m benchmarks.money_accuracy
	@$(BIN)/python benchmarks/award_accuracy.py

# Learns syncer/funding/weights.json from tests/corpus/train; needs scikit-learn, which nothing else but `make accuracy` does.
train: $(TRAINING)
	@PYTHONPATH=. $(BIN)/python tools/train.py

lock: $(DEVELOPMENT)
	@$(COMPILE) --output-file requirements.lock
	@for extra in chat train dev; do \
		$(COMPILE) --extra $$extra --constraint requirements.lock --output-file requirements-$$extra.lock || exit 1; \
	done

wheel: $(DEVELOPMENT)
	@$(BIN)/python -m build --wheel --no-isolation

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here; name another one: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= tuple(map(int, "$(LOWEST)".split("."))) or sys.exit( \
		"Python $(LOWEST) or newer is needed; this is %d.%d.%d. Name another one: make PYTHON=python3.13" % sys.version_info[:3])'
	@test "$$($(BIN)/python -c '$(WHICH)' 2>/dev/null)" = "$(IDENTITY)" || $(PYTHON) -m venv --clear .venv
	@rm -f .venv/.made-by-*
	@touch $@

$(SERVICE): $(MADE) requirements.lock pyproject.toml
	@echo "Installing what syncer needs into .venv; the first time this takes a minute." >&2
	@$(PIP) --require-hashes --no-deps -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(TRAINING): $(MADE) requirements-train.lock pyproject.toml
	@echo "Installing what learning needs into .venv; the first time this takes a minute or two." >&2
	@$(PIP) --require-hashes --no-deps -r requirements-train.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEVELOPMENT): $(MADE) requirements-dev.lock pyproject.toml
	@echo "Installing what syncer and its tests need into .venv; the first time this takes a minute or two." >&2
	@$(PIP) --require-hashes --no-deps -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# Two commands: `make run` opens the program, `make test` checks it. Both make .venv themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test bench torture mutants drawings examples lock clean

run: $(VENV)/run.stamp
	@$(BIN)/hgt

test: $(VENV)/test.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n auto --dist worksteal

# The tests that try many times what `make test` tries a few times: kills, crash points, flips, mutated files, models.
torture: $(VENV)/test.stamp
	@HGT_TORTURE=1 $(BIN)/python -m pytest -n 2 tests/test_kills.py tests/test_crashes.py tests/test_many.py \
		tests/test_backup.py tests/test_restore.py tests/test_flips.py tests/test_hostile.py tests/test_text_out.py \
		tests/test_stateful.py

# Changes money, months and rules in some two thousand small ways: a change that no test notices is a gap.
mutants: $(VENV)/test.stamp
	@$(BIN)/python -m pip install -q mutmut==3.8.1
	@$(BIN)/python -m mutmut run
	@$(BIN)/python -m mutmut results

drawings: $(VENV)/test.stamp
	@rm -rf tests/drawings && mkdir tests/drawings
	@HGT_DRAWINGS=1 $(BIN)/python -m pytest -n 2 tests/test_tui_drawings.py -k looked_at

# How fast it is beside the limit and beside what a user would pick instead; BENCH="--help" says what else it can do.
bench: $(VENV)/test.stamp
	@$(BIN)/python -m tests.bench $(BENCH)

examples: $(VENV)/test.stamp
	@$(BIN)/python -m tests.make_examples

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更高版本，现在是 " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@test -e $(VENV)/test.stamp || $(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: requirements-test.lock pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-test.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# Pins every package by hash, without any index address (needs uv).
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q
lock:
	@printf 'hatchling\neditables\n' | $(LOCK) --extra test pyproject.toml - -o requirements-test.lock
	@printf 'hatchling\neditables\n' | $(LOCK) -c requirements-test.lock pyproject.toml - -o requirements.lock

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

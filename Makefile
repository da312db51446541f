# Every target sets up what it needs first; a second run finds it there.
SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
# One process more than two cores: a third of the time a test waits for its browser.
PYTEST := $(BIN)/pytest -m "not soak" -n 3 --dist loadfile --no-loadscope-reorder --durations=25
# Rooms whose every branch their own tests must reach.
COMPLETE := secrets_store keyturn.model keyturn.document keyturn.check
THEIRS := tests/secrets_store tests/language

.PHONY: dev rehearse test lint fix check soak bench clean

rehearse: .venv/.ready ## practise the whole rotation against the replicas
	$(BIN)/keyturn rehearse $(ARGS)

test: .venv/.ready-tests ## the tests; those of the store and of the language reach every branch
	$(PYTEST) $(or $(ARGS),$(THEIRS:%=--ignore=%))
	$(if $(ARGS),,$(PYTEST) $(THEIRS) $(COMPLETE:%=--cov=%) --cov-branch --cov-fail-under=100 \
		--cov-report=term-missing:skip-covered)

lint: .venv/.ready ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

fix: .venv/.ready ## format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: .venv/.ready-tests ## the long tests; what they count goes into benchmarks/results.md
	$(BIN)/pytest -m soak --figures $(ARGS)

bench: .venv/.ready-tests ## measure the budgets, write benchmarks/results.md
	$(BIN)/python -m benchmarks $(ARGS)

dev: .venv/.ready-tests

.venv/.ready: pyproject.toml tools/set_up.py
	python3 tools/set_up.py
	@touch $@

.venv/.ready-tests: pyproject.toml tools/set_up.py
	python3 tools/set_up.py --tests
	@touch .venv/.ready $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache

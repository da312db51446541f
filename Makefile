# Every target sets up what it needs first; a second run finds it there.
SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
PYTEST := $(BIN)/pytest -m "not soak" -n 2 --dist loadfile
COMPLETE := --cov-fail-under=100 --cov-report=term-missing:skip-covered

.PHONY: dev rehearse test lint fix check coverage soak bench clean

rehearse: .venv/.ready ## practise the whole rotation against the replicas
	$(BIN)/keyturn rehearse $(ARGS)

test: .venv/.ready-tests ## the tests; those of the store reach every branch of it
	$(PYTEST) $(or $(ARGS),--ignore=tests/secrets_store)
	$(if $(ARGS),,$(PYTEST) tests/secrets_store --cov=secrets_store --cov-branch $(COMPLETE))

lint: .venv/.ready ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test coverage

fix: .venv/.ready ## format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: .venv/.ready-tests ## the long tests
	$(BIN)/pytest -m soak $(ARGS)

coverage: .venv/.ready-tests ## every branch of the runbook language is tested
	$(BIN)/pytest tests/language -m "not soak" --cov=keyturn.model --cov=keyturn.document --cov=keyturn.check \
		--cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100 $(ARGS)

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

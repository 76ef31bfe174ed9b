# One command for each habit; `make help` lists them. Everything a target needs, it sets up.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
DEMO_DATA := data/demo

.PHONY: help setup demo dev test lint format types unit clean

help: ## these lines
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

setup: $(READY) ## the virtual environment and everything in it

demo: $(READY) ## the daily job on a sandbox's last 30 days, from nothing to reports
	rm -rf $(DEMO_DATA)
	BWP_DATA_DIR=$(DEMO_DATA) $(BIN)/bwp demo

dev: $(READY) ## Dagster's UI on the sandbox
	mkdir -p $(DEMO_DATA)/dagster
	printf 'telemetry:\n  enabled: false\n' > $(DEMO_DATA)/dagster/dagster.yaml
	BWP_DATA_DIR=$(DEMO_DATA) DAGSTER_HOME=$(CURDIR)/$(DEMO_DATA)/dagster \
	    $(BIN)/bwp sandbox --dir $(DEMO_DATA)/sandbox -- $(BIN)/dagster dev

test: lint types unit ## linters, type checks and all tests

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(BIN)/pytest

format: $(READY) ## rewrites the code in the project's form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## removes the environment and the demo's files
	rm -rf .venv $(DEMO_DATA) dbt_project/target

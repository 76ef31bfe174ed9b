# One command for each habit; `make help` lists them. Everything a target needs, it sets up.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# The Pythons that the project supports; of them, `.ci/python` finds the ones that work here.
VERSIONS ?= 3.11 3.12 3.13
# What a file's tests share is made once, so its tests run in one process. Three for two cores, as two
# leave a fifth of both idle while tests wait for servers and pauses.
PYTEST = $(BIN)/pytest --dist loadfile \
    --numprocesses $$($(BIN)/python -c 'import os; print((os.cpu_count() or 1) * 3 // 2)')
DEMO_DATA := data/demo
# Orders a day and store in the lake of `make engines`.
ORDERS ?= 4

.PHONY: help setup demo dev test test-all smoke lint format types unit chaos kills fortnight three-days dagster-ui scarce many-workers any-order any-seeds engines engine-faults connections questions truth clean image-steps

help: ## these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	# Without the hook, which would install dbt a second time, for the build alone. What pip would
	# compile on one core for a minute is compiled on all; as with pip, what can't be is left as it is.
	HATCH_BUILD_NO_HOOKS=true $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --no-compile --editable '.[dev]'
	-$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib
	$(BIN)/python -m bwp_pipeline.warehouse.dbt_project
	@touch $@

setup: $(READY) ## the virtual environment and everything in it

demo: $(READY) ## the daily job on a made-up store's last nine weeks, from nothing to reports
	rm -rf $(DEMO_DATA)
	BWP_DATA_DIR=$(DEMO_DATA) $(BIN)/bwp demo

dev: $(READY) ## Dagster's UI on the sandbox
	mkdir -p $(DEMO_DATA)/dagster
	cp bwp_pipeline/defs/dagster.yaml $(DEMO_DATA)/dagster
	BWP_DATA_DIR=$(DEMO_DATA) DAGSTER_HOME=$(CURDIR)/$(DEMO_DATA)/dagster \
	    $(BIN)/bwp sandbox --dir $(DEMO_DATA)/sandbox -- $(BIN)/dg dev

# Tests wait for servers and pauses now and then; the linters take the cores meanwhile.
test: $(READY) ## linters, type checks and all tests
	$(MAKE) --jobs=2 unit lint types

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/metrics dbt_project/tests
	# As Spark gets it. Whether it parses is all that the second dialect is asked.
	BWP_LINT_ENGINE=spark $(BIN)/sqlfluff lint --disable-progress-bar --dialect sparksql --rules LT12 \
	    $(addprefix dbt_project/models/,staging rebuild intermediate marts)

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(PYTEST)

smoke: $(READY)
	$(PYTEST) bwp_pipeline_tests/commands/test_cli.py bwp_pipeline_tests/house/test_import.py

test-all: ## all tests on every supported Python that this machine has
	@for version in $(VERSIONS); do \
	    if python=$$(.ci/python $$version); then \
	        $(MAKE) unit PYTHON=$$python VENV=.venv-python$$version || exit 1; \
	    else echo "no working Python $$version here"; fi; \
	done

chaos: $(READY) ## thousands of hostile orders, events, answers and files through the whole build: minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.chaos

kills: $(READY) ## fifty kills over all steps of a run, each followed by another run: twenty minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.kills

fortnight: $(READY) ## fourteen daily runs in which everything goes wrong: some minutes
	$(BIN)/python -m bwp_pipeline_tests.long.fortnight

three-days: $(READY) ## the daemon on a clock of its own, with the archive away between: ten minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.three_days

dagster-ui: $(READY) ## a browser looks at Dagster's UI, and takes the pictures of the docs: ten minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.dagster_ui

scarce: $(READY) ## runs without room on the disk, files and memory; needs root; ten minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.scarce
image-steps: $(READY) ## the Dockerfile's steps, and the wheel alone, in fresh roots; as root: ten minutes
	.ci/image $(BIN)/python

many-workers: $(READY) ## two, four and eight processes on one lake in S3: the rows of one; minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.many_workers

any-order: $(READY) ## files in any order, stores and time zones that change, beside one build: minutes
	$(BIN)/python -m bwp_pipeline_tests.long.any_order

any-seeds: $(READY) ## twenty worlds, each told in order and shuffled: the same facts; ten minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.any_seeds

$(VENV)/spark: $(READY)
	HATCH_BUILD_NO_HOOKS=true $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --editable '.[spark]'
	@touch $@

engines: $(VENV)/spark ## the same tables on DuckDB and Spark, which needs Java: as in .ci/run; minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.engines --orders-per-day $(ORDERS)

engine-faults: $(VENV)/spark ## builds on Spark that are killed or lack memory, and engines that change: minutes
	$(BIN)/python -W ignore -m bwp_pipeline_tests.long.engine_faults

connections: $(READY) ## tries the clients that analysts use on the demo's database; takes minutes
	$(BIN)/python -m bwp_pipeline_tests.long.connections $(DEMO_DATA)/published

questions: $(READY) ## how many clicks five questions of a manager take on the demo
	$(BIN)/python -m bwp_pipeline_tests.long.manager_tasks $(DEMO_DATA)

truth: $(READY) ## the demo's report beside the truth of its sandbox
	$(BIN)/python -m bwp_pipeline_tests.long.demo_truth $(DEMO_DATA)

format: $(READY) ## rewrites the code in the project's form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## removes the environment and the demo's files
	rm -rf .venv .venv-* $(DEMO_DATA) dbt_project/target

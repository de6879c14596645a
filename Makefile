# Comity. `make demo` and `make test` do all the set-up. `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_LOCK := requirements.lock
DEV_LOCK := requirements-dev.lock
export UV_PYTHON_DOWNLOADS = never

.PHONY: help demo test fire check bench pictures mutants law lock migrations system tools verifier clean
.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.run $(VENV)/.words ## play the case on three nodes (EVIDENCE=path, HEADLESS=1, KEEP=folder, DATABASE=postgres)
	@$(BIN)/python -m demo $(if $(EVIDENCE),--evidence "$(EVIDENCE)") $(if $(HEADLESS),--headless) $(if $(KEEP),--keep "$(KEEP)") $(if $(DATABASE),--database "$(DATABASE)")

test: $(VENV)/.dev system tools ## set up and run all tests, real databases and other people's tools included
	@tools/say_absent.sh
	$(BIN)/pytest -n 2 --dist worksteal -m "not fire" --durations 25
	@echo "NOT RUN HERE: the whole case under fire, on both databases; run: make fire" >&2

fire: $(VENV)/.dev system tools ## play the whole case while processes are killed and lines are cut, on both databases
	$(BIN)/pytest -m fire -s tests/fault/test_case_under_fire.py

check: $(VENV)/.dev ## lint, types, import contracts, law files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/comity law check

bench: $(VENV)/.dev tools ## measure beside the peers, as JSON lines (BENCH="--large-mb 64 --small 500" TRANSFER="--mb 256")
	@$(BIN)/python benchmarks/seal_verify.py $(BENCH)
	@$(BIN)/python benchmarks/round_trips.py
	@$(BIN)/python benchmarks/transfer.py $(TRANSFER)

pictures: $(VENV)/.dev system ## take pictures of the desk's main pages into .cache/pictures (KEEP=1 renews docs/pictures)
	@$(BIN)/python tools/pictures.py $(if $(KEEP),--keep)

mutants: $(VENV)/.dev ## break the code and the law files in many ways; every break must be noticed
	$(BIN)/python tools/mutate.py

law: $(VENV)/.run ## render the law files into docs/law
	$(BIN)/comity law render --out docs/law

migrations: $(VENV)/.dev ## write the migrations that the models ask for
	DJANGO_SETTINGS_MODULE=comity.app.typing_settings $(BIN)/django-admin makemigrations storage

lock: $(VENV)/.dev ## resolve the locks anew (hashes, no addresses)
	tools/lock.sh

system: ## install the system packages that tests need, where possible
	@tools/system_packages.sh

tools: $(VENV)/.dev ## bring other people's programs that tests use as oracles into .tools
	@tools/fetch_age.sh || echo "NOT AVAILABLE: the age program" >&2
	@tools/fetch_npm.sh || echo "NOT AVAILABLE: the npm packages" >&2

verifier: $(VENV)/.run ## pack the verifier of orders as one file that a provider keeps (OUT=file)
	@$(BIN)/python tools/make_order_verifier.py "$(or $(OUT),.cache/comity-order-verify.pyz)"

clean: ## remove what was set up
	rm -rf $(VENV) .tools

$(VENV)/.words: $(VENV)/.run $(shell find src -name '*.po')
	@$(BIN)/python tools/catalogues.py compile && touch $@

$(VENV)/.run: $(RUN_LOCK) pyproject.toml tools/set_up.sh
	@tools/set_up.sh $(PYTHON) $(RUN_LOCK) $@

$(VENV)/.dev: $(RUN_LOCK) $(DEV_LOCK) pyproject.toml tools/set_up.sh
	@tools/set_up.sh $(PYTHON) $(DEV_LOCK) $@
	@touch $(VENV)/.run

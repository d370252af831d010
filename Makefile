# Every target works on a fresh clone: it makes .venv where it is missing.
PYTHON ?= python3
BIN := .venv/bin
BUNDLER := build/bundler-$(notdir $(PYTHON))

.DEFAULT_GOAL := help
.PHONY: help demo test lint proof bench bundle update-golden clean

help: ## show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

demo: .venv/.run ## audit a simulated fleet over real SSH on 127.0.0.1, and another one around a change
	@$(BIN)/netintegrity lab audit
	@echo
	@$(BIN)/netintegrity lab window

test: .venv/.dev ## run every test, with branch coverage and its floor
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q -n auto
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --skip-covered --skip-empty

lint: .venv/.dev ## formatting, types, import contracts, spelling, security lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs netintegrity tests inventories
	$(BIN)/bandit -q -r netintegrity -c pyproject.toml

proof: .venv/.dev ## the long form of the tests: every byte, every law at length; writes docs/proof.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "cryptography-vectors==$$($(BIN)/python -c 'import cryptography; print(cryptography.__version__)')"
	@$(BIN)/python -m tests.proof

bench: .venv/.dev ## measure ratios against a peer in one run
	@$(BIN)/python -m benchmarks

bundle: $(BUNDLER)/.ready ## one archive for a machine without internet, in dist/; SIGN_KEY=FILE signs its sums
	@$(BUNDLER)/bin/python -m distribution.bundle $(if $(EXTRAS),--extras '$(EXTRAS)') $(if $(SIGN_KEY),--sign-key '$(SIGN_KEY)')

update-golden: .venv/.dev ## rewrite the golden reports from what the code renders now
	@$(BIN)/python -m pytest -q tests/golden --update-golden

clean: ## remove what the targets made
	rm -rf .venv build dist *.egg-info .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

.venv/.run: setup.cfg pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# One for each Python: a bundle is for the Python that builds it.
$(BUNDLER)/.ready: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(BUNDLER)
	$(BUNDLER)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bundle]'
	@touch $@

.venv/.dev: setup.cfg pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/.run

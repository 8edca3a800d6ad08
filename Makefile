# Every target makes the environment first where it is not there yet; a second call installs nothing.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# On Linux plain PyPI brings torch with some 3 GB of CUDA packages. For the CPU build:
#   make quickstart TORCH_INDEX="--extra-index-url https://download.pytorch.org/whl/cpu"
TORCH_INDEX ?=
PYTEST := $(BIN)/python -m pytest

.PHONY: quickstart test check test-slow test-browser test-gpu wheel bench bench-quick bench-accuracy clean

quickstart: $(VENV)/.installed-run
	$(BIN)/heptune quickstart

test: $(VENV)/.installed-dev
	$(PYTEST) --numprocesses 2 --dist worksteal

test-slow: $(VENV)/.installed-dev
	$(PYTEST) -m slow

# Needs Chromium: apt-get install chromium fonts-noto-cjk
test-browser: $(VENV)/.installed-dev
	$(PYTEST) -m browser tests/browser

# Needs an NVIDIA GPU.
test-gpu: $(VENV)/.installed-dev
	$(PYTEST) -m gpu tests/gpu

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: $(VENV)/.installed-dev
	$(PIP) wheel --quiet --no-deps --wheel-dir dist .

bench: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks

bench-quick: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks --quick

bench-accuracy: $(VENV)/.installed-run
	$(BIN)/python -m benchmarks.accuracy

$(VENV)/.installed-run: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"
	$(PIP) install --quiet $(TORCH_INDEX) --constraint constraints.txt --editable ".[all]"
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed-run
	$(PIP) install --quiet --constraint constraints.txt --group check --group test
	touch $@

$(VENV)/.installed-bench: $(VENV)/.installed-run
	$(PIP) install --quiet --constraint constraints.txt --group bench
	touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Everything a person or CI needs; each target makes what it lacks. Nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTED := $(VENV)/.ready-tests
TORCH ?= torch==2.13.0

.DEFAULT_GOAL := help
.PHONY: help demo test lint check format data docs notebooks bench bench-transforms clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

demo: $(READY) data ## balance the sample digits, show the counts, write a contact sheet
	$(BIN)/augkit expand data/digits demo-output --balance max --recipe digits --seed 7
	$(BIN)/augkit verify demo-output --source data/digits
	$(BIN)/augkit sheet demo-output demo-sheet.png
	@echo "Look at demo-sheet.png: framed originals, and beside each the copies made of it."

test: $(TESTED) ## run the tests and doctests, those of optional parts too
	$(BIN)/python -m pytest

lint: $(READY) ## check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test ## all that CI checks

format: $(READY) ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

data: $(READY) ## write the sample data, if it is not there
	$(BIN)/python data/make.py

docs: $(READY) ## build the documentation site in build/site, warnings are errors
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --config-settings editable_mode=compat --editable '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Open build/site/index.html."

notebooks: $(TESTED) data ## execute all notebooks in place; AUGKIT_DATA=folder takes pictures of yours
	$(BIN)/python notebooks/execute.py

bench: $(READY) ## measure expand on the sample photos; PHOTOS=folder takes others
	$(BIN)/python benchmarks/expand.py $(or $(PHOTOS),data/photos)

bench-transforms: $(READY) ## measure transforms against other libraries; FLAGS="--quick" is short
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --config-settings editable_mode=compat --editable '.[fast]'
	$(BIN)/python benchmarks/transforms.py $(FLAGS)

clean: ## remove what the other targets made
	rm -rf $(VENV) .env-* benchmarks/.env-* demo-output demo-sheet.png data/digits data/photos build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Warnings of setuptools are ignored: it frames one about compat editable mode, which says nothing to who runs make.
$(READY): pyproject.toml setup.cfg
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "augkit needs Python 3.11 or newer; name it: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python can't make virtual environments here; on Debian: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --config-settings editable_mode=compat --editable '.[dev]'
	@touch $@

# What optional parts stand on, to test them. torch by its exact version: a newer one may bring gigabytes.
$(TESTED): $(READY)
	$(BIN)/python -m pip install --quiet '$(TORCH)'
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --config-settings editable_mode=compat \
		--editable '.[dev,ann,fast,huggingface,keras,notebooks,onnx,parquet,webdataset]'
	@touch $@

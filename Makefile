# make demo    opens the program on a generated demo project      make test     all tests, headless
# make setup   only the virtual environment, .venv                make bench    the benchmarks
# make lint    ruff, mypy, translations                            make package  frozen program and .deb in dist/
#
# Everything needed is installed on the way. GPU=1 takes PyTorch's CUDA build; ARGS="…" goes to the program or pytest;
# PYTHON=python3.12 names the Python to build on. On Windows, without make: py -m gui demo, py -m tests.

# The first Python that is new enough, or whatever python3 is: then the set-up says what is wrong with it.
PYTHON ?= $(or $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done),python3)
RUN := .venv/bin/python
ARGS ?=
export GPU

.PHONY: demo test setup bench lint package translations
.DEFAULT_GOAL := demo

demo:
	@$(PYTHON) packaging/environment.py --purpose window
	@$(RUN) -m gui demo $(ARGS)

test:
	@$(PYTHON) packaging/environment.py --purpose tests
	@$(RUN) -m tests $(ARGS)

setup:
	@$(PYTHON) packaging/environment.py --purpose window

bench:
	@$(PYTHON) packaging/environment.py --purpose tests
	@$(RUN) -m tests.benchmarks $(ARGS)

lint:
	@$(PYTHON) packaging/environment.py --purpose tests
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@$(RUN) packaging/translations.py --check

translations:
	@$(PYTHON) packaging/environment.py --purpose tests
	@$(RUN) packaging/translations.py

package:
	@$(PYTHON) packaging/environment.py --purpose package --extras dev,package
	@$(RUN) packaging/build.py $(ARGS)

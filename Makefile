# make demo: the whole path on the embedded default.   make test: the tests.   make install: no more than .venv
# They make .venv the first time. Options: PYTHON=python3.12  VENV=folder  DEMO=folder  SIZE="plan.train=16 ..."

PYTHON ?= python3
VENV ?= .venv
DEMO ?= outputs/demo
SIZE ?=
python := $(VENV)/bin/python

.PHONY: demo test check install prerequisites

demo: $(VENV)/ready
	rm -rf $(DEMO)
	$(python) train.py experiment=demo recipe=demo network=pl_crnn target=iam target.power=0.5 output=$(DEMO)/pl_crnn $(SIZE)
	$(python) evaluate.py experiment=demo runs=[$(DEMO)/pl_crnn] output=$(DEMO)/report $(SIZE)

install: $(VENV)/ready

test: $(VENV)/ready
	$(python) -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: $(VENV)/ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

$(VENV)/ready: pyproject.toml
	@$(MAKE) --no-print-directory prerequisites
	$(PYTHON) -m venv $(VENV)
	$(python) -m pip install --quiet --editable '.[demo,test]'
	@touch $@

prerequisites:
	@command -v '$(PYTHON)' >/dev/null \
	  || { echo "Python 3.11 or newer is needed, and there is no '$(PYTHON)': install it, or give PYTHON=..."; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, and '$(PYTHON)' is $$('$(PYTHON)' -V): give PYTHON=python3.11"; exit 1; }
	@'$(PYTHON)' -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is needed: install python3-venv"; exit 1; }
	@command -v '$(CC)' >/dev/null \
	  || { echo "A C compiler is needed to build pesq, and there is no '$(CC)': install gcc or clang, or give CC=..."; exit 1; }
	@printf '#include <Python.h>\n' | '$(CC)' -E -x c -o /dev/null \
	  -I"$$('$(PYTHON)' -c 'import sysconfig; print(sysconfig.get_path("include"))')" - 2>/dev/null \
	  || { echo "Python's C headers are needed to build pesq: install python3-dev"; exit 1; }

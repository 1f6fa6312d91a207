# Everything CI runs is a target here. `make help` lists them.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
export OMP_NUM_THREADS ?= 2
.DEFAULT_GOAL := help
.PHONY: help demo test fix check types layers docs pictures map steps pairs bench page page-test page-tried page-picture

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(READY) ## Examine the two example films and write their pages to out/
	$(BIN)/unmask check --report out examples/real.mp4 examples/forged.mp4

test: check layers ## Everything CI asks for: style, layers, types, page, tests, doctests, guide
	@$(MAKE) --no-print-directory --output-sync=target -j2 types page-tried # a browser mostly waits
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

page-tried:
	@if command -v npm >/dev/null && command -v $(firstword $(CHROMIUM)) >/dev/null \
	&& node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))'; then $(MAKE) page-test; \
	else echo "make: without Node 20 and chromium the page is not tried in a browser"; fi

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

fix: $(READY) ## Mend style and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(READY) ## Check types
	$(BIN)/mypy

layers: $(READY) ## Check who imports whom
	$(BIN)/lint-imports --no-logo

docs: $(READY) ## Write docs/detectors.md anew, then run the code of all pages
	$(BIN)/unmask detectors --markdown > docs/detectors.md
	$(BIN)/python -m pytest docs tests/docs

PICTURE := docs/pictures/report.png
CHROMIUM := chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars \
	--disable-background-networking --disable-component-update --disable-sync

pictures: $(READY) ## Draw the README's picture of a report anew (needs chromium)
	@command -v chromium >/dev/null || { echo "make: chromium is not there; it draws the picture" >&2; exit 1; }
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && mkdir -p $(dir $(PICTURE)) \
	&& $(BIN)/unmask check --quiet --report "$$folder" examples/forged.mp4 >/dev/null \
	&& $(CHROMIUM) --user-data-dir="$$folder/browser" --window-size=1200,1225 --screenshot=$(PICTURE) \
		"file://$$(echo "$$folder"/forged-*.html)" && ls -l $(PICTURE)

page-picture: $(READY) web/node_modules ## Draw the README's picture of the page anew (needs Node 20 and chromium)
	cd web && PYTHON=$(abspath $(BIN)/python) node tests/picture.mjs $(abspath docs/pictures/page.png)

MAP := docs/pictures/map.png
COARSER := import cv2, sys; cv2.imwrite(sys.argv[2], cv2.imread(sys.argv[1]) // 8 * 8 + 4, [cv2.IMWRITE_PNG_COMPRESSION, 9])

# 32 steps of each colour instead of 256: a third of the bytes, and nobody sees it.
map: $(READY) ## Draw the README's map of an altered film anew
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && mkdir -p $(dir $(MAP)) \
	&& $(BIN)/unmask keys new --org "Example Archive" "$$folder/KEYS" >/dev/null \
	&& $(BIN)/unmask watermark embed --quiet examples/real.mp4 -o "$$folder/marked.mp4" --keys "$$folder/KEYS" >/dev/null \
	&& $(BIN)/python examples/replace_face.py "$$folder/marked.mp4" "$$folder/altered.mp4" 2 4 \
	&& $(BIN)/unmask watermark map --quiet "$$folder/altered.mp4" -o "$$folder/map.png" --keys "$$folder/KEYS" >/dev/null \
	&& $(BIN)/python -c "$(COARSER)" "$$folder/map.png" $(MAP) && ls -l $(MAP)

STEPS := docs/pictures/swap-steps.jpg
FORGE := $(BIN)/unmask forge

steps: $(READY) ## Draw the guide's picture of a face swap anew (trains for nine minutes)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && export UNMASK_LAB="$$folder/lab" OMP_NUM_THREADS=1 \
	&& $(FORGE) puppet -o "$$folder/src.mp4" --person 1 --motion 1 --seconds 20 --yaw 30 --preset veryfast --quiet \
	&& $(FORGE) puppet -o "$$folder/dst.mp4" --person 2 --motion 2 --seconds 20 --yaw 30 --preset veryfast --quiet \
	&& $(FORGE) puppet -o "$$folder/wide.mp4" --person 2 --motion 5 --seconds 12 --yaw 88 --preset veryfast --quiet \
	&& $(FORGE) swap prepare "$$folder/src.mp4" --name one --rate 0 --quiet \
	&& $(FORGE) swap prepare "$$folder/dst.mp4" --name two --rate 0 --quiet \
	&& $(FORGE) swap train one two --name one-as-two --preset micro64 --until 9min --threads 1 \
	&& $(FORGE) swap steps one-as-two "$$folder/wide.mp4" -o $(STEPS) --rows 5 --quiet --force && ls -l $(STEPS)

PAIRS := docs/pictures/blend-pairs.jpg

pairs: $(READY) ## Draw the guide's picture of what blend learns from anew
	$(BIN)/python -m unmask.training.blend_sheet examples/real.mp4 $(PAIRS) && ls -l $(PAIRS)

bench: $(READY) ## Print speed and memory, and what trainings of blend left; with RECORDINGS=FOLDER how well pulses are read, with FILMS=FOLDER what marks survive, with SWAPS=FOLDER how well the lab swaps
	$(BIN)/unmask bench speed
	$(BIN)/unmask bench blend docs/trainings
	$(if $(RECORDINGS),$(BIN)/unmask bench pulse $(RECORDINGS))
	$(if $(FILMS),$(BIN)/unmask bench watermark $(FILMS))
	$(if $(SWAPS),$(BIN)/unmask bench lab $(SWAPS))

page: web/node_modules ## Build the page of unmask serve into the package (needs Node 20 and npm)
	cd web && npm run build

page-test: $(READY) web/node_modules ## Try the page in a real browser (needs Node 20 and chromium)
	@command -v $(firstword $(CHROMIUM)) >/dev/null || { echo "make: chromium is not there; it opens the page" >&2; exit 1; }
	cd web && PYTHON=$(abspath $(BIN)/python) npm test

web/node_modules: web/package.json web/package-lock.json
	cd web && npm ci && touch node_modules

# Installed anew when the dependencies changed; otherwise this takes no time.
$(READY): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not there; install Python 3.11 or name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11; name another with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) cannot make virtual environments; on Debian: apt install python3.11-venv" >&2; exit 1; }
	@rm -f $(READY)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

# A target runs programs of the environments below .venv/. Each environment is installed when a target
# first needs it, and again when its lock file changes: the file .ready in it is the stamp.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := generate
.PHONY: help generate lock check test bench up down status embeddings sbom sbom-sign sbom-verify verify-provenance accept accept-local accept-governance accept-cluster mutations golden clean

# The packages of a lock file, its target's first prerequisite, in an environment of their own.
define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Roster needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes $(PIP_OPTIONS) -r $<
endef

# Stop unless program $(1) is installed; $(2) says what needs it, without commas.
need = @command -v $(1) >/dev/null || { echo "$(2)"; exit 2; }

.venv/.ready: requirements.lock pyproject.toml
	$(environment)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1: \2/p' Makefile

generate: .venv/.ready ## Compile the specs into generated/, and verify the result.
	$(BIN)/roster generate && $(BIN)/roster verify

lock: .venv/.ready .venv/stack/.ready ## Record the current digests of images and tools of servers: make lock [ONLY="ghcr.io/ stripe"]
	$(BIN)/roster lock $(ONLY)

up: .venv/stack/.ready .venv/node/.ready ## Run a project's agents and servers on this machine: make up STACK=<project> [WITHOUT="docker"] [ENV=dev]
	@.venv/stack/bin/python -m stack up $(STACK) $(foreach name,$(WITHOUT),--without $(name)) $(if $(ENV),--env $(ENV))

down: .venv/stack/.ready .venv/node/.ready ## Stop what make up started: make down [STACK=<project>]
	@.venv/stack/bin/python -m stack down $(STACK)

status: .venv/stack/.ready .venv/node/.ready ## Show what runs: make status [STACK=<project>]
	@.venv/stack/bin/python -m stack status $(STACK)

embeddings: .venv/.ready .venv/embeddings/.ready ## Compute the missing vectors for searching agents by meaning.
	$(BIN)/roster generate && .venv/embeddings/bin/python -m stack.embeddings && $(BIN)/roster generate

verify-provenance: .venv/.ready ## Check each byte of generated/ against its statement of provenance.
	$(BIN)/roster provenance --check

SBOM := .roster/sbom
COSIGN := .venv/signing/cosign
BOM = .venv/governance/bin/cyclonedx-py requirements --sv 1.7 --output-reproducible
SIGNED := compiler.cdx.json stack.cdx.json provenance.json
sbom: .venv/.ready .venv/governance/.ready ## Write SBOMs of the compiler and the local stack, and the provenance of generated/.
	mkdir -p $(SBOM)
	$(BOM) requirements.lock --pyproject pyproject.toml -o $(SBOM)/compiler.cdx.json
	$(BOM) stack/requirements.lock -o $(SBOM)/stack.cdx.json
	$(BIN)/roster provenance > $(SBOM)/provenance.json

sbom-sign: sbom .venv/signing/.ready ## Sign the SBOMs and the provenance: make sbom-sign COSIGN_KEY=<file or KMS URI>
	@test -n "$(COSIGN_KEY)" || { echo "the key is missing: make sbom-sign COSIGN_KEY=<file or KMS URI>; \`$(COSIGN) generate-key-pair\` makes one"; exit 2; }
	$(COSIGN) signing-config create > $(SBOM)/signing-config.json
	for file in $(SIGNED); do $(COSIGN) sign-blob --yes --key "$(COSIGN_KEY)" --signing-config $(SBOM)/signing-config.json --bundle $(SBOM)/$$file.sigstore.json $(SBOM)/$$file || exit 1; done

sbom-verify: .venv/.ready .venv/governance/.ready .venv/signing/.ready ## Check the signatures, and that the SBOMs are current: make sbom-verify COSIGN_PUB=<file or KMS URI>
	@test -n "$(COSIGN_PUB)" || { echo "the public key is missing: make sbom-verify COSIGN_PUB=<file or KMS URI>"; exit 2; }
	for file in $(SIGNED); do $(COSIGN) verify-blob --key "$(COSIGN_PUB)" --insecure-ignore-tlog=true --bundle $(SBOM)/$$file.sigstore.json $(SBOM)/$$file || exit 1; done
	$(BOM) requirements.lock --pyproject pyproject.toml -o - | cmp - $(SBOM)/compiler.cdx.json
	$(BOM) stack/requirements.lock -o - | cmp - $(SBOM)/stack.cdx.json
	cmp generated/provenance.json $(SBOM)/provenance.json
	$(BIN)/roster provenance --check

check: .venv/.ready .venv/stack/.ready ## Check style, types, the layers of imports, and the specs.
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/mypy -p stack --python-executable .venv/stack/bin/python && $(BIN)/lint-imports && $(BIN)/roster check --strict

UNIT_TESTS := $(BIN)/python -m pytest -n 2 tests $(addprefix --ignore tests/,accept cluster local governance)
test: .venv/.ready ## Run all tests that need only Python.
	$(UNIT_TESTS)

accept: .venv/.ready .venv/node/.ready .venv/judges/.ready .venv/debian/.ready .venv/checkov/.ready ## Test the output with its real consumers.
	$(BIN)/python -m pytest tests/accept

accept-local: .venv/.ready .venv/stack/.ready .venv/local/.ready .venv/embeddings/.ready .venv/node/.ready .venv/debian/.ready ## Test the running local stack with real clients.
	.venv/local/bin/python -m pytest tests/local

accept-governance: .venv/.ready .venv/governance/.ready .venv/collector/.ready .venv/signing/.ready ## Test the compliance documents with the tools of CycloneDX, in-toto, OSCAL and cosign.
	.venv/governance/bin/python -m pytest tests/governance
	$(BIN)/python -m pytest -n 2 tests/test_ai_act.py tests/test_placeholders.py tests/test_supply_chain.py tests/test_golden.py

accept-cluster: .venv/.ready ## Test the output with a real Kubernetes and a real Argo CD.
	$(BIN)/python -m tests.cluster.binaries
	$(BIN)/python -m pytest tests/cluster

.venv/stack/.ready: stack/requirements.lock
.venv/embeddings/.ready: stack/embeddings-requirements.lock
.venv/embeddings/.ready: PIP_OPTIONS := --no-deps
.venv/local/.ready: tests/local/requirements.lock .venv/.ready
.venv/governance/.ready: tests/governance/requirements.lock
.venv/checkov/.ready: tests/accept/checkov/requirements.lock .venv/.ready
$(foreach name,stack embeddings local governance checkov,.venv/$(name)/.ready):
	$(environment)
	touch $@

.venv/signing/.ready: tests/governance/signing/go.mod tests/governance/signing/go.sum
	$(call need,go,signing needs Go 1.26.8 or newer to build cosign)
	mkdir -p .venv/signing
	cd tests/governance/signing && CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags "-s -w" -o ../../../.venv/signing/ tool
	touch $@

.venv/node/.ready: stack/package-lock.json
	$(call need,npm,PM2 needs the npm of Node.js 20 or newer)
	mkdir -p .venv/node && cp stack/package.json stack/package-lock.json .venv/node/
	npm ci --prefix .venv/node --no-audit --no-fund --silent
	touch $@

.venv/judges/.ready: $(wildcard tests/accept/*/main.go tests/accept/*/go.*) .venv/.ready
	$(call need,go,make accept needs Go 1.26 or newer to build what checks ToolHive's and Istio's resources)
	mkdir -p .venv/judges
	for judge in toolhive istio; do (cd tests/accept/$$judge && go build -mod=readonly -o ../../../.venv/judges/$$judge .) || exit 2; done
	touch $@

DEBIAN := prometheus prometheus-alertmanager redis-server redis-tools libjemalloc2 liblzf1 libatomic1
.venv/debian/.ready: Makefile .venv/.ready
	$(call need,apt-get,make accept needs Debian's apt-get to fetch Prometheus and Redis)
	$(call need,dpkg-deb,make accept needs Debian's dpkg-deb to unpack Prometheus and Redis)
	rm -rf .venv/debian && mkdir -p .venv/debian/archives
	cd .venv/debian/archives && { apt-get -qq download $(DEBIAN) || { apt-get -qq update && apt-get -qq download $(DEBIAN); }; }
	for archive in .venv/debian/archives/*.deb; do dpkg-deb --extract $$archive .venv/debian || exit 2; done
	touch $@

.venv/collector/.ready: tests/governance/collector/main.go tests/governance/collector/go.mod tests/governance/collector/go.sum
	$(call need,go,make accept-governance needs Go 1.26 or newer to build the OpenTelemetry collector)
	mkdir -p .venv/collector
	cd tests/governance/collector && go build -mod=readonly -trimpath -ldflags "-s -w" -o ../../../.venv/collector/collector .
	touch $@

mutations: .venv/.ready ## Spoil the artefacts in each known way, and list what verify reports.
	$(BIN)/python -m tests.mutations

bench: .venv/.ready ## Measure the compiler beside a minimal script, in one run.
	$(BIN)/python -m tests.bench

golden: .venv/.ready ## Rewrite the snapshots and test pages; the run fails, and you read the diff.
	$(UNIT_TESTS) --snapshot-update --dist loadfile

clean: ## Remove what the targets installed and cached, but not generated/.
	rm -rf .venv .roster .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# What there is to type. Everything that is needed is installed by the targets themselves.
HOSTS ?= 3
OS ?= bookworm
INVENTORY ?= inventory/hosts.ini
RUN ?= last

NODE = $$(test/support/node.sh)
TS = $(NODE) --import tsx

.PHONY: help setup referee demo check fix role test e2e bench lab lab-down lab-status forge preflight prepare unprepare install health add remove reset runs watch

help: ## Show this
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: node_modules ## Install what Troupe needs

# A link leads to modules that others use too, and npm ci would empty them.
node_modules: package-lock.json
	@[ -L $@ ] || command -v npm >/dev/null || (apt-get update && apt-get install -y --no-install-recommends npm)
	@[ -L $@ ] || npm ci --ignore-scripts
	@[ -L $@ ] || touch $@

demo: setup ## Three servers and two agents on lab hosts, with a stand-in for k3s; they stay until `make lab-down`
	$(TS) test/lab/main.ts up --hosts 5 --releases stand-in
	$(TS) playbooks/install.ts -i inventory/lab.ini
	$(TS) playbooks/install.ts -i inventory/lab.ini --check --detailed-exitcode
	$(TS) playbooks/health.ts -i inventory/lab.ini
	@echo 'The cluster stays, of a stand-in for k3s that runs no containers: look at inventory/lab.ini, and take it away with make lab-down.'

preflight: setup ## Judge the hosts of $(INVENTORY), and change nothing
	$(TS) playbooks/preflight.ts -i $(INVENTORY)

prepare: setup ## Prepare the hosts of $(INVENTORY)
	$(TS) playbooks/prepare.ts -i $(INVENTORY)

unprepare: setup ## Put the hosts of $(INVENTORY) back as they were
	$(TS) playbooks/unprepare.ts -i $(INVENTORY)

install: setup ## Install the cluster of $(INVENTORY), stage by stage
	$(TS) playbooks/install.ts -i $(INVENTORY)

health: setup ## Say whether the cluster of $(INVENTORY) is well; ends with 2 where it is not
	$(TS) playbooks/health.ts -i $(INVENTORY)

add: setup ## NODE=node5 added to the cluster of $(INVENTORY), where it stands already
	$(TS) playbooks/add_node.ts -i $(INVENTORY) --limit $(NODE)

remove: setup ## NODE=node5 drained, taken out of the cluster of $(INVENTORY), and cleaned
	$(TS) playbooks/remove_node.ts -i $(INVENTORY) -e node=$(NODE)

reset: setup ## The whole cluster of $(INVENTORY) taken away; asks for its name first
	$(TS) playbooks/reset.ts -i $(INVENTORY)

runs: setup ## The runs that are kept
	$(TS) playbooks/runs.ts list

watch: setup ## Follow $(RUN), the last one or a part of its id, from another terminal
	$(TS) playbooks/runs.ts watch $(RUN)

check: setup ## Format, lint, types and unit tests
	$(TS) test/check.ts

fix: setup ## Format the code, and write the tables of variables
	npm run --silent fix

role: setup ## NAME=node_exporter a new role that runs and keeps the laws, for you to change
	$(TS) playbooks/role.ts new $(NAME)
	npm run --silent fix

# What is held beside Ansible is skipped without it, and says so.
referee: ## Install ansible-core where that is allowed: some tests ask it
	@command -v ansible-inventory >/dev/null || ([ "$$(id -u)" = 0 ] && apt-get update && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ansible-core) || \
		echo 'ansible-core cannot be installed here: the tests that ask it are skipped.'

test: setup referee ## Every test: the checks, unit tests also on the current LTS, then real hosts
	$(TS) test/check.ts format lint types
	$$(test/support/node.sh 26) --import tsx test/run.ts unit
	HOST_NODE=$$(test/support/node.sh 26) $(TS) test/run.ts unit slow host

e2e: setup ## Long fault loops and large transfers on real hosts
	$(TS) test/run.ts e2e

bench: setup ## Speed beside other tools on the same hosts, on the current LTS of Node
	$$(test/support/node.sh 26) --import tsx test/bench/main.ts

lab: setup ## HOSTS=3 real hosts on this machine, in inventory/lab.ini
	$(TS) test/lab/main.ts up --hosts $(HOSTS) --os $(OS)

lab-down: setup ## Take the lab away
	$(TS) test/lab/main.ts down

lab-status: setup ## What stands of the lab
	$(TS) test/lab/main.ts status

forge: setup ## Build what a lab with releases serves: Kubernetes, from its Go modules
	$(TS) test/lab/main.ts forge

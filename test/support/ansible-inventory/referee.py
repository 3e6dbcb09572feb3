"""Answers one case a line, as Ansible's own inventory, variables and command line have it."""
import json
import re
import sys

from ansible import context
from ansible.cli.inventory import InventoryCLI
from ansible.errors import AnsibleError
from ansible.inventory import group
from ansible.inventory.data import InventoryData
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible.utils.context_objects import CLIArgs
from ansible.utils.display import Display

PASSWORD = re.compile(r"^ansible_(\w+_)?(password|pass|passphrase)$")
warnings = []
met = set()


class OrderedSet(dict):
    """Below the second level Ansible's order of groups is that of addresses in memory; here it is that of writing."""

    def __init__(self, items=()):
        super().__init__((item, None) for item in items)

    def add(self, item):
        self[item] = None

    def update(self, items):
        for item in items:
            self[item] = None

    def remove(self, item):
        del self[item]

    def difference_update(self, items):
        for item in list(items):
            self.pop(item, None)

    def copy(self):
        return OrderedSet(self)


def populate_host_vars(self, hosts, variables, group=None, port=None):
    """As Ansible does, but for a host that is called like a group: its variables would go to that group."""
    for host in hosts:
        self.inventory.add_host(host, group=group, port=port)
        if host in self.inventory.groups and variables:
            met.add("namesakes")
        for name in variables:
            self.inventory.hosts[host].set_variable(name, variables[name])


def add_child(self, parent, child, original=InventoryData.add_child):
    """As Ansible does, but for such a host without a group: the group would become a child of `ungrouped`."""
    if parent == "ungrouped" and child in self.hosts:
        return self.groups[parent].add_host(self.hosts[child])
    return original(self, parent, child)


BaseInventoryPlugin._populate_host_vars = populate_host_vars
InventoryData.add_child = add_child
group.set = OrderedSet
Display.warning = lambda self, message, *_, **__: warnings.append(str(message))
Display.deprecated = lambda *_, **__: None


def known(value):
    """A value as far as JSON of JavaScript knows it: one kind of number, exact up to 2^53, and names that are text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 - 1 else str(value)
    if isinstance(value, float) and value.is_integer():
        return known(int(value))
    if isinstance(value, dict):
        return {k if isinstance(k, str) else json.dumps(k): known(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [known(item) for item in value]
    return value


def listed(cli):
    """What --list prints, without passwords."""
    inventory = cli.json_inventory(cli._get_group("all"))
    for variables in inventory["_meta"]["hostvars"].values():
        for name in variables:
            if PASSWORD.match(str(name)) and variables[name] is not None:
                variables[name] = "«secret»"
    return cli.dump(known(inventory))


def hosts_of(inventory, pattern, limit):
    del warnings[:]
    inventory.clear_caches()
    try:
        inventory.subset(limit)
        hosts = [host.name for host in inventory.get_hosts(pattern)]
    except (AnsibleError, IndexError) as error:
        return {"error": str(error)}
    finally:
        inventory.subset(None)
    unknown = [text for text in warnings if "Could not match supplied host pattern" in text]
    return {"hosts": hosts, "unknown": unknown}


def answer(case):
    del warnings[:]
    met.clear()
    arguments = ["ansible-inventory", "--list", "--playbook-dir", case["playbookFolder"]]
    for source in case["sources"]:
        arguments += ["-i", source]
    for extra in case["extra"]:
        arguments += ["-e", extra]
    cli = InventoryCLI(arguments)
    cli.init_parser()
    options = cli.post_process_args(cli.parser.parse_args(arguments[1:]))
    context.CLIARGS = CLIArgs(vars(options))
    try:
        cli.loader, cli.inventory, cli.vm = cli._play_prereqs()
        broken = [text for text in warnings if "parse" in text or "Skipping" in text]
        return {
            "broken": broken,
            "met": list(met),
            "list": listed(cli),
            "graph": cli.inventory_graph(),
            "patterns": [hosts_of(cli.inventory, pattern, None) for pattern in case["patterns"]],
            "limits": [hosts_of(cli.inventory, "all", limit) for limit in case["limits"]],
        }
    except Exception as error:  # noqa: BLE001
        return {"broken": [f"{type(error).__name__}: {error}"]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

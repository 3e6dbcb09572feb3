"""What Ansible knows of settings: how it reads texts of ansible.cfg, and which keys and names there are."""
import configparser
import json
import sys

from ansible import constants  # noqa: F401
from ansible.config.manager import ConfigManager
from ansible.plugins.loader import become_loader, connection_loader


def read(text):
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",))
    parser.read_string(text)
    return [[s, k, parser.get(s, k, raw=True)] for s in parser.sections() for k in parser.options(s)]


become_loader.get("sudo")
connection_loader.get("ssh", class_only=True)
manager = constants.config
definitions = list(manager.get_configuration_definitions().values())
for kind, name in (("connection", "ssh"), ("become", "sudo")):
    definitions += list(manager.get_configuration_definitions(kind, name).values())
json.dump(
    {
        "read": [read(text) for text in json.load(sys.stdin)],
        "keys": sorted({f"{i['section']}.{i['key']}" for d in definitions for i in d.get("ini", [])}),
        "names": sorted({e["name"] for d in definitions for e in d.get("env", [])}),
    },
    sys.stdout,
)

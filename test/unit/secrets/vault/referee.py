"""Reads texts of a vault and writes them, as ansible-core does: one JSON document in, one out."""
import base64
import json
import sys

from ansible.parsing.vault import VaultLib, VaultSecret

asked = json.load(sys.stdin)
identity = asked.get("id", "default")
vault = VaultLib([(identity, VaultSecret(asked["password"].encode()))])
json.dump(
    {
        "opened": [base64.b64encode(vault.decrypt(text)).decode() for text in asked["open"]],
        "closed": [
            vault.encrypt(base64.b64decode(text), vault_id=asked.get("id")).decode() for text in asked["close"]
        ],
    },
    sys.stdout,
)

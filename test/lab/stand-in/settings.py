"""Where a server or an agent is told what to do: config.yaml, the files beside it, flags."""

import functools
import glob
import json
import re
import socket
import subprocess
import time

from about import CONFIG_DIR, PROGRAM, Fatal, read

BOOLEANS = {
    'cluster-init',
    'disable-kube-proxy',
    'disable-network-policy',
    'disable-helm-controller',
    'disable-cloud-controller',
    'embedded-registry',
    'secrets-encryption',
    'selinux',
    'debug',
    'protect-kernel-defaults',
    'with-node-id',
    'etcd-expose-metrics',
    'etcd-disable-snapshots',
}
LISTS = {'tls-san', 'node-ip', 'node-label', 'node-taint', 'disable', 'kubelet-arg', 'kube-apiserver-arg'}
ADDRESS_SECONDS = 10
SHORT = {'-t': '--token', '-s': '--server', '-d': '--data-dir', '-c': '--config'}
# What all servers must agree on: upstream's name for it, and its default.
CRITICAL = {
    'cluster-cidr': ('ClusterIPRanges', '10.42.0.0/16'),
    'service-cidr': ('ServiceIPRanges', '10.43.0.0/16'),
    'cluster-dns': ('ClusterDNS', '10.43.0.10'),
    'cluster-domain': ('ClusterDomain', 'cluster.local'),
    'disable': ('Skips', []),
    'disable-kube-proxy': ('DisableKubeProxy', False),
    'disable-network-policy': ('DisableNPC', False),
    'disable-helm-controller': ('DisableHelmController', False),
    'disable-cloud-controller': ('DisableCCM', False),
    'egress-selector-mode': ('EgressSelectorMode', 'agent'),
    'embedded-registry': ('EmbeddedRegistry', False),
    'flannel-backend': ('FlannelBackend', 'vxlan'),
    'secrets-encryption': ('EncryptSecrets', False),
}


class Settings(dict):
    def one(self, key, default=None):
        value = self.get(key)
        value = value[0] if isinstance(value, list) and value else value
        return default if value in (None, '', []) else value

    def many(self, key):
        value = self.get(key)
        values = value if isinstance(value, list) else [] if value in (None, '') else [value]
        return [part for item in values for part in str(item).split(',')]

    def is_on(self, key):
        return self.get(key) in (True, 'true')

    @property
    def data(self):
        return self.one('data-dir', f'/var/lib/rancher/{PROGRAM}')

    @property
    def node(self):
        return self.one('node-name', socket.gethostname()).lower()

    @functools.cached_property
    def address(self):
        return (self.many('node-ip') or [own_address()])[0]

    @property
    def port(self):
        return int(self.one('https-listen-port', 6443))

    @property
    def token(self):
        file = self.one('token-file')
        return read(file).strip() if file else self.one('token')

    def critical(self):
        """Sorted lists and strings: servers may write the same thing in different ways."""
        values = {}
        for key, (name, default) in CRITICAL.items():
            if isinstance(default, list):
                values[name] = sorted(self.many(key))
            elif isinstance(default, bool):
                values[name] = self.is_on(key)
            else:
                values[name] = ','.join(self.many(key)) or default
        return values


def read_settings(args):
    flags = flags_of(args)
    main = flags.get('config', f'{CONFIG_DIR}/config.yaml')
    settings = Settings()
    for path in [main, *sorted(glob.glob(f'{main}.d/*.yaml'))]:
        for key, value in parse_yaml(read(path, default='')).items():
            if key.endswith('+'):
                value = settings.many(key[:-1]) + (value if isinstance(value, list) else [value])
            settings[key.rstrip('+')] = value
    settings.update(flags)
    return settings


def flags_of(args):
    flags = {}
    rest = list(args)
    while rest:
        name, equals, value = rest.pop(0).partition('=')
        name = SHORT.get(name, name)
        if not name.startswith('--'):
            raise Fatal(f'flag provided but not defined: {name}')
        key = name[2:]
        if not equals and key not in BOOLEANS:
            if not rest:
                raise Fatal(f'flag needs an argument: -{key}')
            value = rest.pop(0)
        if key in LISTS:
            flags.setdefault(key, []).append(value)
        else:
            flags[key] = value if equals or key not in BOOLEANS else True
    return flags


def parse_yaml(text):
    """A flat map of scalars and lists of scalars, in any of the ways in which a library writes one."""
    values = {}
    key, parts = None, []

    def keep():
        if key is not None:
            values[key] = value_of(parts)

    for line in text.split('\n'):
        start = re.match(r'''(["']?)([A-Za-z][\w.-]*\+?)\1\s*:(?:\s+(.*))?$''', line)
        if start:
            keep()
            key, parts = start[2], [start[3] or '']
        elif line.strip() and not line.lstrip().startswith('#') and line.strip() not in ('---', '...'):
            if key is None:
                raise Fatal(f'{CONFIG_DIR}/config.yaml: cannot read {line!r}')
            parts.append(line.strip())
    keep()
    return values


def value_of(parts):
    first, *rest = parts
    items = []
    if first == '' and rest and re.match(r'-(\s|$)', rest[0]):
        for line in rest:
            if re.match(r'-(\s|$)', line):
                items.append(line[1:].strip())
            else:
                items[-1] = folded(items[-1], line)
        return [scalar(item) for item in items]
    if re.match(r'[|>][+-]?$', first):
        return ('\n' if first[0] == '|' else ' ').join(rest)
    text = first
    for line in rest:
        text = folded(text, line)
    if text.startswith('[') and text.endswith(']'):
        return [scalar(item.strip()) for item in text[1:-1].split(',') if item.strip()]
    return scalar(text)


def folded(text, line):
    if text.startswith('"') and text.endswith('\\'):
        return text[:-1] + line
    return f'{text} {line}'.strip()


def scalar(text):
    if text.startswith('"'):
        return json.loads(text[: text.rindex('"') + 1])
    if text.startswith("'"):
        return text[1 : text.rindex("'")].replace("''", "'")
    text = re.sub(r'\s+#.*$', '', text)
    return {'true': True, 'false': False, 'null': None, '~': None, '': None}.get(text, text)


def own_address():
    """At boot there may be none yet."""
    deadline = time.monotonic() + ADDRESS_SECONDS
    while time.monotonic() < deadline:
        command = ['ip', '-4', '-o', 'addr', 'show', 'scope', 'global']
        found = re.search(
            r'inet ([\d.]+)', subprocess.run(command, capture_output=True, text=True, check=True).stdout
        )
        if found:
            return found[1]
        time.sleep(0.1)
    raise Fatal('unable to select an IP from default routes')

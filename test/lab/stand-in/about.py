"""A stand-in for k3s and rke2, for tests that have to be quick and to run where the real ones are not built.

To the outside it behaves as upstream does in what an installer meets: the configuration and its flags, tokens
and the authorities that they name, founding, joining one learner at a time, node passwords, what must be
equal on all servers, quorum, the paths on disk, readiness as systemd and /readyz tell it, and what kubectl
answers about nodes. It runs no containers and speaks no etcd: the servers keep one document, which a majority
of the voters must accept before a change counts. Its own knobs are files: /etc/stand-in-delay (seconds before
a server does anything) and /etc/stand-in-fail (a line to fail with at the start).

That an installation works with the real programs is tried elsewhere: `npm run e2e`.
"""

import os
import sys

VERSION = '@version@'
PROGRAM = '@program@'
IS_RKE2 = PROGRAM == 'rke2'
CONFIG_DIR = f'/etc/rancher/{PROGRAM}'
KUBECONFIG = f'{CONFIG_DIR}/{PROGRAM}.yaml'
NODE_PASSWORD = '/etc/rancher/node/password'
API = f'/v1-{PROGRAM}'


class Fatal(Exception):
    """What ends the program, in upstream's words."""


def log(message, level='info'):
    text = str(message).replace('"', '\\"')
    print(f'stand-in: level={level} msg="{text}"', file=sys.stderr, flush=True)


def read(path, default=None):
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except FileNotFoundError:
        if default is None:
            raise
        return default


def write(path, text, mode=0o600):
    """Whole or not at all, as a power cut may come at any moment."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(
        os.open(f'{path}.new', os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), 'w', encoding='utf-8'
    ) as file:
        file.write(text)
    os.replace(f'{path}.new', path)

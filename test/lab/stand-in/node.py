"""What a server and an agent have in common: the node that they are, and its files."""

import glob
import os
import platform
import re
import secrets
import socket
import sys
import time

from about import IS_RKE2, NODE_PASSWORD, VERSION, Fatal, log, read, write

HEARTBEAT_SECONDS = 2


def obey_knobs(kind):
    """The files with which tests make it fail or wait."""
    failure = read('/etc/stand-in-fail', default='').strip()
    if failure:
        raise Fatal(failure)
    delay = read('/etc/stand-in-delay', default='').strip()
    if delay and kind == 'server':
        log(f'waits for {delay} s, as /etc/stand-in-delay says')
        time.sleep(float(delay))


def tell_systemd(message='READY=1'):
    path = os.environ.get('NOTIFY_SOCKET')
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(message.encode(), '\0' + path[1:] if path.startswith('@') else path)


def node_password():
    if not os.path.exists(NODE_PASSWORD):
        write(NODE_PASSWORD, secrets.token_hex(16) + '\n')
    return read(NODE_PASSWORD).strip()


def node_facts(settings, role):
    system = re.search(r'^PRETTY_NAME="?([^"\n]*)', read('/etc/os-release', default=''), re.M)
    return {
        'node': settings.node,
        'role': role,
        'password': node_password(),
        'address': settings.address,
        'version': VERSION,
        'labels': dict(label.partition('=')[::2] for label in settings.many('node-label')),
        'taints': [taint_of(text) for text in settings.many('node-taint')],
        'machineId': read('/etc/machine-id', default='').strip(),
        'bootId': read('/proc/sys/kernel/random/boot_id').strip(),
        'osImage': system[1] if system else 'Linux',
        'kernel': platform.release(),
    }


def taint_of(text):
    """As users write it: `key=value:Effect`, `key:Effect`."""
    setting, _, effect = text.rpartition(':')
    key, equals, value = setting.partition('=')
    return {'key': key, 'effect': effect, **({'value': value} if equals else {})}


def has_network(needs_cni):
    """Without a network plugin of its own a node waits for somebody to install one."""
    return not needs_cni or bool(glob.glob('/etc/cni/net.d/*.conf*'))


def write_agent_files(agent, files, api):
    """The certificates of a node, and the kubeconfig by which it speaks for itself."""
    for name, text in files.items():
        write(f'{agent}/{name}', text)
    if IS_RKE2:
        write(f'{os.path.dirname(agent)}/bin/kubectl', read(os.path.realpath(sys.argv[0])), 0o755)
    write(
        f'{agent}/kubelet.kubeconfig',
        kubeconfig(
            api,
            {
                'certificate-authority': f'{agent}/server-ca.crt',
                'client-certificate': f'{agent}/client-kubelet.crt',
                'client-key': f'{agent}/client-kubelet.key',
            },
        ),
    )


def kubeconfig(server, fields):
    cluster = {key: value for key, value in fields.items() if key.startswith('certificate-authority')}
    user = {key: value for key, value in fields.items() if key.startswith('client-')}

    def lines(values):
        return ''.join(f'    {key}: {value}\n' for key, value in values.items())

    return (
        'apiVersion: v1\nclusters:\n- cluster:\n' + lines({**cluster, 'server': server}) + '  name: default\n'
        'contexts:\n- context:\n    cluster: default\n    user: default\n  name: default\n'
        'current-context: default\nkind: Config\npreferences: {}\n'
        'users:\n- name: default\n  user:\n' + lines(user)
    )

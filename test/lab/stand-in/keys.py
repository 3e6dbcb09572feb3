"""Authorities, certificates and tokens, made with openssl."""

import hashlib
import os
import re
import subprocess
import time

from about import Fatal, read

AUTHORITIES = ('server-ca', 'client-ca', 'request-header-ca', 'etcd/server-ca', 'etcd/peer-ca')
CA_DAYS = 3650
LEAF_DAYS = 365
RENEWED_BELOW_DAYS = 120


class Making:
    """Several certificates at once: openssl takes more time to start than to sign."""

    def __init__(self):
        self.running = []

    def authority(self, path, name):
        extensions = [
            'basicConstraints=critical,CA:TRUE',
            'keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign',
        ]
        self._start(path, [f'CN={name}@{int(time.time())}'], extensions, CA_DAYS, None)

    def leaf(self, path, subject, ca, names=()):
        extensions = [
            'basicConstraints=critical,CA:FALSE',
            'keyUsage=critical,digitalSignature,keyEncipherment',
            'extendedKeyUsage=serverAuth,clientAuth',
            'authorityKeyIdentifier=keyid',
        ]
        kinds = [
            ('IP' if re.fullmatch(r'[\d.]+|[\da-f:]*:[\da-f:]*', name) else 'DNS', name) for name in names
        ]
        if kinds:
            extensions.append('subjectAltName=' + ','.join(f'{kind}:{name}' for kind, name in kinds))
        self._start(path, subject, extensions, LEAF_DAYS, ca)

    def _start(self, path, subject, extensions, days, ca):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        config = '\n'.join(
            [
                '[req]',
                'prompt=no',
                'distinguished_name=subject',
                'x509_extensions=extensions',
                '[subject]',
                *subject,
                '[extensions]',
                'subjectKeyIdentifier=hash',
                *extensions,
                '',
            ]
        )
        command = [
            'openssl',
            'req',
            '-x509',
            '-config',
            '/dev/stdin',
            '-newkey',
            'ec',
            '-pkeyopt',
            'ec_paramgen_curve:P-256',
            '-nodes',
            '-days',
            str(days),
            '-keyout',
            f'{path}.key',
            '-out',
            f'{path}.crt',
        ]
        if ca:
            command += ['-CA', f'{ca}.crt', '-CAkey', f'{ca}.key']
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        process.stdin.write(config.encode())
        process.stdin.close()
        self.running.append((path, process))

    def finish(self):
        for path, process in self.running:
            said = process.stderr.read().decode()
            if process.wait() != 0:
                raise Fatal(f'{path}: {said.strip()}')
            os.chmod(f'{path}.key', 0o600)
        self.running = []


def make_authorities(tls):
    making = Making()
    for name in AUTHORITIES:
        making.authority(f'{tls}/{name}', f'stand-in-{name.replace("/", "-")}')
    making.finish()


def expiry_of(path):
    """When a certificate ends, in seconds since 1970."""
    shown = subprocess.run(
        ['openssl', 'x509', '-noout', '-enddate', '-in', path], capture_output=True, text=True, check=True
    )
    text = re.sub(r'\s+', ' ', shown.stdout.strip().removeprefix('notAfter=').removesuffix(' GMT'))
    return time.mktime(time.strptime(text, '%b %d %H:%M:%S %Y')) - time.timezone


def is_due(path):
    return not os.path.exists(path) or expiry_of(path) - time.time() < RENEWED_BELOW_DAYS * 86400


def hash_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def full_token(tls, user, password):
    return f'K10{hash_of(read(f"{tls}/server-ca.crt"))}::{user}:{password}'


def parse_token(token):
    """The hash of the authority ('' in the short form), the user ('' likewise), and the password."""
    if not token:
        raise Fatal('token must not be empty')
    if not token.startswith('K10'):
        return '', '', token
    authority, separator, login = token[3:].partition('::')
    user, colon, password = login.partition(':')
    if not separator or not colon or not password:
        raise Fatal('invalid token format')
    if len(authority) != 64:
        raise Fatal('invalid token CA hash length')
    return authority, user, password

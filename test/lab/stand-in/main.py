"""Which of its programs is meant."""

import json
import os
import signal
import subprocess
import sys
import time

from about import IS_RKE2, PROGRAM, VERSION, Fatal, log
from keys import expiry_of, is_due
from settings import read_settings

HELP = f"""NAME:
   {PROGRAM} (stand-in) - behaves to an installer as {PROGRAM} does, and runs nothing

COMMANDS:
   server       Run management server
   agent        Run node agent
   kubectl      Run kubectl
   certificate  Manage {PROGRAM} certificates"""


def main():
    name = os.path.basename(sys.argv[0])
    command, *args = sys.argv[1:] or ['--help']
    if name == 'kubectl' or (command == 'kubectl' and not IS_RKE2):
        # What one program does not use it does not load: kubectl is called often.
        from kubectl import run_kubectl

        run_kubectl(sys.argv[1:] if name == 'kubectl' else args)
    elif command in ('--version', '-v'):
        print(f'{PROGRAM} version {VERSION} (stand-in)')
    elif command in ('--help', '-h', 'help') or '--help' in args:
        print(HELP)
    elif command == 'server':
        from server import Server

        run(Server, args)
    elif command == 'agent':
        from agent import Agent

        run(Agent, args)
    elif command == 'certificate' and args[:1] == ['check']:
        check_certificates(args[1:])
    else:
        print(f"No help topic for '{command}' (stand-in)", file=sys.stderr)
        sys.exit(3)


def run(kind, args):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        log(f'Starting {PROGRAM} {VERSION} (stand-in)')
        kind(read_settings(args)).run()
    except Fatal as error:
        log(error, 'fatal')
        # Threads that still wait for other servers must not keep it.
        os._exit(1)


def check_certificates(args):
    settings = read_settings(args)
    found = []
    for folder in ('server/tls', 'server/tls/etcd', 'agent'):
        place = f'{settings.data}/{folder}'
        for file in sorted(os.listdir(place) if os.path.isdir(place) else []):
            if file.endswith('.crt'):
                found.append(entry_of(f'{place}/{file}'))
    if settings.one('output') == 'json':
        print(json.dumps({'Certificates': found}))
        return
    for entry in found:
        log(
            f'{entry["Filename"]}: certificate {entry["Subject"]} is {entry["Status"]}, '
            f'expires at {entry["ExpiryTime"]}'
        )


def entry_of(path):
    options = ['-noout', '-subject', '-issuer', '-nameopt', 'multiline', '-in', path]
    shown = subprocess.run(['openssl', 'x509', *options], capture_output=True, text=True, check=True).stdout
    subject, issuer = [line.partition('= ')[2] for line in shown.split('\n') if 'commonName' in line]
    ends = expiry_of(path)
    left = ends - time.time()
    status = 'EXPIRED' if left <= 0 else 'WARNING' if is_due(path) else 'OK'
    usages = ['CertSign'] if subject == issuer else ['ServerAuth', 'ClientAuth']
    return {
        'Filename': os.path.basename(path),
        'Subject': subject,
        'Issuer': issuer,
        'Usages': usages,
        'ExpiryTime': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(ends)),
        'ResidualTime': int(left * 1e9),
        'Status': status,
    }

"""An agent: registers its node with a server, and lets itself be heard by whichever of them answers."""

import json
import socket
import threading
import time

from about import API, PROGRAM, Fatal, log, read, write
from keys import hash_of, parse_token
from node import HEARTBEAT_SECONDS, has_network, node_facts, obey_knobs, tell_systemd, write_agent_files
from remote import Refused, Unreachable, context_of, request

BALANCER_PORT = 6444
RETRY_SECONDS = 2


class Agent:
    def __init__(self, settings):
        self.settings = settings
        self.root = f'{settings.data}/agent'
        self.servers_path = f'{self.root}/etc/{PROGRAM}-agent-load-balancer.json'
        self.servers = {'supervisors': [], 'apis': [], 'needsCni': False}
        self.authority = self.password = self.ca_text = ''

    def run(self):
        url = (self.settings.one('server') or '').rstrip('/')
        if not url:
            raise Fatal('--server is required')
        if not self.settings.token:
            raise Fatal('--token is required')
        self.authority, _, self.password = parse_token(self.settings.token)
        obey_knobs('agent')
        self.servers = json.loads(read(self.servers_path, default=json.dumps(self.servers)))
        self.register(url)
        threading.Thread(target=self.balance, daemon=True).start()
        tell_systemd()
        log(f'{PROGRAM} agent is up and running')
        while True:
            self.beat()
            time.sleep(HEARTBEAT_SECONDS)

    def register(self, url):
        """For ever, as upstream does: the server may come, or be told of this node, later."""
        while True:
            for base in [url, *(f'https://{address}' for address in self.servers['supervisors'])]:
                try:
                    self.ca_text = request('GET', f'{base}/cacerts', context_of())
                    if self.authority not in ('', hash_of(self.ca_text)):
                        log(
                            f'Failed to validate connection to cluster at {url}: '
                            'token CA hash does not match the Cluster CA certificate hash: '
                            f'{self.authority} != {hash_of(self.ca_text)}',
                            'error',
                        )
                        break
                    answer = self.call(base, 'nodes', node_facts(self.settings, 'agent'))
                    write_agent_files(self.root, answer.pop('files'), f'https://127.0.0.1:{BALANCER_PORT}')
                    self.keep(answer)
                    self.beat()
                    return
                except Unreachable as error:
                    log(
                        f'Failed to validate connection to cluster at {url}: failed to get CA certs: {error}',
                        'error',
                    )
                except Refused as error:
                    why = error.body if error.code == 403 else error
                    log(f'Waiting to retrieve agent configuration; server is not ready: {why}')
                    break
            time.sleep(RETRY_SECONDS)

    def call(self, base, verb, body, timeout=5):
        login = ('node', self.password)
        return json.loads(
            request('POST', f'{base}{API}/{verb}', context_of(self.ca_text), body, login, timeout)
        )

    def keep(self, servers):
        if servers != self.servers:
            self.servers = servers
            write(self.servers_path, json.dumps(servers))

    def beat(self):
        said = {'node': self.settings.node, 'network': has_network(self.servers['needsCni'])}
        for address in self.servers['supervisors']:
            try:
                self.keep(self.call(f'https://{address}', 'heartbeat', said, timeout=1))
                return
            except (Unreachable, Refused) as error:
                log(f'no heartbeat: {error}', 'warning')

    def balance(self):
        """What is asked of the API on this host reaches whichever server answers."""
        with socket.create_server(('127.0.0.1', BALANCER_PORT)) as listener:
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self.forward, args=(client,), daemon=True).start()

    def forward(self, client):
        for api in self.servers['apis']:
            host, _, port = api.rpartition(':')
            try:
                server = socket.create_connection((host, int(port)), timeout=1)
            except OSError:
                continue
            server.settimeout(None)
            threading.Thread(target=copy, args=(server, client), daemon=True).start()
            copy(client, server)
            return
        client.close()


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        target.close()

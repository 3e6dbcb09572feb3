"""A server: founds a cluster, joins one, or goes on with the one that it has."""

import json
import os
import secrets
import shutil
import threading
import time

from about import API, IS_RKE2, PROGRAM, Fatal, log, read, write
from api import DUPLICATE_NODE, Answer, serve
from files import Files
from keys import hash_of, make_authorities, parse_token
from node import HEARTBEAT_SECONDS, has_network, node_facts, obey_knobs, tell_systemd
from objects import empty_document
from remote import Refused, Unreachable, context_of, request
from store import ROUND_SECONDS, Store, Unavailable
from supervisor import Supervisor

LEARNS_SECONDS = 1
RETRY_SECONDS = 1


class Server(Files, Supervisor):
    def __init__(self, settings):
        self.settings = settings
        self.root = f'{settings.data}/server'
        self.tls = f'{self.root}/tls'
        self.etcd, self.sqlite = f'{self.root}/db/etcd', f'{self.root}/db/state.db'
        self.document_path = f'{self.etcd}/member/document.json'
        self.supervisor_port = 9345 if IS_RKE2 else settings.port
        self.started = time.monotonic()
        self.heard = {}
        self.password = self.agent_password = self.ca_text = ''
        self.store = None

    def run(self):
        obey_knobs('server')
        if os.path.exists(f'{self.etcd}/tombstone'):
            log('tombstone file has been detected, removing data dir to rejoin the cluster')
            shutil.rmtree(self.etcd)
        if os.path.exists(self.sqlite) or os.path.exists(self.document_path):
            self.go_on()
        elif self.settings.one('server'):
            self.join(self.settings.one('server').rstrip('/'))
        else:
            self.found()
        self.ca_text = read(f'{self.tls}/server-ca.crt')
        self.make_certificates()
        self.write_tokens()
        for port in {self.supervisor_port, self.settings.port}:
            serve(self, port, f'{self.tls}/serving-kube-apiserver', f'{self.tls}/client-ca.crt')
        self.register_own_node()
        tell_systemd()
        log(f'{PROGRAM} is up and running')
        threading.Thread(target=self.become_voter, daemon=True).start()
        while True:
            self.pulse()
            time.sleep(HEARTBEAT_SECONDS)

    # How it comes to a cluster

    def found(self):
        authority, _, self.password = parse_token(self.settings.token or secrets.token_hex(16))
        is_new = not os.path.exists(f'{self.tls}/server-ca.crt')
        if authority and (is_new or authority != hash_of(read(f'{self.tls}/server-ca.crt'))):
            raise Fatal(
                'failed to normalize server token: the cluster that its CA hash names does not exist here'
            )
        if is_new:
            make_authorities(self.tls)
        self.agent_password = self.settings.one('agent-token', self.password)
        has_etcd = IS_RKE2 or self.settings.is_on('cluster-init')
        member = self.member_name() if has_etcd else self.settings.node
        self.open_store(self.document_path if has_etcd else self.sqlite, member)
        document = empty_document(self.settings.critical(), 'etcd' if has_etcd else 'sqlite')
        document['members'][member] = {**self.as_member(), 'voter': True}
        self.store.start_with(document, [1, member])
        log(
            f'Starting etcd for new cluster, cluster-reset=false: {member}'
            if has_etcd
            else 'Kine available at state.db'
        )

    def go_on(self):
        """What was configured for founding or joining no longer counts."""
        self.ca_text = read(f'{self.tls}/server-ca.crt')
        self.password = parse_token(read(f'{self.root}/token').strip())[2]
        self.agent_password = parse_token(read(f'{self.root}/agent-token').strip())[2]
        if self.settings.token:
            authority, _, password = parse_token(self.settings.token)
            self.compare_authority(authority)
            if password != self.password:
                raise Fatal('bootstrap data already found and encrypted with different token')
        has_etcd = os.path.exists(self.document_path)
        self.open_store(
            self.document_path if has_etcd else self.sqlite,
            self.member_name() if has_etcd else self.settings.node,
        )

    def join(self, url):
        authority, _, self.password = parse_token(self.settings.token)
        try:
            self.ca_text = request('GET', f'{url}/cacerts', context_of())
            self.compare_authority(authority)
            trusted = context_of(self.ca_text)
            bootstrap = self.call(f'{url}{API}/server-bootstrap', trusted)
        except Unreachable as error:
            raise Fatal(f'failed to validate token: failed to get CA certs: {error}') from error
        except Refused as error:
            raise Fatal(f'failed to validate token: {error}') from error
        different = [
            name for name, value in self.settings.critical().items() if bootstrap['critical'][name] != value
        ]
        if different:
            raise Fatal(
                'failed to validate server configuration: '
                'critical configuration value mismatch between servers: ' + ', '.join(different)
            )
        for name, text in bootstrap['files'].items():
            write(f'{self.tls}/{name}', text)
        self.agent_password = bootstrap['agentPassword']
        member = self.member_name()
        log(f'Adding member {member}={self.settings.address} to etcd cluster')
        seen = self.add_member(url, trusted, member)
        self.write_tokens()
        self.open_store(self.document_path, member)
        self.store.start_with(seen['document'], seen['ballot'])

    def add_member(self, url, trusted, member):
        while True:
            try:
                return self.call(f'{url}{API}/members', trusted, {'name': member, **self.as_member()})
            except Refused as error:
                if DUPLICATE_NODE in error.body:
                    os.remove(f'{self.etcd}/name')
                    raise Fatal(f'etcd cluster join failed: {DUPLICATE_NODE}') from error
                log(f'Waiting for other members to finish joining etcd cluster: {error.body}')
            except Unreachable as error:
                log(f'Waiting to retrieve etcd cluster member list: {error}')
            time.sleep(RETRY_SECONDS)

    def compare_authority(self, authority):
        here = hash_of(self.ca_text)
        if authority not in ('', here):
            raise Fatal(
                'failed to validate token: token CA hash does not match the Cluster CA certificate hash: '
                f'{authority} != {here}'
            )

    def member_name(self):
        path = f'{self.etcd}/name'
        if not os.path.exists(path):
            write(path, f'{self.settings.node}-{secrets.token_hex(4)}')
        return read(path)

    def as_member(self):
        address = self.settings.address
        return {
            'node': self.settings.node,
            'address': f'{address}:{self.supervisor_port}',
            'api': f'{address}:{self.settings.port}',
        }

    def open_store(self, path, member):
        self.store = Store(path, member, self.ask)

    # As a member of the cluster

    def call(self, url, trusted, body=None, timeout=5):
        method = 'GET' if body is None else 'POST'
        return json.loads(request(method, url, trusted, body, ('server', self.password), timeout))

    def ask(self, address, verb, body):
        return self.call(
            f'https://{address}{API}/{verb}', context_of(self.ca_text), body, timeout=ROUND_SECONDS
        )

    def register_own_node(self):
        while True:
            try:
                self.end_if_removed()
                self.register(node_facts(self.settings, 'server'))
                return
            except Answer as answer:
                log(f'Waiting to retrieve agent configuration; server is not ready: {answer.body}', 'error')
            except Unavailable as error:
                log(f'Waiting for the datastore to become available: {error}')
            time.sleep(RETRY_SECONDS)

    def become_voter(self):
        member = self.store.member
        while not self.store.document['members'].get(member, {'voter': True})['voter']:
            time.sleep(LEARNS_SECONDS)

            def promote(document):
                if member in document['members']:
                    document['members'][member]['voter'] = True

            try:
                self.store.change(promote)
                log(f'promoted etcd member {member}')
            except Unavailable as error:
                log(f'cannot promote etcd member {member}: {error}', 'warning')

    def pulse(self):
        """Tells the others whom it heard, hears it from them, and catches up with them."""
        self.heard[self.settings.node] = (time.monotonic(), has_network(self.needs_cni()))
        ages = self.ages()
        newer = []

        def exchange(address):
            try:
                answer = self.ask(address, 'pulse', {'ages': ages})
                self.hear(answer['ages'])
                newer.append(answer['ballot'] > self.store.ballot)
            except (Unreachable, Refused):
                pass

        others = [
            member['address']
            for name, member in self.store.document['members'].items()
            if name != self.store.member
        ]
        threads = [threading.Thread(target=exchange, args=(address,), daemon=True) for address in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if any(newer):
            try:
                self.end_if_removed()
            except Unavailable:
                pass

    def end_if_removed(self):
        """Without its member of etcd it has nothing to go on with; started again, it joins as a new one."""
        if self.store.member not in self.store.read()['members']:
            write(f'{self.etcd}/tombstone', '')
            raise Fatal(
                f'this node has been removed from the cluster please restart {PROGRAM} to rejoin the cluster'
            )

    def ages(self):
        now = time.monotonic()
        return {node: [now - when, network] for node, (when, network) in self.heard.items()}

    def hear(self, ages):
        now = time.monotonic()
        for node, (age, network) in ages.items():
            if now - age > self.heard.get(node, (0, True))[0]:
                self.heard[node] = (now - age, network)

    def heard_of(self, node):
        when, network = self.heard.get(node, (self.started, True))
        return time.monotonic() - when, network

    def needs_cni(self):
        critical = self.store.document['critical']
        return self.settings.one('cni') == 'none' if IS_RKE2 else critical['FlannelBackend'] == 'none'

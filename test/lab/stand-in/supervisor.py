"""What a server answers to joining hosts and to the other servers."""

import uuid

from about import read
from api import DUPLICATE_NODE, PASSWORD_REJECTED, TOO_MANY_LEARNERS, Answer
from keys import AUTHORITIES, hash_of
from node import has_network
from objects import add_event, stamp


class Supervisor:
    """Of a server.Server."""

    def supervise(self, verb, body):
        if verb in ('seen', 'promise', 'accept'):
            return self.store.answer(verb, body)
        if verb == 'pulse':
            self.hear(body['ages'])
            return {'ages': self.ages(), 'ballot': self.store.ballot}
        if verb == 'server-bootstrap':
            if self.store.document['datastore'] != 'etcd':
                raise Answer(400, 'etcd disabled', 'text/plain')
            files = {
                f'{name}.{end}': read(f'{self.tls}/{name}.{end}')
                for name in AUTHORITIES
                for end in ('crt', 'key')
            }
            return {
                'critical': self.store.document['critical'],
                'files': files,
                'agentPassword': self.agent_password,
            }
        if verb == 'members':
            self.store.change(lambda document: self.add(document, body))
            return self.store.seen()
        if verb == 'nodes':
            self.register(body)
            return {**self.as_servers(), 'files': self.certificates_for(body['node'], body['address'])}
        if verb == 'heartbeat':
            self.hear({body['node']: [0, body['network']]})
            return self.as_servers()
        raise Answer(404, '404 page not found', 'text/plain')

    def add(self, document, body):
        name, members = body['name'], document['members']
        if name in members and members[name]['address'] == body['address']:
            return
        if any(member['node'] == body['node'] for member in members.values()):
            raise Answer(409, DUPLICATE_NODE, 'text/plain')
        if not all(member['voter'] for member in members.values()):
            raise Answer(409, TOO_MANY_LEARNERS, 'text/plain')
        members[name] = {**{key: body[key] for key in ('node', 'address', 'api')}, 'voter': False}

    def register(self, facts):
        name = facts['node']

        def mutate(document):
            digest = hash_of(facts['password'])
            if document['passwords'].setdefault(name, digest) != digest:
                raise Answer(403, PASSWORD_REJECTED, 'text/plain')
            new = {
                'created': stamp(),
                'uid': str(uuid.uuid4()),
                'unschedulable': False,
                'annotations': {},
                'labels': {},
                'taints': facts['taints'],
                'podCidr': f'10.42.{len(document["nodes"])}.0/24',
            }
            node = document['nodes'].setdefault(name, new)
            node['labels'].update(facts['labels'])
            node.update(
                {
                    key: facts[key]
                    for key in ('role', 'address', 'version', 'machineId', 'bootId', 'osImage', 'kernel')
                }
            )
            add_event(document, name, 'Starting', 'Starting kubelet.')

        self.store.change(mutate)
        self.hear(
            {name: [0, has_network(self.needs_cni()) if name == self.settings.node else not self.needs_cni()]}
        )

    def as_servers(self):
        members = self.store.document['members'].values()
        return {
            'supervisors': [member['address'] for member in members],
            'apis': [member['api'] for member in members],
            'needsCni': self.needs_cni(),
        }

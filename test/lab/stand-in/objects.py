"""The document as objects of Kubernetes."""

import time

from about import PROGRAM, VERSION

HEARD_WITHIN_SECONDS = 10
# What kubectl may list, and under which path.
LISTS = {
    'nodes': ('/api/v1', 'Node'),
    'pods': ('/api/v1', 'Pod'),
    'events': ('/api/v1', 'Event'),
    'secrets': ('/api/v1', 'Secret'),
    'poddisruptionbudgets': ('/apis/policy/v1', 'PodDisruptionBudget'),
    'deployments': ('/apis/apps/v1', 'Deployment'),
    'daemonsets': ('/apis/apps/v1', 'DaemonSet'),
    'statefulsets': ('/apis/apps/v1', 'StatefulSet'),
}


def stamp(seconds=None):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(seconds))


def empty_document(critical, datastore):
    return {
        'critical': critical,
        'datastore': datastore,
        'members': {},
        'nodes': {},
        'passwords': {},
        'objects': [],
    }


def list_of(kind, items):
    path, single = LISTS[kind]
    version = path.removeprefix('/apis/').removeprefix('/api/')
    return {
        'kind': f'{single}List',
        'apiVersion': version,
        'metadata': {'resourceVersion': ''},
        'items': items,
    }


def status(code, reason, message, **details):
    return {
        'kind': 'Status',
        'apiVersion': 'v1',
        'metadata': {},
        'status': 'Failure',
        'message': message,
        'reason': reason,
        'details': details,
        'code': code,
    }


def condition(kind, state, reason, message):
    return {'type': kind, 'status': state, 'reason': reason, 'message': message, 'lastHeartbeatTime': stamp()}


def node_object(document, name, heard):
    """`heard` is how many seconds ago the agent of the node was heard, and whether it has a network."""
    node = document['nodes'][name]
    age, has_network = heard
    if age >= HEARD_WITHIN_SECONDS:
        ready = condition('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.')
    elif has_network:
        ready = condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
    else:
        ready = condition(
            'Ready',
            'False',
            'KubeletNotReady',
            'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady '
            'message:Network plugin returns error: cni plugin not initialized',
        )
    labels = {'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64'}
    conditions = [ready]
    if node['role'] == 'server':
        labels['node-role.kubernetes.io/control-plane'] = 'true'
        if document['datastore'] == 'etcd':
            labels['node-role.kubernetes.io/etcd'] = 'true'
            member = next((m for m in document['members'].values() if m['node'] == name), None)
            if member is not None and member['voter']:
                conditions.append(
                    condition(
                        'EtcdIsVoter',
                        'True',
                        'MemberNotLearner',
                        'Node is a voting member of the etcd cluster',
                    )
                )
            elif member is not None:
                conditions.append(
                    condition(
                        'EtcdIsVoter',
                        'False',
                        'MemberIsLearner',
                        'Node has not been promoted to voting member of the etcd cluster',
                    )
                )
    taints = list(node['taints'])
    spec = {'podCIDR': node['podCidr'], 'providerID': f'{PROGRAM}://{name}'}
    if node['unschedulable']:
        spec['unschedulable'] = True
        taints.append({'key': 'node.kubernetes.io/unschedulable', 'effect': 'NoSchedule'})
    if taints:
        spec['taints'] = taints
    return {
        'apiVersion': 'v1',
        'kind': 'Node',
        'metadata': {
            'name': name,
            'uid': node['uid'],
            'creationTimestamp': node['created'],
            'labels': {**labels, **node['labels']},
            'annotations': node['annotations'],
        },
        'spec': spec,
        'status': {
            'conditions': conditions,
            'addresses': [
                {'type': 'InternalIP', 'address': node['address']},
                {'type': 'Hostname', 'address': name},
            ],
            'nodeInfo': {
                'kubeletVersion': node['version'],
                'machineID': node['machineId'],
                'bootID': node['bootId'],
                'operatingSystem': 'linux',
                'architecture': 'amd64',
                'osImage': node['osImage'],
                'kernelVersion': node['kernel'],
                'containerRuntimeVersion': 'none://stand-in',
            },
        },
    }


def password_secret(document, name):
    node = name.removesuffix(f'.node-password.{PROGRAM}')
    if node == name or node not in document['passwords']:
        return None
    return {
        'apiVersion': 'v1',
        'kind': 'Secret',
        'type': 'Opaque',
        'immutable': True,
        'metadata': {'name': name, 'namespace': 'kube-system'},
        'data': {'hash': document['passwords'][node]},
    }


def version_object():
    major, minor = VERSION.removeprefix('v').split('.')[:2]
    return {
        'major': major,
        'minor': minor,
        'gitVersion': VERSION,
        'platform': 'linux/amd64',
        'buildDate': 'stand-in',
    }


def add_event(document, node, reason, message):
    """The newest hundred stay."""
    event = {
        'apiVersion': 'v1',
        'kind': 'Event',
        'type': 'Normal',
        'reason': reason,
        'message': message,
        'metadata': {
            'name': f'{node}.{time.time_ns():x}',
            'namespace': 'default',
            'creationTimestamp': stamp(),
        },
        'involvedObject': {'kind': 'Node', 'name': node},
        'lastTimestamp': stamp(),
    }
    document['events'] = [*document.get('events', []), event][-100:]

"""The little of kubectl that installers use."""

import base64
import json
import os
import re
import sys
import time
import urllib.parse

from about import KUBECONFIG, read
from node import taint_of
from objects import LISTS
from remote import Refused, Unreachable, context_of, request

SHORT_NAMES = {
    'no': 'nodes',
    'po': 'pods',
    'ev': 'events',
    'pdb': 'poddisruptionbudgets',
    'deploy': 'deployments',
    'ds': 'daemonsets',
    'sts': 'statefulsets',
    'secret': 'secrets',
    'poddisruptionbudget': 'poddisruptionbudgets',
}
WITH_VALUE = {
    '-o',
    '--output',
    '-n',
    '--namespace',
    '--kubeconfig',
    '--raw',
    '--timeout',
    '--request-timeout',
    '-l',
    '--selector',
    '--grace-period',
    '--field-selector',
    '--sort-by',
    '--context',
    '--pod-selector',
    '--skip-wait-for-delete-timeout',
}


class Failure(Exception):
    """Ends kubectl with 1 and this text."""


def run_kubectl(args):
    try:
        words, flags = words_and_flags(args)
        verb, *rest = words or ['help']
        work = VERBS.get(verb)
        if work is None:
            raise Failure(f'error: unknown command "{verb}" for "kubectl (stand-in)"')
        work(Client(flags.get('--kubeconfig')), rest, flags)
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)


def words_and_flags(args):
    words, flags, rest = [], {}, list(args)
    while rest:
        arg = rest.pop(0)
        name, equals, value = arg.partition('=')
        short = re.fullmatch(r'-([on])(.+)', arg)
        if short and not equals:
            name, value, equals = f'-{short[1]}', short[2], '='
        if not name.startswith('-') or name == '-':
            words.append(arg)
        elif equals or name not in WITH_VALUE:
            flags[name] = value if equals else 'true'
        else:
            flags[name] = rest.pop(0) if rest else ''
    for long, letter in (('--output', '-o'), ('--namespace', '-n'), ('--all-namespaces', '-A')):
        if long in flags:
            flags[letter] = flags.pop(long)
    return words, flags


class Client:
    def __init__(self, path):
        self.path = path or os.environ.get('KUBECONFIG') or KUBECONFIG
        self.ready = None

    def open(self):
        """By its fields alone: who copied the file may have written it in another way."""
        if self.ready is not None:
            return
        if not os.path.exists(self.path):
            raise Failure(
                'The connection to the server localhost:8080 was refused - '
                'did you specify the right host or port?'
            )
        if not os.access(self.path, os.R_OK):
            raise Failure(
                f'error: error loading config file "{self.path}": open {self.path}: permission denied'
            )
        fields = dict(re.findall(r'^[ -]*([a-z-]+): +(?:[>|]-?\s+)?["\']?([^\s"\']+)', read(self.path), re.M))

        def text(name):
            if name in fields:
                return read(os.path.join(os.path.dirname(self.path), fields[name]))
            return base64.b64decode(fields.get(f'{name}-data', '')).decode()

        # Python takes a client's certificate from a file only, and this one must never stand on a disk.
        pair = os.memfd_create('client')
        os.write(pair, (text('client-certificate') + text('client-key')).encode())
        self.server = fields['server']
        self.context = context_of(text('certificate-authority'), f'/proc/self/fd/{pair}')
        self.ready = True

    def ask(self, method, path, body=None):
        self.open()
        try:
            return request(
                method, self.server + urllib.parse.quote(path, safe='/?=&'), self.context, body, timeout=10
            )
        except Unreachable as error:
            where = urllib.parse.urlsplit(self.server)
            if 'connection refused' in str(error):
                raise Failure(
                    f'The connection to the server {where.netloc} was refused - '
                    'did you specify the right host or port?'
                ) from error
            raise Failure(f'Unable to connect to the server: {error}') from error
        except Refused as error:
            raise Failure(words_of(error)) from error


def words_of(error):
    try:
        status = json.loads(error.body)
    except ValueError:
        said = f'an error on the server ("{error.body}") has prevented the request from succeeding'
        return f'Error from server (InternalError): {said}'
    if error.code == 401:
        return 'error: You must be logged in to the server (Unauthorized)'
    reason = f' ({status["reason"]})' if status.get('reason') else ''
    return f'Error from server{reason}: {status["message"]}'


def path_of(kind, name=None, namespace=None):
    kind = SHORT_NAMES.get(kind, kind if kind in LISTS else f'{kind}s')
    if kind not in LISTS:
        raise Failure(f'error: the server doesn\'t have a resource type "{kind}"')
    inside = f'/namespaces/{namespace}' if namespace and kind != 'nodes' else ''
    return kind, f'{LISTS[kind][0]}{inside}/{kind}' + (f'/{name}' if name else '')


def targets(words):
    """`node a b` and `node/a` alike."""
    kind, *names = words
    if '/' in kind:
        kind, name = kind.split('/')
        names = [name]
    return kind, names


def get(client, words, flags):
    if '--raw' in flags:
        sys.stdout.write(client.ask('GET', flags['--raw']))
        return
    kinds, names = targets(words)
    namespace = None if '-A' in flags else flags.get('-n')
    items, failures = [], []
    for kind in kinds.split(','):
        for name in names or [None]:
            try:
                found = json.loads(client.ask('GET', path_of(kind, name, namespace)[1]))
                items += [found] if name else found['items']
            except Failure as failure:
                if not ('--ignore-not-found' in flags and '(NotFound)' in str(failure)):
                    failures.append(failure)
    if items or not failures:
        show(items, flags, is_one=len(names) == 1 and ',' not in kinds)
    if failures:
        raise failures[0]


def show(items, flags, is_one):
    output = flags.get('-o', '')
    if output == 'json':
        if is_one and items:
            print(json.dumps(items[0], indent=4))
        elif not is_one:
            print(
                json.dumps(
                    {'apiVersion': 'v1', 'kind': 'List', 'metadata': {'resourceVersion': ''}, 'items': items},
                    indent=4,
                )
            )
    elif output == 'name':
        for item in items:
            print(f'{item["kind"].lower()}/{item["metadata"]["name"]}')
    elif output in ('', 'wide'):
        if not items:
            print('No resources found', file=sys.stderr)
        elif '--no-headers' not in flags:
            print('NAME   STATUS   ROLES   AGE   VERSION')
        for item in items:
            print('   '.join(row_of(item)))
    else:
        raise Failure(f'error: the stand-in knows -o json, name and wide, not {output}')


def row_of(item):
    name = item['metadata']['name']
    if item['kind'] != 'Node':
        return [item['metadata'].get('namespace', 'default'), name]
    ready = next(
        condition['status'] for condition in item['status']['conditions'] if condition['type'] == 'Ready'
    )
    state = 'Ready' if ready == 'True' else 'NotReady'
    if item['spec'].get('unschedulable'):
        state += ',SchedulingDisabled'
    prefix = 'node-role.kubernetes.io/'
    roles = sorted(
        label.removeprefix(prefix) for label in item['metadata']['labels'] if label.startswith(prefix)
    )
    created = (
        time.mktime(time.strptime(item['metadata']['creationTimestamp'], '%Y-%m-%dT%H:%M:%SZ'))
        - time.timezone
    )
    return [
        name,
        state,
        ','.join(roles) or '<none>',
        f'{int(time.time() - created)}s',
        item['status']['nodeInfo']['kubeletVersion'],
    ]


def delete(client, words, flags):
    kind, names = targets(words)
    for name in names:
        try:
            client.ask('DELETE', path_of(kind, name, flags.get('-n', 'default'))[1])
        except Failure as failure:
            if '--ignore-not-found' in flags and '(NotFound)' in str(failure):
                continue
            raise
        print(f'{kind.removesuffix("s")} "{name}" deleted')


def patch(client, name, body):
    client.ask('PATCH', path_of('nodes', name)[1], body)


def cordon(client, words, flags, wanted=True):
    word = 'cordoned' if wanted else 'uncordoned'
    name = words[0].removeprefix('node/')
    node = json.loads(client.ask('GET', path_of('nodes', name)[1]))
    if node['spec'].get('unschedulable', False) == wanted:
        print(f'node/{name} already {word}')
        return
    patch(client, name, {'unschedulable': wanted})
    print(f'node/{name} {word}')


def drain(client, words, flags):
    cordon(client, words, flags)
    print(f'node/{words[0].removeprefix("node/")} drained')


def settle(field, word):
    def work(client, words, flags):
        kind, rest = targets(words)
        names = [text for text in rest if '=' not in text and not text.endswith('-')]
        changes = [text for text in rest if '=' in text or text.endswith('-')]
        values = {}
        for change in changes:
            key, equals, value = change.partition('=')
            values[key if equals else key[:-1]] = value if equals else None
        for name in names:
            patch(client, name, {field: values})
            print(f'{kind.removesuffix("s")}/{name} {word}')

    return work


def taint(client, words, flags):
    _, (name, *changes) = targets(words)
    node = json.loads(client.ask('GET', path_of('nodes', name)[1]))
    taints = [t for t in node['spec'].get('taints', []) if t['key'] != 'node.kubernetes.io/unschedulable']
    for change in changes:
        removed = change.endswith('-')
        text = change[:-1] if removed else change
        new = taint_of(text) if ':' in text else {'key': text.partition('=')[0]}
        effect = new.get('effect')
        taints = [t for t in taints if t['key'] != new['key'] or (effect and t['effect'] != effect)]
        if not removed:
            taints.append(new)
    patch(client, name, {'taints': taints})
    print(f'node/{name} {"untainted" if changes[-1].endswith("-") else "tainted"}')


def version(client, words, flags):
    own = {'gitVersion': json.loads(client.ask('GET', '/version'))['gitVersion']}
    print(
        json.dumps({'clientVersion': own, 'serverVersion': own})
        if flags.get('-o') == 'json'
        else f'Server Version: {own["gitVersion"]}'
    )


VERBS = {
    'get': get,
    'delete': delete,
    'cordon': cordon,
    'drain': drain,
    'taint': taint,
    'version': version,
    'uncordon': lambda client, words, flags: cordon(client, words, flags, wanted=False),
    'label': settle('labels', 'labeled'),
    'annotate': settle('annotations', 'annotated'),
}

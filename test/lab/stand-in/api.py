"""What a server answers over HTTPS: to joining hosts, to the other servers, and to kubectl."""

import base64
import http.server
import json
import re
import secrets
import ssl
import threading
import urllib.parse

from about import API, Fatal, log
from objects import LISTS, add_event, list_of, node_object, password_secret, status, version_object
from store import Unavailable

PASSWORD_REJECTED = (
    "Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password' may not match "
    'server node-passwd entry, try enabling a unique node name with the --with-node-id flag'
)
TOO_MANY_LEARNERS = 'etcdserver: too many learner members in cluster'
DUPLICATE_NODE = 'duplicate node name found, please use a unique name for this node'


class Answer(Exception):
    """Ends a request, wherever it is."""

    def __init__(self, code, body, kind='application/json'):
        super().__init__(code)
        self.code, self.kind = code, kind
        self.body = body if isinstance(body, str) else json.dumps(body)


def forbid(reason, message, code, **details):
    raise Answer(code, status(code, reason, message, **details))


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = 10

    def setup(self):
        # Not where connections are accepted: one that says nothing would hold up all others.
        self.request.settimeout(self.timeout)
        self.request.do_handshake()
        super().setup()

    def log_message(self, *args):
        pass

    def do(self):
        try:
            length = int(self.headers.get('Content-Length') or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            url = urllib.parse.urlsplit(self.path)
            self.answer(urllib.parse.unquote(url.path), url.query, body)
            raise Answer(404, status(404, 'NotFound', 'the server could not find the requested resource'))
        except Answer as answer:
            data = answer.body.encode()
            self.send_response(answer.code)
            self.send_header('Content-Type', answer.kind)
            self.send_header('Content-Length', str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except Unavailable as error:
            self.send_response(500)
            self.end_headers()
            self.wfile.write(json.dumps(status(500, '', str(error))).encode())

    do_GET = do_POST = do_DELETE = do_PATCH = do

    def answer(self, path, query, body):
        if path == '/cacerts':
            raise Answer(200, self.owner.ca_text, 'text/plain')
        if path == '/ping':
            raise Answer(200, 'pong', 'text/plain')
        user = self.user()
        if user is None:
            forbid('Unauthorized', 'Unauthorized', 401)
        if path.startswith(f'{API}/'):
            if user not in ('server', 'node') or (
                user == 'node' and path not in (f'{API}/nodes', f'{API}/heartbeat')
            ):
                raise Answer(403, 'Forbidden\n', 'text/plain')
            raise Answer(200, self.owner.supervise(path.removeprefix(f'{API}/'), body))
        Resources(self.owner, user, self.command, body).answer(path, query)

    @property
    def owner(self):
        return self.server.owner

    def user(self):
        """Who asks: `server` and `node` by a token, anybody else by a certificate; None is anonymous."""
        kind, _, value = self.headers.get('Authorization', '').partition(' ')
        if kind == 'Basic':
            password = base64.b64decode(value).decode().partition(':')[2]
            for user, expected in (('server', self.owner.password), ('node', self.owner.agent_password)):
                if secrets.compare_digest(password.encode(), expected.encode()):
                    return user
            return None
        certificate = self.connection.getpeercert() or {}
        names = dict(pair for part in certificate.get('subject', ()) for pair in part)
        return names.get('commonName')


class Resources:
    """The part of Kubernetes' API that kubectl is asked for."""

    def __init__(self, owner, user, method, body):
        self.owner, self.user, self.method, self.body = owner, user, method, body
        self.own_node = user.removeprefix('system:node:') if user.startswith('system:node:') else None

    def answer(self, path, query):
        if path in ('/readyz', '/livez', '/healthz', '/version'):
            raise Answer(*self.health(path, query))
        for kind, (prefix, _) in LISTS.items():
            found = re.fullmatch(f'{prefix}(?:/namespaces/([^/]+))?/{kind}(?:/([^/]+))?', path)
            if found:
                self.allow(kind, found[2])
                raise Answer(200, self.one(kind, found[2]) if found[2] else list_of(kind, self.items(kind)))

    def health(self, path, query):
        if path == '/version':
            return 200, version_object()
        try:
            if path == '/readyz':
                self.owner.store.read()
            checks = f'[+]ping ok\n[+]etcd ok\n{path[1:]} check passed\n'
            return 200, checks if 'verbose' in query else 'ok', 'text/plain'
        except Unavailable:
            return 500, '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n', 'text/plain'

    def allow(self, kind, name):
        verb = {'DELETE': 'delete', 'PATCH': 'patch'}.get(self.method, 'get' if name else 'list')
        if self.own_node is None or (kind == 'nodes' and name == self.own_node and verb == 'get'):
            return
        what = f'{kind} "{name}"' if name else kind
        only = f": node '{self.own_node}' cannot read '{name or 'all nodes'}', only its own Node object"
        forbid(
            'Forbidden',
            f'{what} is forbidden: User "{self.user}" cannot {verb} resource "{kind}" in API group "" '
            f'at the cluster scope{only if kind == "nodes" else ""}',
            403,
            kind=kind,
            name=name,
        )

    def items(self, kind):
        document = self.owner.store.read()
        if kind == 'nodes':
            return [
                node_object(document, name, self.owner.heard_of(name)) for name in sorted(document['nodes'])
            ]
        if kind == 'events':
            return document.get('events', [])
        return [item for item in document['objects'] if item['kind'] == LISTS[kind][1]]

    def one(self, kind, name):
        if kind == 'nodes' and self.method == 'PATCH':
            self.owner.store.change(lambda document: self.patched(document, name))
        elif self.method == 'DELETE':
            return self.owner.store.change(lambda document: self.deleted(document, kind, name))
        return self.found(self.owner.store.read(), kind, name)

    def found(self, document, kind, name):
        if kind == 'nodes' and name in document['nodes']:
            return node_object(document, name, self.owner.heard_of(name))
        item = password_secret(document, name) if kind == 'secrets' else None
        item = item or next(
            (
                item
                for item in document['objects']
                if item['metadata']['name'] == name and item['kind'] == LISTS[kind][1]
            ),
            None,
        )
        return item or forbid('NotFound', f'{kind} "{name}" not found', 404, kind=kind, name=name)

    def deleted(self, document, kind, name):
        """A node takes its member of etcd and its password along, as upstream's controllers see to it."""
        item = self.found(document, kind, name)
        if kind == 'nodes':
            del document['nodes'][name]
            document['passwords'].pop(name, None)
            members = document['members']
            document['members'] = {key: member for key, member in members.items() if member['node'] != name}
            add_event(
                document, name, 'RemovingNode', f'Node {name} event: Removing Node {name} from Controller'
            )
        elif kind == 'secrets' and item.get('immutable'):
            del document['passwords'][name.partition('.node-password.')[0]]
        else:
            document['objects'].remove(item)
        return item

    def patched(self, document, name):
        self.found(document, 'nodes', name)
        node = document['nodes'][name]
        for field in ('labels', 'annotations'):
            for key, value in self.body.get(field, {}).items():
                if value is None:
                    node[field].pop(key, None)
                else:
                    node[field][key] = value
        if 'taints' in self.body:
            node['taints'] = self.body['taints']
        if 'unschedulable' in self.body:
            node['unschedulable'] = self.body['unschedulable']
            word = 'NotSchedulable' if self.body['unschedulable'] else 'Schedulable'
            add_event(document, name, f'Node{word}', f'Node {name} status is now: Node{word}')


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # Who lets go, or cannot agree on TLS, has its own error.


def serve(owner, port, certificate, client_ca):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f'{certificate}.crt', f'{certificate}.key')
    context.load_verify_locations(client_ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    try:
        listener = Listener(('', port), Handler)
    except OSError as error:
        raise Fatal(
            f'failed to listen on 0.0.0.0:{port}: listen tcp 0.0.0.0:{port}: bind: {error.strerror}'
        ) from error
    listener.owner = owner
    listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    log(f'listening on :{port}')

"""The files of a server: certificates, kubeconfig, tokens."""

import base64
import os
import secrets
import shutil

from about import KUBECONFIG, read, write
from keys import Making, full_token, is_due
from node import kubeconfig, write_agent_files


class Files:
    """Of a server.Server."""

    def make_certificates(self):
        names = [
            '127.0.0.1',
            '10.43.0.1',
            self.settings.address,
            'localhost',
            'kubernetes',
            'kubernetes.default.svc',
            self.settings.node,
            *self.settings.many('tls-san'),
        ]
        names = list(dict.fromkeys(names))
        node = f'CN=system:node:{self.settings.node}'
        serving = f'{self.tls}/serving-kube-apiserver'
        if read(f'{serving}.names', default='') != ' '.join(names) and os.path.exists(f'{serving}.crt'):
            os.remove(f'{serving}.crt')
        agent = f'{self.settings.data}/agent'
        wanted = [
            (serving, ['CN=kube-apiserver'], 'server-ca', names),
            (f'{self.tls}/client-admin', ['O=system:masters', 'CN=system:admin'], 'client-ca', ()),
            (
                f'{self.tls}/etcd/server-client',
                ['CN=etcd-server'],
                'etcd/server-ca',
                ('localhost', self.settings.address),
            ),
            (
                f'{self.tls}/etcd/peer-server-client',
                ['CN=etcd-peer'],
                'etcd/peer-ca',
                (self.settings.address,),
            ),
            (f'{agent}/client-kubelet', ['O=system:nodes', node], 'client-ca', ()),
            (f'{agent}/serving-kubelet', [node], 'server-ca', (self.settings.node, self.settings.address)),
        ]
        making = Making()
        for path, subject, ca, hosts in wanted:
            if is_due(f'{path}.crt'):
                making.leaf(path, subject, f'{self.tls}/{ca}', hosts)
        making.finish()
        write(f'{serving}.names', ' '.join(names))
        files = {name: read(f'{self.tls}/{name}') for name in ('server-ca.crt', 'client-ca.crt')}
        write_agent_files(agent, files, f'https://127.0.0.1:{self.settings.port}')
        self.write_kubeconfig()

    def write_kubeconfig(self):
        def inline(path):
            return base64.b64encode(read(path).encode()).decode()

        mode = int(self.settings.one('write-kubeconfig-mode', '600'), 8)
        write(
            self.settings.one('write-kubeconfig', KUBECONFIG),
            kubeconfig(
                f'https://127.0.0.1:{self.settings.port}',
                {
                    'certificate-authority-data': inline(f'{self.tls}/server-ca.crt'),
                    'client-certificate-data': inline(f'{self.tls}/client-admin.crt'),
                    'client-key-data': inline(f'{self.tls}/client-admin.key'),
                },
            ),
            mode,
        )

    def write_tokens(self):
        write(f'{self.root}/token', full_token(self.tls, 'server', self.password) + '\n')
        self.link('node-token')
        if self.agent_password == self.password:
            self.link('agent-token')
        else:
            write(f'{self.root}/agent-token', full_token(self.tls, 'node', self.agent_password) + '\n')

    def link(self, name):
        if os.path.lexists(f'{self.root}/{name}'):
            os.remove(f'{self.root}/{name}')
        os.symlink(f'{self.root}/token', f'{self.root}/{name}')

    def certificates_for(self, node, address):
        folder = f'{self.root}/cred/{node}-{secrets.token_hex(4)}'
        making = Making()
        subject = f'CN=system:node:{node}'
        making.leaf(f'{folder}/client-kubelet', ['O=system:nodes', subject], f'{self.tls}/client-ca')
        making.leaf(f'{folder}/serving-kubelet', [subject], f'{self.tls}/server-ca', (node, address))
        making.finish()
        files = {name: read(f'{folder}/{name}') for name in os.listdir(folder)}
        shutil.rmtree(folder)
        return {**files, **{name: read(f'{self.tls}/{name}') for name in ('server-ca.crt', 'client-ca.crt')}}

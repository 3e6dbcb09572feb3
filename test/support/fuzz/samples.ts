const sum = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const stat = `regular file|644|root|root|/a
regular empty file|600|root|root|/b
directory|755|root|root|/dir
symbolic link|777|root|root|/link
regular file|644|root|root|/etc/app.conf
directory|755|root|root|/etc
--
${sum}  /a
${sum}  /b
${sum}  /etc/app.conf
--
/target
`

const shown = `Id=app.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
NeedDaemonReload=no
Type=notify
InvocationID=0123456789abcdef
ExecStart={ path=/usr/sbin/nft ; argv[]=/usr/sbin/nft -f /etc/nftables.conf ; ignore_errors=no ; pid=0 }

`

const rich = 'rule family="ipv4" source address="10.0.0.0/8" port port="1-9" protocol="tcp" accept'

const refusing = 'table inet own {\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n'

/** What hosts answer, by a piece of the script that asks. */
const samples: readonly (readonly [piece: string, ...answers: string[]])[] = [
  ['LC_ALL=C stat', stat],
  ['systemctl show', shown + shown],
  ['systemctl is-active', 'active\n', 'inactive\n'],
  ['getent passwd', 'root:x:0:0:root:/root:/bin/bash\netcd:x:990:990:a member:/var/lib/etcd:/bin/false\n'],
  ['getent group', 'root:x:0:\nadm:x:4:etcd,syslog\netcd:x:990:\n'],
  ['dpkg-query', 'chrony\tinstalled\t4.3-2\nntp\tconfig-files\t1:4.2\nhalf\tunpacked\t1\n'],
  ['madison', ' chrony | 4.3-2 | http://deb/debian bookworm/main amd64 Packages\n'],
  ['repoquery', 'chrony\t4.3-2.el9\n'],
  ['firewall-cmd', `public (active)\n  services: ssh\n  ports: 22/tcp 1-9/tcp\n  rich rules: \n\t${rich}\n`],
  ['nft', `${refusing}\t\ttcp dport { 22, 80-90 } accept # handle 4\n\t}\n}\n`, '-P INPUT DROP\n'],
  ['/etc/nftables.conf', `include "nftables.d/*.nft"\n${refusing}\t}\n}\n# BEGIN\n`],
  ['ip -4', '2: host0    inet 10.1.2.3/24 brd 10.1.2.255 scope global host0\n'],
  ['/etc/os-release', 'ID=debian\nVERSION_ID="12"\nID_LIKE=\'a b\'\n', 'ID="rocky"\nID_LIKE="rhel fedora"\n'],
  ['/run/troupe/units', '{"took":{"file:/x":"h:1 1"},"reloaded":{},"start":{"id":"a"}}'],
  ['/var/lib/troupe/commands', '{"took":{"file:/x":"h:1"}}'],
  ['/run/troupe/changed', '[["file:/x",{"atBoot":"absent","left":"h:1","repairs":1}]]'],
  [
    '/var/lib/troupe/origins',
    '[{"kind":"file","id":"file:/x","ref":{"path":"/x"},"role":"r","task":"t","from":{"is":"absent"},"left":{"is":"file"}}]',
  ],
  [
    'user.rules',
    '### tuple ### allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in\n### tuple ### deny any 1 ::/0 any ::/0 in comment=61\n',
  ],
  ['ufw.conf', 'ENABLED=yes\n', 'ENABLED=no\n'],
  ['default/ufw', 'IPV6=yes\n'],
  ['hostname', 'node1\n', '# a comment\nnode1'],
  ['/etc/hosts', '127.0.0.1 localhost\n127.0.1.1 node1\n# BEGIN app\nx\n# END app\n'],
  ['/etc/timezone', 'Etc/UTC\n'],
  ['/etc/selinux', 'SELINUX=enforcing\n'],
  ['selinux/enforce', '1'],
  ['/etc/app.conf', 'a = b\nb = c\n'],
]

/** What a host would answer to a script. */
export function sampleFor(script: string): readonly string[] {
  const [, ...answers] = samples.find(([piece]) => script.includes(piece)) ?? ['', '', 'ok\n']
  return answers
}

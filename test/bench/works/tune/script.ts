import { createHash } from 'node:crypto'

interface PlainFile {
  readonly path: string
  readonly mode: string
  readonly content: string
}

const folders = { '/etc/bench': '755', '/etc/bench/conf.d': '755', '/var/lib/bench': '750' }

/**
 * The work of one host as a careful person would write it by hand: one look at everything in as few forks as can be,
 * and only what differs is done.
 */
export function tuneScript(host: string, hosts: readonly string[]): string {
  const files = filesOf(host, hosts)
  return `
uname -r >/dev/null; df -P / >/dev/null
n=0
did() { n=$((n+1)); }
want=$(cat <<'END'
${[...Object.entries(folders), ...files.map(({ path, mode }) => [path, mode])]
  .map(([path, mode]) => `${path} ${mode} root:root`)
  .join('\n')}
/etc/bench/data 777 root:root
END
)
have=$(stat -c '%n %a %U:%G' ${Object.keys(folders).join(' ')} ${files.map(({ path }) => path).join(' ')} /etc/bench/data 2>/dev/null)
sums() { sha256sum -c --status 2>/dev/null; }
if [ "$have" != "$want" ] || ! sums <<'END'
${files.map(({ path, content }) => `${createHash('sha256').update(content).digest('hex')}  ${path}`).join('\n')}
END
then
${Object.entries(folders)
  .map(([path, mode]) => `  mkdir -p ${path}; chmod ${mode} ${path}; did`)
  .join('\n')}
  ln -sfn /var/lib/bench /etc/bench/data; did
${files.map(writing).join('\n')}
  systemctl daemon-reload
fi
grep -qx 'UMASK 027' /etc/login.defs || { sed -i 's/^UMASK\\s.*/UMASK 027/' /etc/login.defs; did; }
grep -qxF '* soft nofile 65536' /etc/security/limits.conf || { echo '* soft nofile 65536' >>/etc/security/limits.conf; did; }
grep -qx '# BEGIN bench' /etc/hosts || {
  cat >>/etc/hosts <<'END'
# BEGIN bench
10.99.0.1 registry.bench
10.99.0.2 mirror.bench
# END bench
END
  did
}
units=$(systemctl show -p ActiveState,UnitFileState bench.service dpkg-db-backup.timer apt-daily.timer)
if [ "$units" != 'ActiveState=active
UnitFileState=enabled

ActiveState=active
UnitFileState=enabled

ActiveState=inactive
UnitFileState=disabled' ]; then
  systemctl enable -q --now bench.service dpkg-db-backup.timer
  systemctl disable -q --now apt-daily.timer
  did
fi
[ ! -e /etc/motd ] || { rm /etc/motd; did; }
echo "changed=$n"
`
}

function writing({ path, mode, content }: PlainFile): string {
  return `  cat >${path}.new <<'END' && chmod ${mode} ${path}.new && mv ${path}.new ${path}; did\n${content}END`
}

function filesOf(host: string, hosts: readonly string[]): readonly PlainFile[] {
  const workers = Array.from({ length: 10 }, (_, i) => `worker.${i + 1} = /var/lib/bench/${i + 1}\n`)
  return [
    { path: '/etc/bench/release', mode: '644', content: '4.2\n' },
    { path: '/etc/bench/environment', mode: '640', content: 'LEVEL=info\nREGION=north\n' },
    { path: '/etc/bench/private', mode: '600', content: 'for root alone\n' },
    { path: '/etc/sysctl.d/99-bench.conf', mode: '644', content: 'net.core.somaxconn = 4096\n' },
    { path: '/etc/bench/bench.conf', mode: '644', content: `name = ${host}\n${workers.join('')}` },
    { path: '/etc/bench/members', mode: '644', content: hosts.map((name) => `member ${name}\n`).join('') },
    { path: '/etc/systemd/system/bench.service', mode: '644', content: service },
  ]
}

const service = `[Unit]
Description=Something that runs
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
`

import { keys } from '../../lib/resources/keys/keys.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import type { KindCase } from './case.ts'

const folder = '/etc/app'

const yaml = `cat > ${folder}/config.yaml <<'END'
# what others set
server:   https://there   # and why
tls:
    san:
    - a   # first
    - b

flags: {v: 2}
END`

const toml = `cat > ${folder}/config.toml <<'END'
# top

version = 3   # v

[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "pause:3.8" # image
    list = [ 1,
      2 ]
END`

export const cases: readonly KindCase[] = [
  {
    kind: 'keys',
    title: 'Keys of a YAML file are set, and a secret is for its owner only',
    resources: () => [
      keys({
        path: `${folder}/config.yaml`,
        format: 'yaml',
        set: {
          server: 'https://here',
          'tls.san': ['c', 'd'],
          'a.b."c.d"': 1,
          token: new Secret('correct horse battery', 'a case'),
        },
        unset: ['flags.v', 'nothing'],
      }),
    ],
    prepare: `mkdir -p ${folder} && ${yaml}\nchmod 640 ${folder}/config.yaml`,
    damages: [
      `sed -i 's/here/nowhere/' ${folder}/config.yaml`,
      `sed -i '/ - c/d' ${folder}/config.yaml`,
      `sed -i '/^token/d' ${folder}/config.yaml`,
      `chmod 644 ${folder}/config.yaml`,
    ],
  },
  {
    kind: 'keys',
    title: 'Keys of a TOML file are set in a table whose name has dots',
    resources: () => [
      keys({
        path: `${folder}/config.toml`,
        format: 'toml',
        set: [
          [['plugins', 'io.containerd.grpc.v1.cri', 'sandbox_image'], 'pause:3.10'],
          [['plugins', 'io.containerd.grpc.v1.cri', 'registry', 'config_path'], '/etc/certs.d'],
        ],
        unset: ['version'],
      }),
    ],
    prepare: `mkdir -p ${folder} && ${toml}`,
    damages: [
      `sed -i 's/3.10/3.9/' ${folder}/config.toml`,
      `sed -i '/registry/d' ${folder}/config.toml`,
      `sed -i '1i version = 4' ${folder}/config.toml`,
    ],
  },
  {
    kind: 'keys',
    title: 'A JSON file is made for its keys',
    resources: () => [
      keys({
        path: `${folder}/new.json`,
        format: 'json',
        set: { 'log.level': 'info', list: [1, { a: true }] },
        mode: 0o640,
      }),
    ],
    prepare: `mkdir -p ${folder}`,
    damages: [`rm ${folder}/new.json`, `chmod 666 ${folder}/new.json`, `echo '{}' > ${folder}/new.json`],
  },
  {
    kind: 'keys',
    title: 'Keys of an INI file are set where there is nothing but busybox',
    resources: () => [
      keys({
        path: `${folder}/app.ini`,
        format: 'ini',
        set: { 'main.dns': 'none', x: 1 },
        unset: ['main.y'],
      }),
    ],
    prepare: `mkdir -p ${folder} && printf '; top\\n[main]\\ndns = other ; why\\ny = 1' > ${folder}/app.ini`,
    damages: [`sed -i 's/none/some/' ${folder}/app.ini`, `echo 'y = 2' >> ${folder}/app.ini`],
    system: 'busybox',
  },
]

import type { LabHost } from '../lab/host.ts'

/** What a client that never rests has seen. */
export interface Written {
  /** Numbers of keys whose writing was acknowledged. */
  readonly acknowledged: readonly number[]
  /** The longest time between two of them, and the number after it. */
  readonly longest: { readonly ms: number; readonly at: number }
  /** How often it had to ask again. */
  readonly refused: number
}

const folder = '/root/etcd-client'

/**
 * Writes numbered keys all the time, one after the other, from a host of the lab: as soon as one is acknowledged, the
 * next one. It uses the certificate that the playbooks give to clients.
 */
export class EtcdClient {
  readonly #host: LabHost
  readonly #ctl: string

  constructor(host: LabHost, endpoints: readonly string[]) {
    const pki = '/etc/etcd/pki'
    this.#host = host
    this.#ctl = `${folder}/etcdctl --cacert ${pki}/ca.pem --cert ${pki}/node-${host.name}.pem --key ${pki}/node-${host.name}-key.pem --endpoints ${endpoints.join(',')} --dial-timeout 2s --command-timeout 1s`
  }

  /** @param archive the address of a release, as the host reaches it */
  async start(archive: string): Promise<void> {
    await this.#host.must(`mkdir -p ${folder} && cd ${folder} && rm -f stop acknowledged again refused
if [ ! -x etcdctl ]; then curl -sSf ${archive} | tar -xzf - --strip 1 --wildcards '*/etcdctl'; fi
cat > write.sh <<'END'
export ETCDCTL_API=3
n=0
while [ ! -e ${folder}/stop ]; do
  n=$((n + 1))
  until ${this.#ctl} put key/$n $n > /dev/null 2>> ${folder}/refused; do
    echo again >> ${folder}/again
    if [ -e ${folder}/stop ]; then exit; fi
  done
  echo "$n $(date +%s%3N)" >> ${folder}/acknowledged
done
END
setsid sh write.sh > /dev/null 2>&1 &`)
  }

  async stop(): Promise<Written> {
    await this.#host.must(`touch ${folder}/stop; sleep 3`)
    const told = await this.#host.must(
      `cat ${folder}/acknowledged; echo; cat ${folder}/again 2> /dev/null | wc -l`,
    )
    const lines = told.split('\n').filter((line) => /^\d+ \d+$/.test(line))
    const times = lines.map((line) => line.split(' ').map(Number) as [number, number])
    let longest = { ms: 0, at: 0 }
    for (const [index, [number, ms]] of times.entries()) {
      const before = times[index - 1]?.[1] ?? ms
      if (ms - before > longest.ms) longest = { ms: ms - before, at: number }
    }
    return {
      acknowledged: times.map(([number]) => number),
      longest,
      refused: Number(told.trim().split('\n').at(-1)),
    }
  }

  /** The numbers of keys that the cluster holds. */
  async held(): Promise<ReadonlySet<number>> {
    const told = await this.#host.must(
      `${this.#ctl.replace('timeout 1s', 'timeout 30s')} get key/ --prefix --keys-only`,
    )
    return new Set([...told.matchAll(/^key\/(\d+)$/gm)].map(([, number]) => Number(number)))
  }
}

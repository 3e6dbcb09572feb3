import { directory, file } from '../../../lib/resources/index.ts'
import type { EtcdContext } from '../context.ts'
import { answersAt, givenFiles } from '../external.ts'
import { certOf, configFolder, keyOf, pkiFolder, trustedFile } from '../paths.ts'

/** Lets a host ask an etcd of somebody else: with the files of that one, where its own would stand. */
export async function connect(context: EtcdContext): Promise<void> {
  const { task, gate, inspect, vars, host } = context
  const given = await givenFiles(vars)
  if (Array.isArray(given) || !('key' in given)) {
    return inspect('Refuse files that no client could use', async () => given)
  }
  await task(
    'Give the client its certificate',
    directory({ path: configFolder }),
    directory({ path: pkiFolder }),
    file({ path: trustedFile, content: given.ca, mode: 0o644 }),
    file({ path: certOf('node', host.name), content: given.cert, mode: 0o600 }),
    file({ path: keyOf('node', host.name), content: given.key, mode: 0o600 }),
  )
  await gate('Every member of it answers', answersAt(host.name, vars.external.endpoints), {
    deadline: vars.deadlines.ready,
  })
}

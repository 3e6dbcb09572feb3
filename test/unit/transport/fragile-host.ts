import type { Channel, Connection, Dial, Exit } from '../../../lib/transport/connection.ts'
import { ContactLost, Unreachable } from '../../../lib/transport/errors.ts'
import { dialLocal } from '../../../lib/transport/process-connection.ts'

/** This machine behind a connection that can be cut, and that can be impossible to make. */
export class FragileHost {
  down = false
  cutsAtOpen = false
  #cut: (why: string) => void = () => undefined

  readonly dial: Dial = async () => {
    if (this.down) throw new Unreachable('network', 'it is down', 'Wait.')
    const connection = await dialLocal()()
    let why: string | undefined
    const gone = new Promise<string>((resolve) => {
      this.#cut = (reason) => {
        why = reason
        resolve(reason)
        void connection.close()
      }
    })
    const open = async (program: string): Promise<Channel> => {
      if (this.cutsAtOpen) await this.cut('cut at open')
      if (why !== undefined) throw new ContactLost(why)
      const channel = await connection.open(program)
      const lost = gone.then((reason): Exit => ({ how: 'lost', why: reason }))
      return { ...channel, ended: Promise.race([lost, channel.ended]) }
    }
    return { title: 'web1', open, gone, close: async () => this.#cut('it was closed') } satisfies Connection
  }

  /** Returns once the loss has been noticed; until then commands still go out, and are lost. */
  async cut(why: string): Promise<void> {
    this.#cut(why)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

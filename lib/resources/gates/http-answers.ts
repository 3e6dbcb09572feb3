import type { HostReader } from '../../host/host.ts'
import { defineCondition, type Condition, type Held } from '../../task/gate.ts'
import { milliseconds, type Duration } from '../../vars/duration.ts'
import type { HttpFound, HttpQuestion } from './http-from-here.ts'
import { httpScript } from './http-script.ts'

export interface HttpAnswersArgs {
  readonly url: string
  /** Which status is right. Default: 200 to 299. */
  readonly status?: number | readonly number[]
  /** What the body has to hold. */
  readonly body?: string | RegExp
  /** Files where the question is asked from; `insecure` takes any certificate. */
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly insecure?: boolean
  }
  /** Default: the host itself. */
  readonly from?: 'host' | 'controller'
  /** How long one answer may take. Default: 5s. */
  readonly timeout?: Duration
}

/** An address answers as it should, as seen from the host itself or from the controller; no proxy is asked. */
export function httpAnswers(args: HttpAnswersArgs): Condition {
  const { url, from = 'host', tls = {}, timeout = '5s' } = args
  if (!URL.canParse(url) || !/^https?:\/\//.test(url)) throw new TypeError(`${url} is no http address.`)
  const where = from === 'controller' ? ' to the controller' : ''
  return defineCondition(`An answer of ${url}${where}`, async (host) => {
    const question: HttpQuestion = { url, tls, timeoutMs: milliseconds(timeout) }
    const found = await (from === 'controller' ? askFromHere(question) : askFromHost(host, question))
    return judged(found, args)
  })
}

async function askFromHere(question: HttpQuestion): Promise<HttpFound> {
  return (await import('./http-from-here.ts')).askHttpFromHere(question)
}

async function askFromHost(host: HostReader, question: HttpQuestion): Promise<HttpFound> {
  const { stdout } = await host.query({ text: httpScript(question) })
  const [head = '', ...body] = stdout.split('\n')
  const status = /^status (\d{3})$/.exec(head)?.[1]
  return status === undefined
    ? { is: 'failed', why: inWords(stdout, question) }
    : { is: 'answered', status: Number(status), body: body.join('\n') }
}

/** The words of curl and wget, as short as they mean. */
function inWords(said: string, { timeoutMs }: HttpQuestion): string {
  if (/refused|\(7\)/i.test(said)) return 'the connection is refused'
  if (/timed? ?out|\(28\)/i.test(said)) return `there is no answer within ${timeoutMs / 1000} s`
  if (/resolve|bad address/i.test(said)) return 'no name server knows its host'
  return said.trim().split('\n').at(-1) ?? ''
}

function judged(found: HttpFound, { status, body }: HttpAnswersArgs): Held {
  if (found.is === 'failed') return { holds: false, found: found.why }
  const right =
    status === undefined ? found.status >= 200 && found.status < 300 : [status].flat().includes(found.status)
  const line = found.body.trimStart().split('\n')[0]?.trim().slice(0, 200) ?? ''
  const first = line === '' ? 'no body' : line
  if (!right) return { holds: false, found: `it answers ${found.status}: ${first}` }
  const fits =
    body === undefined || (typeof body === 'string' ? found.body.includes(body) : body.test(found.body))
  if (fits) return { holds: true }
  return {
    holds: false,
    found: `it answers ${found.status}, but ${String(body)} is not in it; it begins: ${first}`,
  }
}

import { UserError } from '../errors.ts'
import { originText, type Variables } from '../inventory/located.ts'
import { isVaultText } from '../secrets/vault/envelope.ts'
import { missingVariables } from './env-references.ts'
import { noSources, type Sources } from './sources.ts'
import { isJson } from './is-json.ts'
import { YamlReader, type Reading } from './yaml-reader.ts'
import { jsonScalar, yamlScalar } from './yaml-scalar.ts'

/** Reads YAML or JSON whose top is a map of variables; every value knows its place, and encrypted ones are opened. */
export async function parseVariables(
  text: string,
  file: string,
  sources: Sources = noSources,
): Promise<Variables> {
  if (!isVaultText(text)) return readVariablesIn(text, { file, sources, concealed: false })
  const opened = await sources.vault.open(text, { file, line: 1 })
  return readVariablesIn(opened.toString(), { file, sources, concealed: true })
}

async function readVariablesIn(text: string, reading: Omit<Reading, 'scalar'>): Promise<Variables> {
  const { file, sources } = reading
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  // The scalars are typed here, as Ansible types them; the library's YAML 1.1 differs in details.
  const document = yaml.parseDocument(text, { schema: 'failsafe', lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    const [{ line, col }] = error.linePos ?? [lines.linePos(0)]
    const [reason = ''] = error.message.split(/ at line \d+/)
    const where = originText({ file, line, column: col })
    // Without the cause: it quotes the file, which may hold secrets.
    throw new UserError(`${where}: expected YAML, but: ${reason}`, 'Correct the file at this place.')
  }
  const reader = new YamlReader(yaml, document, lines, {
    ...reading,
    scalar: isJson(text) ? jsonScalar : yamlScalar,
  })
  await reader.open(sources)
  const top = reader.read(document.contents, { file, line: 1 })
  if (reader.missing.length > 0) throw missingVariables(reader.missing)
  if (top.value === null) return new Map()
  if (top.entries !== undefined) return top.entries
  const found = top.items === undefined ? 'text' : 'a list'
  throw new UserError(
    `${originText(top.origin)}: expected a map of variables, found ${found}`,
    'Write "name: value", one variable a line.',
  )
}

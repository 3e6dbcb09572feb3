import { isUtf8 } from 'node:buffer'
import { spawn } from 'node:child_process'
import { access, constants, readFile, stat } from 'node:fs/promises'
import { basename, parse } from 'node:path'
import { UserError } from '../errors.ts'
import { Secret } from '../secrets/secret.ts'
import { defaultId, VaultIdentity } from '../secrets/vault/identity.ts'
import { Vault } from '../secrets/vault/vault.ts'
import { localPath } from '../vars/local-path.ts'
import type { Options } from './flags.ts'
import { askHidden, needTerminal, processTerminal, type Terminal } from './terminal.ts'

export type VaultOptions = Pick<Options, 'vaultIds' | 'vaultPasswordFiles' | 'askVaultPass'>

/** A password by its name, and where it is to be had: a file, a program, or whoever sits at the terminal. */
interface PasswordSource {
  readonly id: string
  readonly from: string
}

const prompts = ['prompt', 'prompt_ask_vault_pass']

/** All passwords that are named, in the order in which they are tried; each is read, or asked for, once. */
export function openVault(options: VaultOptions, terminal = processTerminal): Promise<Vault> {
  return vaultFrom(sourcesIn(options), terminal)
}

/** The same for what is nothing without a password: where none is named, it is asked for. */
export function neededVault(
  options: VaultOptions,
  { confirmed = false, terminal = processTerminal }: AskOptions = {},
): Promise<Vault> {
  const named = sourcesIn(options)
  return vaultFrom(
    named.length > 0 ? named : sourcesIn({ ...options, askVaultPass: true }),
    terminal,
    confirmed,
  )
}

export interface AskOptions {
  /** It is asked for twice: what is closed with it cannot be opened without it. */
  readonly confirmed?: boolean
  readonly terminal?: Terminal
}

async function vaultFrom(
  sources: readonly PasswordSource[],
  terminal: Terminal,
  confirmed = false,
): Promise<Vault> {
  const identities: VaultIdentity[] = []
  // One after the other: each may ask.
  for (const source of sources) {
    identities.push(new VaultIdentity(source.id, await passwordFrom(source, terminal, confirmed)))
  }
  return new Vault(identities)
}

/** Ansible's `ID@SOURCE`, or a source alone. */
function passwordSource(text: string): PasswordSource {
  const at = text.indexOf('@')
  return at < 0
    ? { id: defaultId, from: text }
    : { id: text.slice(0, at) || defaultId, from: text.slice(at + 1) }
}

function sourcesIn({ vaultIds, vaultPasswordFiles, askVaultPass }: VaultOptions): readonly PasswordSource[] {
  return [
    ...vaultIds.map(passwordSource),
    ...vaultPasswordFiles.map((from) => ({ id: defaultId, from })),
    ...(askVaultPass ? [{ id: defaultId, from: 'prompt' }] : []),
  ]
}

async function passwordFrom(
  { id, from }: PasswordSource,
  terminal: Terminal,
  confirmed: boolean,
): Promise<Secret> {
  const password = prompts.includes(from)
    ? await ask(id, confirmed, terminal)
    : await fromFile(id, localPath(from))
  if (password === '')
    throw new UserError(`${from}: expected a vault password, and it is empty.`, whatToDo(id))
  return new Secret(password, `vault password "${id}"`)
}

async function ask(id: string, confirmed: boolean, terminal: Terminal): Promise<string> {
  const named = id === defaultId ? '' : ` (${id})`
  needTerminal(terminal, `The vault password${named} is to be asked for, which`, whatToDo(id))
  if (!confirmed) return (await askHidden(`Vault password${named}: `, terminal)).trim()
  const typed = (await askHidden(`New vault password${named}: `, terminal)).trim()
  const again = (await askHidden(`The same once more${named}: `, terminal)).trim()
  if (again === typed) return typed
  throw new UserError('The two passwords are not the same.', 'Type the same twice.')
}

async function fromFile(id: string, file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) {
    const why = found === undefined ? 'there is none' : 'it is no file'
    throw new UserError(`${file}: expected a file with the vault password "${id}", but ${why}.`, whatToDo(id))
  }
  if (await isExecutable(file))
    return text(await outputOf(file, id), file).replaceAll(/^[\r\n]+|[\r\n]+$/g, '')
  return text(await readFile(file), file).replaceAll(/^[ \t\r\n\v\f]+|[ \t\r\n\v\f]+$/g, '')
}

function text(bytes: Buffer, file: string): string {
  if (isUtf8(bytes)) return bytes.toString()
  throw new UserError(
    `${file}: expected a vault password in UTF-8, found other bytes.`,
    'Encrypt with a password that is text: playbooks/vault.ts rekey, or ansible-vault rekey.',
  )
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** What a program prints; it may ask at the terminal, so that is left to it. A client is told which password is meant. */
function outputOf(file: string, id: string): Promise<Buffer> {
  const isClient = parse(basename(file)).name.endsWith('-client')
  return new Promise((resolve, reject) => {
    const child = spawn(file, isClient ? ['--vault-id', id] : [], { stdio: ['inherit', 'pipe', 'inherit'] })
    const output: Buffer[] = []
    const fail = (why: string) =>
      reject(
        new UserError(
          `${file}: expected a program that prints the vault password "${id}", but ${why}.`,
          'Correct it; or take its execute bit away where it is the password itself: chmod -x.',
        ),
      )
    child.stdout.on('data', (data: Buffer) => output.push(data))
    child.on('error', (error) => fail(error.message))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output))
      else fail(isClient && code === 2 ? 'it has none of that name' : `it ended with ${code ?? signal}`)
    })
  })
}

function whatToDo(id: string): string {
  const named = id === defaultId ? '--vault-password-file FILE' : `--vault-id ${id}@FILE`
  return `Name a file with the password, or a program that prints it: ${named}.`
}

/** The one password that files are to have from now on; where none is named, it is asked for. */
export async function newIdentity(
  { newVaultId, newVaultPasswordFile }: Pick<Options, 'newVaultId' | 'newVaultPasswordFile'>,
  terminal: Terminal = processTerminal,
): Promise<VaultIdentity> {
  if (newVaultId !== undefined && newVaultPasswordFile !== undefined) {
    const advice = 'Give one of them.'
    throw new UserError('--new-vault-id and --new-vault-password-file do not go together.', advice)
  }
  const source =
    newVaultId === undefined
      ? { id: defaultId, from: newVaultPasswordFile ?? 'prompt' }
      : passwordSource(newVaultId)
  return new VaultIdentity(source.id, await passwordFrom(source, terminal, true))
}

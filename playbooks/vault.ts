import { main } from '../lib/cli/main.ts'
import { edited } from '../lib/cli/vault/editor.ts'
import { textToEncrypt, yamlBlock } from '../lib/cli/vault/string.ts'
import { closed, dash, opened, put, readText, refuseSeveral, textsOf } from '../lib/cli/vault/texts.ts'
import { neededVault, newIdentity } from '../lib/cli/vault-passwords.ts'
import { verb, verbs } from '../lib/cli/verbs.ts'
import { closedBy } from '../lib/secrets/vault/vault.ts'

const passwords = ['vaultIds', 'vaultPasswordFiles', 'askVaultPass'] as const
const file = { name: 'FILE', help: 'a file that is encrypted, or to be' } as const
const files = {
  name: 'FILE',
  help: 'a file; without one, stdin is read',
  many: true,
  optional: true,
} as const

export default verbs('Encrypt files of variables, as ansible-vault does', {
  encrypt: verb({
    help: 'files, in place',
    words: [files],
    flags: [...passwords, 'encryptVaultId', 'output'],
    async run({ words, options }) {
      const texts = await textsOf(words.FILE)
      refuseSeveral(texts, options.output)
      const vault = await neededVault(options, { confirmed: true })
      const results = await Promise.all(texts.map((text) => closed(vault, text, options.encryptVaultId)))
      for (const [at, { file }] of texts.entries()) await put(file, results[at] ?? '', options.output)
      return 0
    },
  }),

  decrypt: verb({
    help: 'files, in place',
    words: [files],
    flags: [...passwords, 'output'],
    async run({ words, options }) {
      const texts = await textsOf(words.FILE)
      refuseSeveral(texts, options.output)
      const vault = await neededVault(options)
      const results = await Promise.all(texts.map((text) => opened(vault, text)))
      for (const [at, { file }] of texts.entries()) await put(file, results[at]?.plain ?? '', options.output)
      return 0
    },
  }),

  view: verb({
    help: 'what stands in files',
    words: [files],
    flags: passwords,
    async run({ words, options }) {
      const vault = await neededVault(options)
      for (const text of await textsOf(words.FILE)) await put(dash, (await opened(vault, text)).plain)
      return 0
    },
  }),

  edit: verb({
    help: 'a file, in $EDITOR; it is encrypted again with the same password',
    words: [file],
    flags: passwords,
    async run({ words, options, report }) {
      const text = await readText(words.FILE)
      const { plain, identity } = await opened(await neededVault(options), text)
      const changed = await edited(plain, words.FILE)
      if (changed.equals(plain)) report('Unchanged', words.FILE)
      else await put(words.FILE, await closedBy(identity, changed))
      return 0
    },
  }),

  rekey: verb({
    help: 'files, with another password',
    words: [{ ...files, optional: false }],
    flags: [...passwords, 'newVaultId', 'newVaultPasswordFile'],
    async run({ words, options }) {
      const texts = await textsOf(words.FILE)
      const vault = await neededVault(options)
      const plain = await Promise.all(texts.map((text) => opened(vault, text)))
      const identity = await newIdentity(options)
      const results = await Promise.all(plain.map((each) => closedBy(identity, each.plain)))
      for (const [at, { file }] of texts.entries()) await put(file, results[at] ?? '')
      return 0
    },
  }),

  'encrypt-string': verb({
    help: 'a text that is typed, or comes by stdin, for a file of variables',
    flags: [...passwords, 'encryptVaultId', 'variableName', 'output'],
    async run({ options }) {
      const vault = await neededVault(options, { confirmed: true })
      const block = yamlBlock(
        await vault.close(await textToEncrypt(), options.encryptVaultId),
        options.variableName,
      )
      await put(dash, block, options.output)
      return 0
    },
  }),
})

await main(import.meta)

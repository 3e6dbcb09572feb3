import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { render } from '../templates/render.ts'

/** Where each file of a new role goes; the templates stand beside this file. */
const files: Readonly<Record<string, (name: string) => string>> = {
  'vars.ts': (name) => `roles/${name}/vars.ts`,
  'index.ts': (name) => `roles/${name}/index.ts`,
  'configure.ts': (name) => `roles/${name}/tasks/configure.ts`,
  'main.conf.ejs': (name) => `roles/${name}/templates/main.conf.ejs`,
  'README.md': (name) => `roles/${name}/README.md`,
  'playbook.ts': (name) => `playbooks/${name}.ts`,
  'unit.test.ts': (name) => `test/unit/roles/${name.replaceAll('_', '-')}.test.ts`,
  'host.test.ts': (name) => `test/host/${name.replaceAll('_', '-')}.test.ts`,
}

/** Writes a role that runs and keeps the laws, for its author to change; returns the paths of its files. */
export function newRole(name: string, root: string): readonly string[] {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new UserError(
      `"${name}" can be no name of a role.`,
      'Its variables stand under it: begin with a letter, then small letters, digits and _, as in node_exporter.',
    )
  }
  const written = Object.entries(files).map(([template, place]) => ({ template, path: place(name) }))
  const taken = written.find(({ path }) => existsSync(join(root, path)))
  if (taken !== undefined) {
    throw new UserError(
      `${taken.path} stands there already.`,
      'Give the role another name, or remove it first.',
    )
  }
  for (const { template, path } of written) write(join(root, path), contentOf(template, name))
  return written.map(({ path }) => path)
}

function contentOf(template: string, name: string): string {
  const file = join(import.meta.dirname, 'role', `${template}.ejs`)
  const exported = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const typed = exported.charAt(0).toUpperCase() + exported.slice(1)
  const text = render(readFileSync(file, 'utf8'), { name, exported, typed }, file)
  if (typeof text !== 'string') throw new TypeError(`${file} holds a secret.`)
  return text
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

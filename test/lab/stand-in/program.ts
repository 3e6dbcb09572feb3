import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Release {
  /** As upstream names it: v1.34.2+k3s1. */
  readonly version: string
  readonly distribution: 'k3s' | 'rke2'
}

/**
 * A program that behaves to an installer as k3s or rke2 does; `about.py` says in what. It is one file, for Python 3
 * and openssl: its modules stand in it as texts, since names may be equal in two of them.
 */
export function standIn({ version, distribution }: Release): Buffer {
  const modules = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.py'))
  const sources = modules.map((file) => {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    const filled = source.replaceAll('@version@', version).replaceAll('@program@', distribution)
    return `    ${JSON.stringify(file.slice(0, -3))}: ${JSON.stringify(filled)},`
  })
  return Buffer.from(`#!/usr/bin/python3
# A stand-in for ${distribution} ${version}, made for tests from test/lab/stand-in.
import importlib.util
import sys

SOURCES = {
${sources.join('\n')}
}


class Modules:
    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name in SOURCES else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(SOURCES[module.__name__], f'stand-in/{module.__name__}.py', 'exec'), module.__dict__)


sys.meta_path.insert(0, Modules())
from main import main

main()
`)
}

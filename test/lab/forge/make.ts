import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { debianTree } from '../debian-tree.ts'
import { withLock } from '../lock.ts'
import { installTools } from '../packages.ts'
import { forgeDir } from '../places.ts'
import { buildProgram, markOf, programFile } from './build.ts'
import { ImageStore } from './image-store.ts'
import { type Image, images } from './images.ts'
import { programs } from './programs.ts'
import { publish, releases } from './releases.ts'
import { archiveOf, imageDir, readyFile } from './stock.ts'
import { installBuildTools } from './tools.ts'

/** Makes what is missing of programs, release files and images, and says what it makes. */
export async function forge(say: (line: string) => void): Promise<void> {
  await installTools()
  await installBuildTools()
  mkdirSync(forgeDir, { recursive: true })
  await withLock(join(forgeDir, 'lock'), async () => {
    for (const name of readdirSync(forgeDir))
      if (name.startsWith('work-')) rmSync(join(forgeDir, name), { recursive: true, force: true })
    const rebuilt = new Set<string>()
    for (const program of programs) {
      const started = performance.now()
      if (!(await buildProgram(program))) continue
      rebuilt.add(program.name)
      say(`built ${program.name} in ${((performance.now() - started) / 1000).toFixed(0)} s`)
    }
    for (const release of releases) if (await publish(release, rebuilt)) say(`published ${release.place}`)
    const store = new ImageStore(imageDir)
    for (const image of images) if (await makeImage(store, image)) say(`made the image ${image.name}`)
    writeFileSync(readyFile, '')
  })
}

// An image carries the mark of what it was made of.
async function makeImage(store: ImageStore, image: Image): Promise<boolean> {
  const used = Object.values(image.programs).map((name) => programs.find((program) => program.name === name))
  const mark = JSON.stringify([image, used.map((program) => program && markOf(program))])
  const file = `${archiveOf(image.name)}.mark`
  if (existsSync(file) && existsSync(archiveOf(image.name)) && readFileSync(file, 'utf8') === mark)
    return false
  rmSync(file, { force: true })
  mkdirSync(imageDir, { recursive: true })
  const work = mkdtempSync(join(forgeDir, 'work-'))
  const tree = join(work, 'tree')
  try {
    if (image.packages === undefined) mkdirSync(tree)
    else {
      await debianTree(
        { release: 'bookworm', variant: 'extract', packages: image.packages.join(',') },
        work,
        tree,
      )
      linkTables(tree)
    }
    // The root of an image is the layer's own root; a folder that only its maker may enter shuts others out.
    chmodSync(tree, 0o755)
    for (const [path, program] of Object.entries(image.programs)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      copyFileSync(programFile(program), join(tree, path))
    }
    await store.add(image.name, tree, image.entrypoint)
    await store.archive([image.name], archiveOf(image.name))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  writeFileSync(file, mark)
  return true
}

// Packages that are only unpacked have not chosen among the two kinds of iptables.
function linkTables(tree: string): void {
  for (const name of ['iptables', 'ip6tables'])
    for (const ending of ['', '-save', '-restore'])
      symlinkSync('xtables-nft-multi', join(tree, 'usr/sbin', name + ending))
}

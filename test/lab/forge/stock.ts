import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { forgeDir } from '../places.ts'

/** Release files, each under its address without the scheme. */
export const releaseDir = join(forgeDir, 'releases')

/** The same, of what the forge cannot build: what somebody puts here is served as it is. */
export const broughtDir = join(forgeDir, 'brought')

export const imageDir = join(forgeDir, 'images')

/** The archive of one image, as it is imported without a registry. */
export const archiveOf = (image: string) => join(imageDir, `${image.replaceAll(/[/:]/g, '_')}.tar`)

/** Stands once all has been made. */
export const readyFile = join(forgeDir, 'ready')

export const isForged = () => existsSync(readyFile)

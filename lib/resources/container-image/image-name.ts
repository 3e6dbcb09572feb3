/** An image by its whole name, as runtimes keep it: registry, repository, and a tag or a digest. */
export function wholeName(image: string): string {
  const [, name = '', digest] = /^(.*?)(@sha256:[0-9a-f]{64})?$/.exec(image) ?? []
  if (!/^[a-z0-9][\w.:/-]*$/i.test(name) || name.includes('//')) {
    throw new TypeError(`${JSON.stringify(image)} is no name of an image.`)
  }
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasRegistry = /[.:]/.test(first) || first === 'localhost'
  const located = hasRegistry ? name : `docker.io/${slash < 0 ? `library/${name}` : name}`
  const hasTag = located.slice(located.lastIndexOf('/')).includes(':')
  return `${located}${hasTag || digest !== undefined ? '' : ':latest'}${digest ?? ''}`
}

/** The name without tag and digest. */
export function repositoryOf(name: string): string {
  const plain = name.replace(/@.*$/, '')
  const colon = plain.lastIndexOf(':')
  return colon > plain.lastIndexOf('/') ? plain.slice(0, colon) : plain
}

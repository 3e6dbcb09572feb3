// `serve.ts ADDRESS PORT`: hands out the releases of the stand-in until it is ended.
import { ReleaseServer } from './releases.ts'

const [address, port] = process.argv.slice(2)
await new ReleaseServer().listen(address, Number(port))

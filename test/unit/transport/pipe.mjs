// A ProxyCommand for tests: passes bytes to HOST PORT, leaves its process id in a file, and ends when it is killed only.
import { closeSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'

const [host, port, pidFile] = process.argv.slice(2)
writeFileSync(pidFile, String(process.pid))
const socket = connect(Number(port), host)
process.stdin.pipe(socket, { end: false })
socket.pipe(process.stdout)
socket.on('error', () => undefined).on('close', () => closeSync(1))
setInterval(() => undefined, 1000)

// Plain JavaScript, so that nothing but Node and ssh2 is loaded: node floor-program.mjs PLAN
import { readFileSync } from 'node:fs'
import { argv, exit, stdout } from 'node:process'
import ssh2 from 'ssh2'

const { keyFile, hosts } = JSON.parse(readFileSync(argv[2], 'utf8'))
const privateKey = readFileSync(keyFile)

const said = await Promise.all(hosts.map(run))
stdout.write(said.map((text, index) => `${hosts[index].name} : ${text}`).join(''))
exit(0)

function run({ name, address, hostKey, script }) {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    client.on('error', reject)
    client.on('ready', () => {
      client.setNoDelay(true)
      client.exec('sh', (error, channel) => {
        if (error) return reject(error)
        const output = { stdout: '', stderr: '' }
        channel.on('data', (data) => (output.stdout += data))
        channel.stderr.on('data', (data) => (output.stderr += data))
        channel.on('close', (code) =>
          code === 0
            ? resolve(output.stdout)
            : reject(new Error(`${name} ended with ${code}: ${output.stderr}`)),
        )
        channel.end(script)
      })
    })
    client.connect({
      host: address,
      username: 'root',
      privateKey,
      hostVerifier: (key) => key.toString('base64') === hostKey,
    })
  })
}

import * as assert from 'uvu/assert'
import { fingerprint, KnownHosts, parseKnownHosts } from '../../../lib/transport/known-hosts.ts'
import { suite } from '../../support/suite.ts'

const test = suite('known hosts')

// Made by ssh-keygen, as are the hashed names and the fingerprints below.
const a = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBo8n1rTgJXmbxlAdtqGaV50dY7Myue1ymYisewkSxwm'
const b = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII8+DHHa4B6wzNOo7w86B5Q53vM8B/0zR4Ka34WzM1pe'
const c =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGw1FarHNV51MKoGvLmookOzYRPBhmkj' +
  'JWEucUkeSsHH9HuCPtPGKg0O8jcotvRiFwVCgE5zS4FE8lPTIqvdKpk='

function key(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64')
}

function judged(text: string, host: string, port: number, line: string): string {
  return new KnownHosts(parseKnownHosts(text, 'known_hosts')).judge(host, port, key(line)).is
}

test('a key is known under each of its names, and only there', () => {
  const text = `# a comment\n\nweb1,10.0.0.1,fd00::1 ${a} somebody@somewhere\r\n`
  for (const host of ['web1', 'WEB1', '10.0.0.1', 'fd00::1'])
    assert.is(judged(text, host, 22, a), 'known', host)
  for (const host of ['web', 'web11', '10.0.0.11']) assert.is(judged(text, host, 22, a), 'unknown', host)
})

test('a port other than 22 is part of the name', () => {
  const text = `[web2]:2222 ${b}\n`
  assert.is(judged(text, 'web2', 2222, b), 'known')
  assert.is(judged(text, 'web2', 22, b), 'unknown')
  assert.is(judged(text, 'web2', 2223, b), 'unknown')
})

test('the key of a host on port 22 is its key on other ports, but another key there is only unknown', () => {
  assert.is(judged(`web1 ${a}\n`, 'web1', 2222, a), 'known')
  assert.is(judged(`web1 ${a}\n`, 'web1', 2222, b), 'unknown')
})

test('hashed names are found, with and without a port', () => {
  const text = [
    `|1|6PUeXstfyVHuJ5pI5ISupOn/AEo=|AnamQIA2ByHQt/TmVzuyi5LBKLA= ${a}`,
    `|1|vw5CApNr3kjRZTIQEDHmdd2H9KM=|x2Mn552pGv1X4YcShdBjgibCwvM= ${a}`,
    `|1|//iH2OMh3AAWSQMwBNfqp2SgArs=|WQoonRG+WhXy5MrBKOEy2eri7Vw= ${b}`,
  ].join('\n')
  assert.is(judged(text, 'web1', 22, a), 'known')
  assert.is(judged(text, '10.0.0.1', 22, a), 'known')
  assert.is(judged(text, 'web2', 2222, b), 'known')
  assert.is(judged(text, 'web2', 22, b), 'unknown')
  assert.is(judged(text, 'web1', 22, b), 'changed')
})

test('patterns match, and a negated one takes back', () => {
  const text = `*.example.com,!bad.example.com,10.0.?.1 ${a}\n`
  assert.is(judged(text, 'web.example.com', 22, a), 'known')
  assert.is(judged(text, '10.0.7.1', 22, a), 'known')
  assert.is(judged(text, 'bad.example.com', 22, a), 'unknown')
  assert.is(judged(text, 'webXexampleXcom', 22, a), 'unknown')
  assert.is(judged(`!web1 ${a}\n`, 'web2', 22, a), 'unknown', 'a negation alone matches nobody')
})

test('another key than the recorded ones is a changed one, whatever its type', () => {
  assert.is(judged(`web1 ${a}\n`, 'web1', 22, b), 'changed')
  assert.is(judged(`web1 ${a}\n`, 'web1', 22, c), 'changed')
  assert.is(judged(`web1 ${a}\nweb1 ${c}\n`, 'web1', 22, c), 'known')
})

test('a revoked key is refused even where it is recorded as well', () => {
  assert.is(judged(`web1 ${a}\n@revoked * ${a}\n`, 'web1', 22, a), 'revoked')
  assert.is(judged(`web1 ${b}\n@revoked * ${a}\n`, 'web1', 22, b), 'known')
})

test('a certificate authority vouches for no key, but is named', () => {
  const hosts = new KnownHosts(parseKnownHosts(`@cert-authority *.example.com ${a}\n`, 'file'))
  const verdict = hosts.judge('web.example.com', 22, key(a))
  assert.is(verdict.is, 'unknown')
  assert.is(verdict.is === 'unknown' && verdict.authority?.place, 'file:1')
})

test('lines that hold no key are passed over', () => {
  const text = `web1\nweb1 ssh-ed25519\nweb1 ssh-ed25519 AAAA\nweb1 ssh-rsa ${a.split(' ')[1]}\nweb1 ${a}\n`
  assert.equal(
    parseKnownHosts(text, 'f').map((entry) => entry.place),
    ['f:5'],
  )
})

test('the types of the recorded keys are told', () => {
  const hosts = new KnownHosts(parseKnownHosts(`web1 ${c}\nweb1 ${a}\nother ${b}\n`, 'f'))
  assert.equal(hosts.types('web1', 22), ['ecdsa-sha2-nistp256', 'ssh-ed25519'])
})

test('fingerprints are those that ssh-keygen shows', () => {
  assert.is(fingerprint(key(a)), 'SHA256:CNflPrdqM7gWRmtpJHxR6+11vaF/eXufEsJ3470n9Dc')
  assert.is(fingerprint(key(c)), 'SHA256:hNZOKOoGVpOtiuqmg/4ZD6hp4fu4E877q4tqgET1jsw')
})

import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { render } from '../../../lib/templates/render.ts'
import { TemplateError } from '../../../lib/templates/template-error.ts'
import { scratch } from '../inventory/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('templates')

const values = {
  name: 'etcd-1',
  html: `<a> & "b" 'c'`,
  count: 3,
  on: false,
  empty: '',
  nothing: null,
  mirror: undefined,
  vars: Object.freeze({ port: 2379, inner: Object.freeze({ deep: 'x' }), optional: undefined }),
  members: [
    { name: 'a', address: '10.0.0.1' },
    { name: 'b', address: '10.0.0.2' },
  ],
  double: (number: number) => number * 2,
}
const file = '/role/templates/x.ejs'
const text = (template: string) => render(template, values, file)

function errorOf(template: string, of: Record<string, unknown> = values): TemplateError {
  try {
    render(template, of, file)
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error('it was rendered')
}

const rendered: readonly (readonly [string, string])[] = [
  ['name: <%= name %>\n', 'name: etcd-1\n'],
  ['no last newline <%= count %>', 'no last newline 3'],
  ['<%= html %> <%- html %>', `<a> & "b" 'c' <a> & "b" 'c'`],
  ['<%= on %><%= empty %>', 'false'],
  ['<%= vars.port %> <%= vars.inner.deep.length %>', '2379 1'],
  [
    '<%= members.map((m) => `${m.name}=https://${m.address}`).join(",") %>',
    'a=https://10.0.0.1,b=https://10.0.0.2',
  ],
  ['<% for (const m of members) { -%>\n- <%= m.name %>\n<% } -%>\nend\n', '- a\n- b\nend\n'],
  ['<% if (on) { -%>\nx\n<% } -%>\ny\n', 'y\n'],
  ['  <%_ if (!on) { _%>  \nin\n  <%_ } _%>\nafter\n', 'in\nafter\n'],
  ['<%% <%# a comment %>%%>', '<% %>'],
  ['<%= double(vars.port) %>', '4758'],
  ['<% const a = 1; let b = 2; var c = 3 %><%= a + b + c %>', '6'],
  ['<% function f(x) { return x + 1 } %><%= f(1) %>', '2'],
  ['<%= JSON.stringify({ ...vars }) %>', '{"port":2379,"inner":{"deep":"x"}}'],
  ['<%= Object.keys(vars).join() %>', 'port,inner'],
  ['<%= [...members].sort((a, b) => (a.name < b.name ? 1 : -1))[0].name %>', 'b'],
  ['<%= "mirror" in locals %> <%= "optional" in vars %> <%= "port" in vars %>', 'false false true'],
  ['<%= "toString" in vars %> <%= nothing === null %>', 'false true'],
  ['<%= Buffer.from(name).toString("base64") %>', 'ZXRjZC0x'],
]
test('What a template calls like a thing of JavaScript is its own', () => {
  assert.is(text('<% JSON = 1; var Math = 2 %><%= JSON + Math %>'), '3')
  assert.is(text('<%= JSON.stringify([Math.max(1, 2)]) %>'), '[2]')
})

for (const [template, result] of rendered) {
  test(`${JSON.stringify(template)} renders`, () => assert.is(text(template), result))
}

/** The template, the line and what the message says. */
const refused: readonly (readonly [string, number, RegExp])[] = [
  ['a\n<%= nmae %>\n', 2, /"nmae" is not defined in: <%= nmae %>$/],
  ['a\nb\n<%= vars.prot %>', 3, /"vars\.prot" is not defined/],
  ['<%- vars.prot %>', 1, /"vars\.prot" is not defined/],
  ['<%= vars.a.b %>', 1, /"vars\.a" is not defined/],
  ['<%= vars.inner.a.b %>', 1, /"vars\.inner\.a" is not defined/],
  ['<%= vars.optional %>', 1, /"vars\.optional" is not defined/],
  ['<% if (mirror) { %>m<% } %>', 1, /"mirror" is not defined/],
  ['<% if (vars.optional?.x) { %>m<% } %>', 1, /"vars\.optional" is not defined/],
  ['<%= `x${vars.prot}` %>', 1, /"vars\.prot" is not defined/],
  ['<%= members[2].name %>', 1, /"members\[2\]" is not defined/],
  ['<% for (const m of members) { -%>\n<%= m.nmae %>\n<% } %>', 2, /"members\[0\]\.nmae" is not defined/],
  ['<%= typeof nmae %>', 1, /"nmae" is not defined/],
  ['<%= process.env.HOME %>', 1, /"process" is not defined/],
  ['<%= Date.now() %>', 1, /"Date" is not defined/],
  ['<%= nothing %>', 1, /null would be printed/],
  ['<%- nothing %>', 1, /null would be printed/],
  ['<%= undefined %>', 1, /undefined would be printed/],
  ['<%= count / "x" %>', 1, /NaN would be printed/],
  ['<%= members %>', 1, /a list would be printed/],
  ['<%= vars %>', 1, /a value of type object would be printed/],
  ['<%= double %>', 1, /a value of type function would be printed/],
  ['<%= vars.constructor %>', 1, /a value of type function would be printed/],
  ["<%= members.find((m) => m.name === 'z').name %>", 1, /Cannot read properties of undefined/],
  ['a\n<% if (on) { %>\n<%= count. %>\n<% } %>', 3, /Unexpected token/],
  ['a\nb\n<%= count', 3, /Could not find matching close tag/],
  ['a\n<%=%>\nb <% %>', 2, /Could not find matching close tag/],
  ['<% 1 %>\n<%= "%%>" %>', 2, /Could not find matching close tag/],
  ['<%= this.process.pid %>', 1, /Cannot read properties of undefined/],
  ['<% JSON.stringify = 1 %>', 1, /a template cannot change JSON\.stringify/],
  ['<% delete Object.keys %>', 1, /a template cannot change Object\.keys/],
]
for (const [template, line, message] of refused) {
  test(`${JSON.stringify(template)} is refused with its line`, () => {
    const error = errorOf(template)
    assert.match(error.message, message)
    assert.is(error.line, line)
    assert.is(error.file, file)
    assert.ok(error.message.startsWith(`${file}:${line}: `))
  })
}

test('the advice says how to ask for what may be missing, and that is right', () => {
  assert.match(errorOf('<%= vars.optional %>').advice, /'optional' in vars\.$/)
  assert.match(errorOf('<%= mirror %>').advice, /'mirror' in locals\.$/)
})

const secret = new Secret('s3cr3t"\n', 'all.yml: token')

test('a template that prints a secret is a secret, and JavaScript sees the text', () => {
  const result = render('token: <%= JSON.stringify(vars.token) %>\n', { vars: { token: secret } }, file)
  assert.instance(result, Secret)
  assert.is(reveal(result as Secret), 'token: "s3cr3t\\"\\n"\n')
  assert.is((result as Secret).source, file)
})

test('a secret in a list, in a joined text and in an included template counts as well', () => {
  const folder = scratch({ 'inner.ejs': '<%= token %>' })
  for (const template of [
    '<%= [token].join(",") %>',
    '<%= `a${token}` %>',
    '<%= list.map((item) => item.token)[0] %>',
    '<%- include("inner") %>',
  ]) {
    const result = render(template, { token: secret, list: [{ token: secret }] }, join(folder, 'x.ejs'))
    assert.instance(result, Secret, template)
  }
})

test('a template that has a secret at hand but does not read it is text', () => {
  assert.is(render('<%= name %>', { name: 'x', token: secret }, file), 'x')
})

test('an error of a template with secrets does not show them', () => {
  const error = errorOf('<% JSON.parse(token) %>', { token: new Secret('hunter2hunter2', 'x') })
  assert.not.match(`${error.message} ${String(error.cause)}`, /hunter2/)
  assert.match(error.message, /SyntaxError was thrown/)
})

test('a template includes others from its own folder, with more values', () => {
  const folder = scratch({
    'parts/member.ejs': '[<%= member.name %> of <%= cluster %>]<%- include("end") %>\n',
    'parts/end.ejs': '.',
  })
  const template =
    '<% for (const member of members) { -%>\n<%- include("parts/member", { member }) -%>\n<% } -%>\n'
  const result = render(template, { ...values, cluster: 'c' }, join(folder, 'x.ejs'))
  assert.is(result, '[a of c].\n[b of c].\n')
})

test('an error in an included template names that template and its line', () => {
  const folder = scratch({ 'inner.ejs': 'a\n<%= nmae %>\n', 'outer.ejs': '' })
  try {
    render('x\n\n<%- include("inner.ejs") %>', values, join(folder, 'outer.ejs'))
    assert.unreachable()
  } catch (error) {
    assert.instance(error, TemplateError)
    assert.is((error as TemplateError).file, join(folder, 'inner.ejs'))
    assert.is((error as TemplateError).line, 2)
    assert.match((error as TemplateError).message, /^[^:]+:2: "nmae" is not defined in: <%= nmae %>$/)
  }
})

test('what cannot be included is refused where it is asked for', () => {
  const folder = scratch({ 'self.ejs': '<%- include("self") %>' })
  const include = (name: string) => {
    try {
      render(`\n<%- include(${name}) %>`, values, join(folder, 'x.ejs'))
      return 'rendered'
    } catch (error) {
      return (error as Error).message
    }
  }
  assert.match(include('"nowhere"'), /x\.ejs:2: .*nowhere\.ejs cannot be included: ENOENT/)
  assert.match(include('"/etc/passwd"'), /x\.ejs:2: include expects a path that starts at the folder/)
  assert.match(include('"self"'), /self\.ejs:1: "self" is included within itself/)
})

test('one render leaves nothing behind for the next', () => {
  const shared = { list: ['b', 'a'], x: 1 }
  const template = '<% list.sort(); leak = 1; x = 2 %><%= list.join() %><%= x %>'
  assert.is(render(template, shared, file), 'a,b2')
  assert.equal(shared, { list: ['b', 'a'], x: 1 })
  assert.match(errorOf('<%= leak %>').message, /"leak" is not defined/)
})

/** What the text of a variable probably was to be, where INI takes it for text; nothing where it reads like text. */
export function typingTraps(name: string, text: string, quoting: string): readonly string[] {
  if (/^(?:\[.*\]|\{.*\})$/s.test(text) && !/^\{[{%#]/.test(text))
    return [`the value of ${name} is text, no list or map; ${quoting}, and write True, False and None`]
  return isBooleanWord(text) && !isTypedElsewhere(name)
    ? [`the value of ${name} is the text "${text}", no truth value; write True or False`]
    : []
}

function isBooleanWord(text: string): boolean {
  return /^(?:true|false|yes|no|on|off)$/i.test(text)
}

/** Ansible's own variables, and those of roles, know what they are to be. */
function isTypedElsewhere(name: string): boolean {
  return name.startsWith('ansible_') || name.includes('.')
}

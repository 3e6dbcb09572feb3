interface Stricter {
  readonly refused: RegExp
  readonly why: string
}

/** Where we refuse what Ansible takes, on purpose. */
export const stricter: readonly Stricter[] = [
  {
    refused: /expected at least one host/,
    why: 'Ansible goes on with nobody but itself, and a job that does nothing is green.',
  },
  {
    refused: /on an earlier line/,
    why: 'Of two ports for a host Ansible takes the first, and says nothing.',
  },
]

/** What Ansible passes over with this warning, and we read. */
export const readHere = {
  warned: /as this is not a valid group definition$/,
  why: 'A single line of INI may be YAML to Ansible, if a value has a colon; it finds no group there, and no host.',
}

/** What the referee is asked to say otherwise, since it has no other form here; done in referee.py or, for ranges, in case.ts. */
export const said = {
  numbers: 'JavaScript has one kind of number: 1.0 is 1, and what is beyond 2^53 is the text of its digits.',
  names: 'The names in a map are text, as in all of JSON, so 10 comes before 2.',
  passwords: 'A password is a secret here, which is never printed; Ansible prints it.',
  order: 'Below the second level Ansible orders groups by addresses in memory, otherwise in every run.',
  namesakes:
    'What is said of a host that is called like a group is said of the host; Ansible takes it for the group.',
  ranges: 'A range in a list of hosts is a range; to Ansible it is one host with brackets in its name.',
}

/** Patterns and names that we refuse by plan. */
export const unknownName = 'Ansible warns of a name that it does not know and goes on; here it is an error.'

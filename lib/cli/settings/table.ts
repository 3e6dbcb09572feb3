import type { FlagName } from '../flags.ts'

/** A setting of Ansible that means something here. */
export interface Setting {
  /** Section and key in ansible.cfg; of several, the last that is set counts, as in Ansible. */
  readonly keys: readonly (readonly [section: string, key: string])[]
  /** Its names in the environment, of which also the last counts. */
  readonly env: readonly string[]
  /** It stands for this flag, or for this variable, or for this name in the environment. */
  readonly is: { readonly flag: FlagName } | { readonly variable: string } | { readonly environment: string }
  /** In ansible.cfg it begins at the folder of that file. */
  readonly path: boolean
}

type Means = Setting['is'] & { readonly path?: boolean; readonly also?: readonly string[] }

/** As `ini` has it: `section.key`, and the name in the environment without `ANSIBLE_`. */
function setting(key: string, env: string, { path = false, also = [], ...is }: Means): Setting {
  const keys = [key, ...also].map((each) => each.split('.') as unknown as readonly [string, string])
  return { keys, env: env.split(' ').map((name) => `ANSIBLE_${name}`), is, path }
}

/** All of them, in the order of the page that lists them. */
export const settings: readonly Setting[] = [
  setting('defaults.inventory', 'INVENTORY', { flag: 'inventory', path: true }),
  setting('defaults.forks', 'FORKS', { flag: 'forks' }),
  setting('defaults.timeout', 'TIMEOUT SSH_TIMEOUT', {
    flag: 'timeoutSeconds',
    also: ['ssh_connection.timeout'],
  }),
  setting('connection.retries', 'SSH_RETRIES', {
    variable: 'ansible_ssh_retries',
    also: ['ssh_connection.retries'],
  }),
  setting('defaults.remote_user', 'REMOTE_USER', { variable: 'ansible_user' }),
  setting('defaults.remote_port', 'REMOTE_PORT', { variable: 'ansible_port' }),
  setting('defaults.private_key_file', 'PRIVATE_KEY_FILE', {
    variable: 'ansible_private_key_file',
    path: true,
  }),
  setting('defaults.transport', 'TRANSPORT', { variable: 'ansible_connection' }),
  setting('defaults.host_key_checking', 'HOST_KEY_CHECKING SSH_HOST_KEY_CHECKING', {
    variable: 'ansible_host_key_checking',
    also: ['ssh_connection.host_key_checking'],
  }),
  setting('ssh_connection.ssh_args', 'SSH_ARGS', { variable: 'ansible_ssh_args' }),
  setting('ssh_connection.ssh_common_args', 'SSH_COMMON_ARGS', { variable: 'ansible_ssh_common_args' }),
  setting('ssh_connection.ssh_extra_args', 'SSH_EXTRA_ARGS', { variable: 'ansible_ssh_extra_args' }),
  setting('privilege_escalation.become', 'BECOME', { variable: 'ansible_become' }),
  setting('privilege_escalation.become_method', 'BECOME_METHOD', { variable: 'ansible_become_method' }),
  setting('privilege_escalation.become_user', 'BECOME_USER', { variable: 'ansible_become_user' }),
  setting('privilege_escalation.become_exe', 'BECOME_EXE', { variable: 'ansible_become_exe' }),
  setting('privilege_escalation.become_flags', 'BECOME_FLAGS', { variable: 'ansible_become_flags' }),
  setting('defaults.ask_pass', 'ASK_PASS', { flag: 'askPass' }),
  setting('privilege_escalation.become_ask_pass', 'BECOME_ASK_PASS', { flag: 'askBecomePass' }),
  setting('defaults.vault_password_file', 'VAULT_PASSWORD_FILE', { flag: 'vaultPasswordFiles', path: true }),
  setting('defaults.vault_identity_list', 'VAULT_IDENTITY_LIST', { flag: 'vaultIds' }),
  setting('defaults.ask_vault_pass', 'ASK_VAULT_PASS', { flag: 'askVaultPass' }),
  setting('defaults.vault_encrypt_identity', 'VAULT_ENCRYPT_IDENTITY', { flag: 'encryptVaultId' }),
  setting('tags.run', 'RUN_TAGS', { flag: 'tags' }),
  setting('tags.skip', 'SKIP_TAGS', { flag: 'skipTags' }),
  setting('diff.always', 'DIFF_ALWAYS', { flag: 'diff' }),
  setting('defaults.verbosity', 'VERBOSITY', { flag: 'verbosity' }),
  setting('defaults.nocolor', 'NOCOLOR', { environment: 'NO_COLOR' }),
  setting('defaults.force_color', 'FORCE_COLOR', { environment: 'FORCE_COLOR' }),
]

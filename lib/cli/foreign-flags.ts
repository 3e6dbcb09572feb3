const sshArguments = 'Set ansible_ssh_common_args for the host or group in the inventory.'

/** Flags of Ansible that do not exist here, by their spelling without dashes, and what stands in their place. */
export const foreignFlags: Readonly<Record<string, string>> = {
  'become-password-file': 'Set ansible_become_password as a variable of the host or group, or ask with -K.',
  'connection-password-file': 'Set ansible_password as a variable of the host or group, or ask with -k.',
  'flush-cache': 'Nothing to flush: facts are asked anew in every run.',
  'force-handlers': 'Not needed: a service that has not taken up its files is restarted by the next run.',
  'module-path': 'Roles are imported by the playbook; there are no modules to be found.',
  'ssh-common-args': sshArguments,
  'ssh-extra-args': sshArguments,
}

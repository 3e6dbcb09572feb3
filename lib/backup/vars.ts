import {
  defineVars,
  duration,
  int,
  list,
  object,
  oneOf,
  secret,
  bool,
  string,
  type Infer,
} from '../vars/schema.ts'

/** Where backups are kept, for whom they are encrypted and how long they stay; roles name it in `shared: { backup }`. */
export const backup = defineVars({
  to: oneOf('directory', 's3', {
    default: 'directory',
    doc: 'Whether backups stand in a folder of the controller or in a bucket.',
  }),
  directory: string({
    optional: true,
    doc: 'The folder on the controller; what is mounted there may be elsewhere.',
  }),
  s3: object(
    {
      endpoint: string({
        optional: true,
        doc: 'The address of the service, as https://s3.example.com:9000. Left out: that of Amazon in the region.',
      }),
      region: string({ default: 'us-east-1', doc: 'The region, where the service has some.' }),
      bucket: string({ doc: 'The bucket; it has to be there.' }),
      prefix: string({ default: '', doc: 'What stands before all names in the bucket, as team/backups.' }),
      pathStyle: bool({
        default: true,
        doc: 'The bucket stands in the path, and not in the name of the service.',
      }),
      accessKey: secret({ doc: 'The id of the key.' }),
      secretKey: secret({ doc: 'The key.' }),
      timeout: duration({ default: '30s', doc: 'How long the service may say nothing.' }),
    },
    { optional: true, doc: 'The bucket, for `to: s3`.' },
  ),
  recipients: list(string(), {
    default: [],
    doc: 'Public keys, as [age1…]: with the identity of any of them a backup can be read. Without one, none is made.',
  }),
  identity: secret({
    optional: true,
    doc: 'The key that reads backups, AGE-SECRET-KEY-…; only to check them whole and to restore.',
  }),
  identityFile: string({ optional: true, doc: 'A file on the controller with that key, instead.' }),
  keep: object(
    {
      count: int({ optional: true, min: 1, doc: 'So many of a kind are kept, the newest.' }),
      days: int({ optional: true, min: 1, doc: 'Those that are not older are kept, however many.' }),
    },
    { doc: 'What stays when old backups are taken away; all of them, where nothing is said.' },
  ),
  alarm: duration({
    default: '26h',
    doc: 'The newest backup of a kind may be so old before somebody is told.',
  }),
})

export type BackupSettings = Infer<typeof backup>

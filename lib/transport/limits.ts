const seconds = 1000
const MiB = 1024 * 1024

/** Every number of the transport in one place; a session's options override what is a matter of taste. */
export const limits = {
  /** Kept of each output of a command; the tail is what says why something failed. */
  outputBytes: 16 * MiB,

  /** How long the first contact is tried, and the longest wait for a TCP connection. */
  connectTimeoutMs: 10 * seconds,
  /** From the TCP connection to agreed keys, the host's key judged. */
  handshakeMs: 15 * seconds,
  /** From agreed keys to being logged in; slow name look-ups and PAM modules are part of it. */
  authenticationMs: 30 * seconds,
  /** How long a host that turns connections away because it is busy (MaxStartups) is tried again. */
  busyPatienceMs: 60 * seconds,
  /** How long a lost host may take to come back. */
  patienceMs: 60 * seconds,
  /** Without a byte from the host for `misses` intervals, contact is lost. */
  keepalive: { intervalMs: 5 * seconds, misses: 3 },
  /** Pauses between tries double up to the longest; each is drawn between its half and its whole. */
  backoff: { firstMs: 0.2 * seconds, longestMs: 5 * seconds },

  /** Below sshd's MaxSessions of 10, so that what ends a hanging program still finds a channel. */
  channels: 8,
  /** Below sshd's MaxStartups of 10, over which it drops connections at random. */
  dialsPerAddress: 8,
  /** How long a refused channel is asked for again: another program of ours may end in that time. */
  channelPatienceMs: 30 * seconds,

  /** From asking for a program to its first sign; a password check by PAM is part of it. */
  launchMs: 30 * seconds,
  /** How long a killed program may take to be gone. */
  killMs: 5 * seconds,
  /** How long output may lag behind the end of its shell. */
  lastBytesMs: 1 * seconds,
  /** No append to known_hosts lasts this long. */
  staleLockMs: 10 * seconds,
  /** How much of what a host says is kept to explain a failed start. */
  noiseBytes: 8 * 1024,
} as const

import { quote } from '../../host/command.ts'
import type { HttpQuestion } from './http-from-here.ts'

const longestBody = 64 * 1024

/** Prints `status CODE` and the body, or what stood in the way. The wget of busybox keeps the body of an error to itself. */
export function httpScript({ url, tls, timeoutMs }: HttpQuestion): string {
  const seconds = Math.ceil(timeoutMs / 1000)
  const { ca, cert, key, insecure } = tls
  const option = (name: string, value: string | undefined) =>
    value === undefined ? '' : ` ${name} ${quote(value)}`
  const ofCurl = `${insecure === true ? ' -k' : ''}${option('--cacert', ca)}${option('--cert', cert)}${option('--key', key)}`
  const ofWget = `${insecure === true ? ' --no-check-certificate' : ''}${option('--ca-certificate', ca)}${option('--certificate', cert)}${option('--private-key', key)}`
  const needsFiles = [ca, cert, key].some((file) => file !== undefined)
  return `export LC_ALL=C
if command -v curl > /dev/null; then
  # The body comes first: what follows its last byte is ours.
  said=$(curl --noproxy '*' -sS -m ${seconds}${ofCurl} -w '\\n%{http_code}' -- ${quote(url)} 2>&1) && code=0 || code=$?
  status=$(printf '%s\\n' "$said" | tail -n 1)
  if [ $code = 0 ]; then echo "status $status"; printf '%s\\n' "$said" | sed '$d' | head -c ${longestBody}
  else printf '%s\\n' "$said" | grep '^curl:' || echo "curl ended with exit code $code"; fi
elif ! command -v wget > /dev/null; then
  echo 'there is neither curl nor wget to ask with'
elif wget --help 2>&1 | grep -q BusyBox; then
  ${needsFiles ? `echo 'the wget of busybox cannot check certificates: install curl'; exit 0` : ':'}
  # Its own time-out ends some builds of it with a crash.
  said=$(timeout ${seconds} wget -Y off -q${insecure === true ? ' --no-check-certificate' : ''} -O - ${quote(url)} 2>&1) && code=0 || code=$?
  if [ $code = 0 ]; then
    echo 'status 200'; printf '%s\\n' "$said" | head -c ${longestBody}
  elif [ $code = 124 ] || [ $code = 143 ]; then
    echo 'timed out'
  else
    status=$(printf '%s\\n' "$said" | sed -n 's|.*HTTP/[0-9.]* \\([0-9][0-9][0-9]\\).*|\\1|p' | tail -n 1)
    if [ -n "$status" ]; then echo "status $status"; fi
    printf '%s\\n' "$said"
  fi
else
  # What it says of itself is indented or has its name before it.
  said=$(wget --no-proxy -q -S -t 1 -T ${seconds}${ofWget} --content-on-error -O - -- ${quote(url)} 2>&1)
  status=$(printf '%s\\n' "$said" | sed -n 's|^  HTTP/[0-9.]* \\([0-9][0-9][0-9]\\).*|\\1|p' | tail -n 1)
  if [ -n "$status" ]; then echo "status $status"; printf '%s\\n' "$said" | grep -v '^  [A-Za-z-]*[:/]' | head -c ${longestBody}
  else wget --no-proxy -nv -t 1 -T ${seconds}${ofWget} -O /dev/null -- ${quote(url)} 2>&1; fi
fi
exit 0`
}

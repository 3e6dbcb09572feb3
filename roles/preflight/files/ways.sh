# Tries the way to other hosts, all side by side; changes nothing. Each argument is one of them: its address, how large
# a packet may be, and the ports to try, such as `tcp/6443,udp/8472`. All hosts do this at once, so processes count.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
seconds=2 patience=4

# Names each port, then says what came of it: what nobody answers holds up those behind it. What a host says of a packet
# of UDP that it does not take comes as an error of the next reading.
try='address=$1; shift
for port; do
  echo "$port"
  case $port in
    tcp/*) { echo open; } 3<>"/dev/tcp/$address/${port#*/}" ;;
    *) for pause in 0.5 1; do echo >&3 && read -r -t $pause line <&3; done 3<>"/dev/udp/$address/${port#*/}" &&
      echo open || echo silent ;;
  esac
done'

# Of what time ran out for, nothing was said.
hear() {
  found=
  while read -r line; do
    case $line in
      tcp/* | udp/*) tell; port=$line found= ;;
      *refused*) found=refused ;;
      *) found=${found:-$line} ;;
    esac
  done <<END
$1
END
  tell
}

tell() {
  case $found in
    '') return ;;
    open | refused | silent) ;;
    *) found=denied ;;
  esac
  echo "$address $port $found"
  told="$told $port "
}

ports() {
  command -v bash >/dev/null && command -v timeout >/dev/null || return
  hear "$(timeout $seconds bash -c "$try" try "$address" "$@" 2>&1)"
  # Held up, or slow: each gets a try of its own, so that nobody is called silent for the load of a host.
  for each in "$@"; do
    case $told in *" $each "*) continue ;; esac
    { hear "$(timeout $patience bash -c "$try" try "$address" "$each" 2>&1)"
      [ "$port" = "$each" ] && [ -n "$found" ] || echo "$address $each silent"; } &
  done
  wait
}

echoes() {
  ping -q -n -c 3 -i 0.2 -W 1 "$@" "$address" 2>&1
}

pings() {
  large=$(echoes -M do -s $(($1 - 28)))
  # What is true of large packets is true of small ones.
  case $large in *' 0% packet loss'*) small=$large ;; *) small=$(echoes) ;; esac
  echo "$address large" $large
  echo "$address ping" $small
}

way() {
  address=$1 port= told=
  pings "$2" &
  IFS=,
  set -- $3
  unset IFS
  [ $# -eq 0 ] || ports "$@"
  wait
}

for peer in "$@"; do way $peer & done
wait

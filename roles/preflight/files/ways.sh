# Tries the way to other hosts, all side by side; changes nothing. Each argument is one of them: its address, how large
# a packet may be, and the ports to try, such as `tcp/6443,udp/8472`.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
seconds=2 patience=4

# One port after the other in one process; a connection that nobody answers holds up those behind it. What a host says
# of a packet of UDP that it does not take comes as an error of the next reading.
try='address=$1; shift
for port; do
  said=$(exec 2>&1; exec 3<>"/dev/${port%/*}/$address/${port#*/}" || exit 1
    [ "${port%/*}" = tcp ] || for pause in 0.5 1; do echo >&3 && read -r -t $pause line <&3; done)
  case $?:$said in
    0:*) echo "$address $port open" ;;
    *refused*) echo "$address $port refused" ;;
    *:) echo "$address $port silent" ;;
    *) echo "$address $port denied" ;;
  esac
done'

ports() {
  address=$1; shift
  command -v bash >/dev/null && command -v timeout >/dev/null || return
  found=$(timeout $seconds bash -c "$try" try "$address" "$@")
  [ -z "$found" ] || echo "$found"
  for port in "$@"; do
    case $found in
      *"$address $port "*) ;;
      # Held up, or slow: it gets a try of its own, so that nobody is called silent for the load of a host.
      *) { timeout $patience bash -c "$try" try "$address" "$port" || echo "$address $port silent"; } & ;;
    esac
  done
  wait
}

way() {
  address=$1 size=$2
  ports "$address" $(echo "$3" | tr , ' ') &
  echo "$address ping" $(ping -q -n -c 3 -i 0.2 -W 1 "$address" 2>&1) &
  echo "$address large" $(ping -q -n -c 2 -i 0.2 -W 1 -M do -s $((size - 28)) "$address" 2>&1) &
  wait
}

for peer in "$@"; do way $peer & done
wait

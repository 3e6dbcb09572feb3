# Tries the way to other hosts, all side by side; changes nothing. Each argument is one of them: its address, how large
# a packet may be, and the ports to try, such as `tcp/6443,udp/8472`. All hosts do this at once, so processes count.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
seconds=2 patience=4

# All ways in one process, the ports of each in turn: what nobody answers holds up those behind it. What a host says of a
# packet of UDP that it does not take comes as an error of the next reading.
try='way() {
  for port in ${3//,/ }; do
    target=/dev/${port%/*}/$1/${port#*/}
    case $port in
      tcp/*) said=$({ { :; } 3<>"$target"; } 2>&1) ;;
      *) said=$({ for pause in 0.5 1; do echo >&3 && read -r -t $pause line <&3; done 3<>"$target"; } 2>&1) ;;
    esac
    case $?:$said in
      0:*) echo "$1 $port open" ;;
      *refused*) echo "$1 $port refused" ;;
      *:) echo "$1 $port silent" ;;
      *) echo "$1 $port denied" ;;
    esac
  done
}
trap "kill \$(jobs -p); exit 1" TERM
for peer; do way $peer & done
wait'

ports() {
  command -v bash >/dev/null && command -v timeout >/dev/null || return
  found=$(timeout $seconds bash -c "$try" try "$@")
  echo "$found"
  for peer in "$@"; do
    address=${peer%% *}
    IFS=,
    for port in ${peer##* }; do
      case $found in *"$address $port "*) continue ;; esac
      # Held up, or slow: it gets a try of its own, so that nobody is called silent for the load of a host.
      { timeout $patience bash -c "$try" try "$address 0 $port" || echo "$address $port silent"; } &
    done
    unset IFS
  done
  wait
}

pings() {
  large=$(ping -q -n -c 3 -i 0.2 -W 1 -M do -s $(($2 - 28)) "$1" 2>&1)
  # What is true of large packets is true of small ones.
  case $large in *' 0% packet loss'*) small=$large ;; *) small=$(ping -q -n -c 3 -i 0.2 -W 1 "$1" 2>&1) ;; esac
  echo "$1 large" $large
  echo "$1 ping" $small
}

for peer in "$@"; do pings $peer & done
ports "$@"
wait

# Tries the way to other hosts, all side by side; changes nothing. Each argument is one of them: its address, how large
# a packet may be, and the ports to try, such as `tcp/6443,udp/8472`.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
seconds=2

# What a host says of a packet of UDP that it does not take comes as an error of the next reading.
connect='exec 3<>"/dev/$0/$1/$2" || exit 1
[ "$0" = tcp ] || for pause in 0.5 1; do echo >&3 && read -r -t $pause said <&3; done'

port() {
  if ! command -v bash >/dev/null || ! command -v timeout >/dev/null; then echo "$1 $2/$3 unknown"; return; fi
  said=$(timeout $seconds bash -c "$connect" "$2" "$1" "$3" 2>&1)
  case $?:$said in
    124:*) found=silent ;;
    *refused*) found=refused ;;
    0:*) found=open ;;
    *:) found=silent ;;
    *) found=denied ;;
  esac
  echo "$1 $2/$3 $found"
}

way() {
  address=$1 size=$2
  IFS=,
  for each in $3; do port "$address" "${each%/*}" "${each#*/}" & done
  unset IFS
  echo "$address ping" $(ping -q -n -c 3 -i 0.2 -W 1 "$address" 2>&1)
  echo "$address large" $(ping -q -n -c 2 -i 0.2 -W 1 -M do -s $((size - 28)) "$address" 2>&1)
  wait
}

for peer in "$@"; do way $peer & done
wait

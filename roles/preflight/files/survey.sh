# Tells all that preflight wants to know of a host, section by section; changes nothing. What a host does not have
# leaves its section empty. Called with the commands, the paths and the kernel modules to look for, each one word.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/bin"
section() { printf '\036%s\n' "$1"; }
quietly() { "$@" 2>/dev/null; }

section began; date +%s
section os; quietly cat /etc/os-release
section kernel; uname -r; uname -m
section cpus; quietly nproc || grep -c '^processor' /proc/cpuinfo
section memory; cat /proc/meminfo
section swaps; quietly cat /proc/swaps
section fstab; quietly cat /etc/fstab

section disks
places=
for path in $2; do
  while [ ! -d "$path" ]; do path=${path%/*}; path=${path:-/}; done
  places="$places $path"
done
quietly df -Pk $places
section inodes; quietly df -Pi $places

section cgroup
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo v2; cat /sys/fs/cgroup/cgroup.controllers; else echo v1; fi

section hostname; cat /proc/sys/kernel/hostname
section resolved; quietly getent ahosts "$(cat /proc/sys/kernel/hostname)"
section machine-id; quietly cat /etc/machine-id
section addresses; quietly ip -o addr show
section links; quietly ip -o link show
section routes; quietly ip -4 route show; quietly ip -6 route show

section units
quietly systemctl show --property=Id,LoadState,ActiveState,UnitFileState \
  chrony.service chronyd.service ntp.service ntpd.service ntpsec.service systemd-timesyncd.service openntpd.service \
  firewalld.service nftables.service systemd-resolved.service NetworkManager.service

section sockets
if command -v ss >/dev/null; then ss -Hltunp; elif command -v netstat >/dev/null; then netstat -ltunp; fi 2>/dev/null

section resolv; quietly cat /etc/resolv.conf
section upstream; quietly cat /run/systemd/resolve/resolv.conf
section servers
ask='exec 3<>"/dev/udp/$0/53" && printf "\022\064\001\000\000\001\000\000\000\000\000\000\000\000\002\000\001" >&3 &&
  timeout 2 head -c 12 <&3 | wc -c'
if command -v bash >/dev/null && command -v timeout >/dev/null; then
  for server in $(sed -n 's/^[[:space:]]*nameserver[[:space:]]*//p' /etc/resolv.conf 2>/dev/null); do
    echo "$server $(quietly bash -c "$ask" "$server" || echo 0)" &
  done
  wait
fi

section selinux; quietly cat /sys/fs/selinux/enforce
section ufw; quietly cat /etc/ufw/ufw.conf
section filters
if command -v nft >/dev/null; then quietly nft list chains | grep 'hook input'; else quietly iptables -S INPUT; fi
section commands
for name in $1; do command -v "$name" >/dev/null && echo "$name"; done
section loadable
for name in $3; do quietly modprobe -n -q "$name" && echo "$name"; done
section ended; date +%s
exit 0

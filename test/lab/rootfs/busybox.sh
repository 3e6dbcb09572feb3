# Runs in a root file system that holds busybox and dropbear and nothing else.
set -eu
/bin/busybox mkdir -p /proc /sys /dev /run /root /tmp /var/log /sbin /usr/bin /usr/sbin
/bin/busybox --install -s
/bin/busybox ln -sf /bin/busybox /sbin/init
/bin/busybox chmod 700 /root
/bin/busybox chmod 640 /etc/shadow
/bin/busybox rm -rf /usr/share/doc /usr/share/man /usr/share/locale /var/lib/dpkg /var/cache /var/lib/apt /etc/apt

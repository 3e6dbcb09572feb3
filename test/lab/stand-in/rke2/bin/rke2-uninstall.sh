#!/bin/sh
# Stand-in: takes away what the tarball and the program brought.
set -e
[ "$(id -u)" -eq 0 ] || { echo "$(basename "$0"): must be run as root" >&2; exit 1; }
root=${INSTALL_RKE2_ROOT:-/usr/local}
sh "$root/bin/rke2-killall.sh"
systemctl disable rke2-server.service rke2-agent.service 2>/dev/null || true
rm -f "$root"/lib/systemd/system/rke2-*.service "$root"/lib/systemd/system/rke2-*.env
rm -f /etc/systemd/system/rke2-*.service
systemctl daemon-reload
rm -rf "$root/share/rke2" /etc/rancher/rke2 /etc/rancher/node "${RKE2_DATA_DIR:-/var/lib/rancher/rke2}"
rmdir /etc/rancher /var/lib/rancher 2>/dev/null || true
rm -f "$root/bin/rke2" "$root/bin/rke2-killall.sh" "$root/bin/rke2-uninstall.sh"

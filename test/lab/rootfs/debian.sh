# Runs in a fresh Debian root file system, with the lab's files already in place.
set -eu

for account in admin operator guest; do
  # Debian has a group operator of its own.
  groupadd --force "$account"
  useradd --create-home --shell /bin/bash --gid "$account" "$account"
done
usermod --password '*' operator
chmod 440 /etc/sudoers.d/lab

rm -f /etc/ssh/ssh_host_* /etc/machine-id /etc/hostname /etc/resolv.conf /var/lib/dbus/machine-id
: >/etc/machine-id
ln -sf /etc/machine-id /var/lib/dbus/machine-id

systemctl enable --quiet systemd-networkd.service ssh.service troupe-lab.service
systemctl disable --quiet apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer systemd-timesyncd.service 2>/dev/null || true
systemctl mask --quiet console-getty.service

# What logind would make at the first login.
mkdir -p /var/lib/systemd/linger

journalctl --update-catalog
ldconfig
# As systemd-update-done would at the first boot.
touch -r /usr /etc/.updated /var/.updated

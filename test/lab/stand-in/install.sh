#!/bin/sh
# Stand-in for k3s's install script: takes the same settings, and leaves the same files behind.
set -eu
bin=/usr/local/bin
units=/etc/systemd/system
part=${INSTALL_K3S_EXEC:-server}
name=k3s
[ "$part" = agent ] && name=k3s-agent
release=${GITHUB_URL:-https://github.com/k3s-io/k3s/releases}/download/${INSTALL_K3S_VERSION:?}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo "[INFO]  Downloading $release"
curl -sfL -o "$scratch/sums" "$release/sha256sum-amd64.txt"
curl -sfL -o "$scratch/k3s" "$release/k3s"
(cd "$scratch" && grep ' k3s$' sums | sha256sum -c --quiet)
install -m 755 "$scratch/k3s" $bin/k3s
for tool in kubectl crictl ctr; do [ -e $bin/$tool ] || ln -s k3s $bin/$tool; done

install -m 600 /dev/null $units/$name.service.env
cat >$units/$name.service <<END
[Unit]
Description=Lightweight Kubernetes
[Install]
WantedBy=multi-user.target
[Service]
Type=notify
EnvironmentFile=-$units/$name.service.env
KillMode=process
ExecStart=$bin/k3s $part
END
cat >$bin/k3s-killall.sh <<END
#!/bin/sh
systemctl stop $name
END
cat >$bin/$name-uninstall.sh <<END
#!/bin/sh
$bin/k3s-killall.sh
systemctl disable $name
for tool in kubectl crictl ctr; do [ "\$(readlink $bin/\$tool)" != k3s ] || rm $bin/\$tool; done
rm -rf $units/$name.service $units/$name.service.env /etc/rancher/k3s /run/k3s /var/lib/rancher/k3s /var/lib/kubelet
rm -f $bin/k3s $bin/k3s-killall.sh $bin/$name-uninstall.sh
systemctl daemon-reload
END
chmod 755 $bin/k3s-killall.sh $bin/$name-uninstall.sh
systemctl daemon-reload
[ "${INSTALL_K3S_SKIP_ENABLE:-false}" = true ] || systemctl enable $name
[ "${INSTALL_K3S_SKIP_START:-false}" = true ] || systemctl restart $name

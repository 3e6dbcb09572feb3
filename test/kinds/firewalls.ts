// The cases share a host, and only one firewall can be active there.

const without = {
  ufw: '{ ufw disable || true; } >/dev/null 2>&1',
  firewalld: '{ systemctl disable --now firewalld || true; } 2>/dev/null',
  nftables: '{ systemctl disable --now nftables || true; } 2>/dev/null',
} as const

/** A script that makes ufw the firewall of a host, once it is enabled. */
export const withUfw = `${without.firewalld}; ${without.nftables}; apt-get install -y ufw && ufw allow 22/tcp`

/** A script that makes firewalld the firewall of a host, with a zone that is the host's own already. */
export const withFirewalld = [
  `${without.ufw}; ${without.nftables}; apt-get install -y firewalld netbase`,
  'systemctl enable --now firewalld && firewall-cmd --state && firewall-cmd --permanent --add-port=53/udp',
].join(' && ')

/** A script that makes rules of a host's own, which nftables.service loads, its firewall. */
export const withNftables = `${without.ufw}; ${without.firewalld}; apt-get install -y nftables &&
cat >/etc/nftables.conf <<'END' && systemctl enable nftables && systemctl restart nftables
flush ruleset
table inet own {
	chain input {
		type filter hook input priority filter; policy drop;
		iif lo accept
		ct state { established, related } accept
		tcp dport 22 accept # for us
	}
}
END`

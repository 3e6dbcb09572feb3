// The cases share a host, and only one firewall can be active there.

/** A script that makes ufw the firewall of a host, once it is enabled. */
export const withUfw =
  '{ systemctl disable --now firewalld || true; } 2>/dev/null; apt-get install -y ufw && ufw allow 22/tcp'

/** A script that makes firewalld the firewall of a host, with a zone that is the host's own already. */
export const withFirewalld = [
  '{ ufw disable || true; } 2>/dev/null; apt-get install -y firewalld netbase',
  'systemctl enable --now firewalld && firewall-cmd --state && firewall-cmd --permanent --add-port=53/udp',
].join(' && ')

from io import StringIO

from pyinfra import host, inventory
from pyinfra.facts.server import Command, Kernel
from pyinfra.operations import files, systemd

SERVICE = """[Unit]
Description=Something that runs
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"""

host.get_fact(Kernel)
host.get_fact(Command, "df -P /")

for path, mode in {"/etc/bench": "755", "/etc/bench/conf.d": "755", "/var/lib/bench": "750"}.items():
    files.directory(name=f"Make {path}", path=path, mode=mode)

for name, path, mode, content in [
    ("Name the release", "/etc/bench/release", "644", "4.2\n"),
    ("Set the environment", "/etc/bench/environment", "640", "LEVEL=info\nREGION=north\n"),
    ("Leave a private file", "/etc/bench/private", "600", "for root alone\n"),
    ("Set kernel parameters", "/etc/sysctl.d/99-bench.conf", "644", "net.core.somaxconn = 4096\n"),
]:
    files.put(name=name, src=StringIO(content), dest=path, mode=mode)

files.template(
    name="Configure the workers",
    src="templates/bench.conf.j2",
    dest="/etc/bench/bench.conf",
    mode="644",
    workers=10,
)
files.template(
    name="List the members",
    src="templates/members.j2",
    dest="/etc/bench/members",
    mode="644",
    members=sorted((each.name for each in inventory), key=lambda name: int(name.removeprefix("node"))),
)
files.line(name="Narrow the default mode", path="/etc/login.defs", line=r"^UMASK\s.*", replace="UMASK 027")
files.line(
    name="Raise the limit of open files",
    path="/etc/security/limits.conf",
    line="* soft nofile 65536",
    escape_regex_characters=True,
)
files.block(
    name="Know the peers",
    path="/etc/hosts",
    marker="# {mark} bench",
    content=["10.99.0.1 registry.bench", "10.99.0.2 mirror.bench"],
)

service = files.put(
    name="Describe the service",
    src=StringIO(SERVICE),
    dest="/etc/systemd/system/bench.service",
    mode="644",
)
systemd.daemon_reload(name="Read the units anew", _if=service.did_change)
systemd.service(name="Run the service", service="bench.service", enabled=True)
systemd.service(name="Restart the service", service="bench.service", restarted=True, _if=service.did_change)
systemd.service(name="Run the backup timer", service="dpkg-db-backup.timer", enabled=True)
systemd.service(name="Stop the update timer", service="apt-daily.timer", running=False, enabled=False)

files.link(name="Point to the data", path="/etc/bench/data", target="/var/lib/bench")
files.file(name="Remove the greeting", path="/etc/motd", present=False)

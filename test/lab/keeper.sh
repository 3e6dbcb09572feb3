#!/bin/sh
# keeper.sh DIR CGROUPS COMMAND...: runs one host inside its cgroup, and again for as long as it ends with a reboot.
# DIR/off, if it appears, says that it is meant to stay down; DIR/exit holds how it ended.
dir=$1
groups=$2
shift 2
rm -f "$dir/exit"

while [ ! -e "$dir/off" ]; do
  (
    for group in $groups; do echo 0 >"$group/cgroup.procs" || exit 99; done
    exec "$@"
  )
  code=$?
  [ $code = 133 ] || break
done
echo "${code-0}" >"$dir/exit"

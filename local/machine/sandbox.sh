# Starts a sandbox: sh sandbox.sh FOLDER ROOT own-network|host-network "CGROUP-FILES" HOST-PATH INSIDE-PATH …
# Inside, / is a small tmpfs. /usr and /etc are ROOT's, read-only. Each HOST-PATH is mounted at its INSIDE-PATH. The rest is
# empty and private.
#
# The script runs twice. The first run joins the control groups and starts itself again in new namespaces, with the same
# arguments; the variable SANDBOX_INSIDE marks the second run, which sets up the mounts and starts the services.
set -eu
folder=$1 root=$2 network=$3 joins=$4
if [ "${SANDBOX_INSIDE:-}" = "" ]; then
  for file in $joins; do echo 0 >"$file"; done
  export SANDBOX_INSIDE=1
  namespaces="--mount --pid --uts --ipc"
  if [ "$network" = own-network ]; then namespaces="$namespaces --net"; fi
  exec unshare $namespaces --fork --kill-child sh "$0" "$@"
fi
shift 4
mount --make-rprivate /
new=$folder/root
mount -t tmpfs -o mode=755,size=64m sandbox "$new"
cd "$new"
mkdir usr etc proc sys dev run tmp root var old
for dir in usr etc; do
  mount --bind "$root/$dir" $dir
  mount -o remount,bind,ro $dir
done
for dir in bin sbin lib lib64; do [ ! -e "$root/usr/$dir" ] || ln -s usr/$dir $dir; done
for dir in run tmp; do mount -t tmpfs $dir $dir; done
chmod 1777 tmp
# These mounts follow the tmpfs of /tmp: state or cache may lie below it.
while [ $# -gt 0 ]; do
  mkdir -p "$new$2"
  mount --bind "$1" "$new$2"
  shift 2
done
mount -t proc proc proc
mount --rbind /dev dev
if [ "$network" = own-network ]; then mount -t sysfs sysfs sys; else mount --rbind /sys sys; fi
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  [ "$network" = host-network ] || mount --rbind /sys/fs/cgroup sys/fs/cgroup
else
  mount -t tmpfs -o mode=755 cgroup sys/fs/cgroup
  for dir in /sys/fs/cgroup/*; do
    at=sys/fs/cgroup/${dir##*/}
    if [ -L "$dir" ]; then cp -P "$dir" "$at"; else mkdir "$at"; mount --rbind "$dir" "$at"; fi
  done
fi
pivot_root . old
cd /
umount -l /old
mount --make-rshared /
export PATH=/usr/sbin:/usr/bin HOME=/root
hostname "$(basename "$folder")"
. "$folder/setup"
exec runsvdir -P "$folder/services"

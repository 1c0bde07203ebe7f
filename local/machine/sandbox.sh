# Starts a unit: sh unit.sh FOLDER ROOT own-network|host-network "CGROUP-FILES" HOST-PATH INSIDE-PATH …
# Inside, / is a small tmpfs: /usr and /etc are ROOT's, read-only; the pairs are bound; the rest is empty and private.
set -eu
folder=$1 root=$2 network=$3 joins=$4
if [ "${SANDBOX_INSIDE:-}" = "" ]; then
  for file in $joins; do echo 0 >"$file"; done
  export SANDBOX_INSIDE=1
  if [ "$network" = own-network ]; then set -- --net "$0" "$@"; else set -- "$0" "$@"; fi
  case $1 in --net) shift; exec unshare --mount --pid --uts --ipc --net --fork --kill-child sh "$@" ;; esac
  exec unshare --mount --pid --uts --ipc --fork --kill-child sh "$@"
fi
shift 4
mount --make-rprivate /
new=$folder/root
mount -t tmpfs -o mode=755,size=64m unit "$new"
cd "$new"
mkdir usr etc proc sys dev run tmp root var old
for dir in usr etc; do
  mount --bind "$root/$dir" $dir
  mount -o remount,bind,ro $dir
done
for dir in bin sbin lib lib64; do [ ! -e "$root/usr/$dir" ] || ln -s usr/$dir $dir; done
for dir in run tmp; do mount -t tmpfs $dir $dir; done
chmod 1777 tmp
# After the tmpfs mounts: state or cache may lie below /tmp.
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

/** The kernel settings of the whole machine that a kubelet wants, and would otherwise write; see its container manager. */
const WANTED = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** Shell lines after which a node sees the settings it wants, while the machine's own stay as its owner has them. */
export function kernelSettings(): string {
  return [
    "mkdir /run/settings",
    ...Object.entries(WANTED).map(([name, value]) => {
      const file = `/run/settings/${name.replaceAll("/", ".")}`;
      return `echo ${value} >${file}; mount --bind ${file} /proc/sys/${name}`;
    }),
  ].join("\n");
}

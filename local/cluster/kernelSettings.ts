/** Kernel settings that a kubelet requires, and would otherwise write for the whole machine; see its container manager. */
const WANTED = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** Shell lines that show a node the required settings, without changing the machine's. */
export function kernelSettings(): string {
  return [
    "mkdir /run/settings",
    ...Object.entries(WANTED).map(([name, value]) => {
      const file = `/run/settings/${name.replaceAll("/", ".")}`;
      return `echo ${value} >${file}; mount --bind ${file} /proc/sys/${name}`;
    }),
  ].join("\n");
}

/** Words about volumes, by the scheduler, the kubelet and drivers, and what to do. */
const REMEDIES: readonly (readonly [words: RegExp, remedy: (namespace: string) => string])[] = [
  [
    /unbound immediate PersistentVolumeClaims/,
    (namespace) => `see why a claim has no volume: kubectl -n ${namespace} describe pvc`,
  ],
  [
    /volume node affinity conflict|PersistentVolume's node affinity|available volume zone|NodeAffinity check failed/,
    () => "bring the node of its volume back, see: kubectl get pv,nodes -o wide",
  ],
  [
    /persistent volumes to bind/,
    () =>
      "make a volume for it, or take a class that makes them: pulumi config set storageClass <name>",
  ],
  [
    /enough free storage/,
    () => "make room there, or take another class: pulumi config set storageClass <name>",
  ],
  [
    /non-existent (?:pv|persistentvolume)/,
    () => "bring that volume back, see: kubectl get pv,pvc -A",
  ],
  [
    /max volume count|available disk|VolumeAttachmentLimit/,
    () => "add a node: those there are mount no more volumes, see: kubectl get volumeattachments",
  ],
  [
    /ReadWriteOncePod|Multi-Attach|already (?:exclusively attached|in use)/i,
    (namespace) =>
      `one pod at a time has it: end the other one, see: kubectl -n ${namespace} describe pvc`,
  ],
  [
    /hostPath type check failed|is not a directory|no such file or directory/i,
    () => "make that folder there, or name another, see: kubectl get nodes -o wide",
  ],
  [
    /Failed to resolve server|mount\.nfs\S*: .*(?:timed out|No route to host|refused)/i,
    () => "name a server that the nodes can reach, see: kubectl get nodes -o wide",
  ],
  [
    /access denied|permission denied|not permitted/i,
    () => "let the nodes read it, where it is served, see: kubectl get nodes -o wide",
  ],
  [
    /driver name \S+ not found|CSI driver|no volume plugin matched|bad option; .*helper program/,
    () => "install what mounts such volumes on the nodes, see: kubectl get csidrivers,csinodes",
  ],
];

/** Remedy for a volume that a pod does not get; undefined where nobody knows one. */
export function volumeRemedy(words: string, namespace: string): string | undefined {
  return REMEDIES.find(([pattern]) => pattern.test(words))?.[1](namespace);
}

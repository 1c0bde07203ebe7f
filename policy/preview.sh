#!/usr/bin/env bash
# Previews the stack with its defaults: `pulumi preview` with the arguments given, and its standard output alone. Needs no
# cluster, no Docker and no token.
set -euo pipefail
cd "$(dirname "$0")/.."
eval "$(node local/run.mjs env)"

folder=$(mktemp -d)
# A stack of its own, so that nobody's is selected, and none is left behind.
cleanup() {
  rm -rf "$folder" Pulumi.policy.yaml
}
trap cleanup EXIT
touch "$folder/kubeconfig"
export PULUMI_BACKEND_URL="file://$folder" PULUMI_CONFIG_PASSPHRASE="" KUBECONFIG="$folder/kubeconfig"
unset PULUMI_CONFIG_PASSPHRASE_FILE

pulumi stack init policy --no-select >&2
# A ready image: none is built.
pulumi config set image kubeflower:preview --stack policy
pulumi preview --stack policy "$@"

#!/usr/bin/env bash
# Previews the stack with its default settings: runs `pulumi preview` with the arguments given, and prints only its standard
# output. It needs no cluster, no Docker and no token.
set -euo pipefail
cd "$(dirname "$0")/.."
eval "$(node local/run.mjs env)"

folder=$(mktemp -d)
# The stack is in a backend that this script removes: it selects no stack of the user, and leaves none.
cleanup() {
  rm -rf "$folder" Pulumi.policy.yaml
}
trap cleanup EXIT
touch "$folder/kubeconfig"
export PULUMI_BACKEND_URL="file://$folder" PULUMI_CONFIG_PASSPHRASE="" KUBECONFIG="$folder/kubeconfig"
unset PULUMI_CONFIG_PASSPHRASE_FILE

pulumi stack init policy --no-select >&2
# With a ready image, none is built.
pulumi config set image kubeflower:preview --stack policy
pulumi preview --stack policy "$@"

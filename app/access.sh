# Writes the way to registries, as build arguments name it, to files below a folder: apt/apt.conf and
# pip/pip.conf with what they name. Stages mount one of the two folders at /access.
# Usage: access.sh FOLDER [ETC]
set -eu
apt=$1/apt pip=$1/pip etc=${2:-/etc}
mkdir -p "$apt/sources.list.d" "$pip"
: > "$apt/apt.conf"
echo "[global]" > "$pip/pip.conf"
printf '%s\n' "${CA:-}" > "$pip/ca.crt"

if [ -n "${CA:-}" ]; then
  own=$(python3 -m pip._vendor.certifi 2> /dev/null || true)
  cat "$pip/ca.crt" "$etc/ssl/certs/ca-certificates.crt" $own > "$apt/bundle.crt" 2> /dev/null || true
  cp "$apt/bundle.crt" "$pip/bundle.crt"
  echo 'Acquire::https::CAInfo "/access/bundle.crt";' >> "$apt/apt.conf"
  echo "cert = /access/bundle.crt" >> "$pip/pip.conf"
fi

if [ -n "${DEBIAN_MIRROR:-}" ]; then
  # The mirror of security updates has the same address with -security at its end, as Debian's has.
  mirror=$(printf %s "$DEBIAN_MIRROR" | sed 's|[&#\\]|\\&|g')
  cd "$etc/apt"
  for file in $(ls -d sources.list sources.list.d/* 2> /dev/null); do
    sed -E "s#https?://(deb|security)[.]debian[.]org/debian#$mirror#g" "$file" > "$apt/$file"
  done
  echo 'Dir::Etc { SourceList "/access/sources.list"; SourceParts "/access/sources.list.d"; };' >> "$apt/apt.conf"
fi

option() {
  [ -z "$2" ] || printf '%s = %s\n' "$1" "$2" >> "$pip/pip.conf"
}
option index-url "${PIP_INDEX_URL:-}"
option extra-index-url "${PIP_EXTRA_INDEX_URL:-}"
option trusted-host "${PIP_TRUSTED_HOST:-}"

#!/bin/sh
# Fetches the libraries that draw the charts of report.html: npm packages, versions and sums fixed here,
# into build/third_party/charts, where CMake finds them. Does nothing when they are there.
#   sh third_party/charts.sh [--install-npm]      with it, a missing npm is installed by apt
# Reports without charts still have their tables, so nothing that goes wrong here fails: it is said.
set -eu
cd "$(dirname "$0")/.."
folder=build/third_party/charts
libraries="vega@6.4.0 vega-lite@6.5.0 vega-embed@7.3.0"
sums="3521fb6ff68a94a40323954f0ba4484ba4014b157bfd37f89a3b063082320c42  vega-6.4.0.tgz
811230a6bfd2cdbfc359d0c38f624a90df86657b7f251b67be88bcc4eee32b7f  vega-lite-6.5.0.tgz
d9a958ced3240f0418df7d5e12e97dba6e63cecda15b8403e47a0db7eb6ea859  vega-embed-7.3.0.tgz"

[ "$(cat $folder/versions 2>/dev/null)" != "$libraries" ] || exit 0

without() {
  echo "Reports will have tables and no charts: $*." >&2
  exit 0
}

install_npm() {
  if [ "$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi
  command -v apt-get >/dev/null && { [ -z "$as_root" ] || command -v sudo >/dev/null; } || return 1
  echo "Installing npm ..."
  for action in update "install --no-install-recommends npm"; do
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 $action >/dev/null 2>&1 || true
  done
  command -v npm >/dev/null
}

if ! command -v npm >/dev/null; then
  [ "${1-}" = --install-npm ] && install_npm || without "npm, which fetches the chart libraries, is not installed"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "Fetching $libraries ..."
npm pack --silent --pack-destination "$work" --fetch-retries=1 --fetch-retry-mintimeout=1000 \
  --fetch-timeout=30000 $libraries >"$work/log" 2>&1 </dev/null ||
  without "npm cannot fetch $libraries (is there a network?)"
(cd "$work" && echo "$sums" | sha256sum -c --quiet >/dev/null 2>&1) ||
  without "what npm fetched for $libraries has other sums than third_party/charts.sh expects"

# Each file carries its license into every report that carries the file.
mkdir "$work/charts"
for library in $libraries; do
  name=${library%@*}
  tar -xzf "$work/$name-${library#*@}.tgz" -C "$work" package/LICENSE "package/build/$name.min.js"
  {
    echo "/* $library"
    cat "$work/package/LICENSE"
    echo "*/"
    grep -v '^//# sourceMappingURL=' "$work/package/build/$name.min.js"
  } >"$work/charts/$name.min.js"
done
echo "$libraries" >"$work/charts/versions"
mkdir -p "$(dirname $folder)"
rm -rf $folder
cp -r "$work/charts" $folder

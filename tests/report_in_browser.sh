#!/bin/sh
# Opens one report of each kind in headless Chromium without a network: no message on the console, a picture
# in every figure, sortable tables. Screenshots (light, dark) and print are left in FOLDER to be looked at.
#   sh tests/report_in_browser.sh [FOLDER]        default: build/release/report_pages
# Needs the release build and Chromium (Debian: apt-get install --no-install-recommends chromium).
set -eu
cd "$(dirname "$0")/.."
build=build/release
pages=$(realpath -m "${1:-$build/report_pages}")

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "report_in_browser.sh: Chromium is missing; on Debian: apt-get install --no-install-recommends chromium" >&2
  exit 2
}
cmake --build $build --target report_pages >/dev/null
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
$build/tests/report_pages "$pages"

# figures_of PAGE: how many charts its numbers are enough for.
figures_of() {
  case $1 in
    nothing_done) echo 0 ;;
    side_by_side) echo 3 ;;           # scores, effects, MACs
    one_seed) echo 5 ;;               # and no effects
    three_seeds) echo 6 ;;            # no interactions, no grid
    grid) echo 6 ;;                   # no interactions, and every cell has the same MACs
    interactions) echo 7 ;;           # all of a single experiment but the grid
    *) echo unknown ;;
  esac
}

# browse PAGE OPTION...: what Chromium prints; what the page says on its console goes to $profile/console.
browse() {
  page=$1
  shift
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
    --user-data-dir="$profile" --host-resolver-rules='MAP * ~NOTFOUND' --enable-logging=stderr \
    --virtual-time-budget=20000 "$@" "file://$page" 2>"$profile/log"
  grep CONSOLE "$profile/log" >"$profile/console" || true
}

failed=0
complain() {
  echo "$name: $*"
  failed=1
}

for page in "$pages"/*.html; do
  name=$(basename "$page" .html)
  dark=--blink-settings=preferredColorScheme=0
  browse "$page" --dump-dom >"$profile/dom"
  [ ! -s "$profile/console" ] || complain "says on the console: $(head -n 1 "$profile/console")"
  grep -q 'data-charts="drawn"' "$profile/dom" || complain "did not finish drawing"
  figures=$(grep -o '<figure' "$profile/dom" | wc -l)
  pictures=$(grep -o '<svg[^>]*class="marks"' "$profile/dom" | wc -l)
  [ "$figures" -eq "$pictures" ] || complain "has $figures figures and $pictures pictures"
  expected=$(figures_of "$name")
  [ "$figures" = "$expected" ] || complain "has $figures figures, expected are $expected"
  grep -q '<th [^>]*><button' "$profile/dom" || complain "has no table that sorts"
  browse "$page" --window-size=1280,4600 --screenshot="$pages/$name.light.png" >/dev/null
  browse "$page" --window-size=1280,4600 $dark --screenshot="$pages/$name.dark.png" >/dev/null
  [ ! -s "$profile/console" ] || complain "says on the console in the dark: $(head -n 1 "$profile/console")"
  browse "$page" --print-to-pdf="$pages/$name.pdf" --no-pdf-header-footer >/dev/null
  browse "$page" $dark --print-to-pdf="$pages/$name.dark.pdf" --no-pdf-header-footer >/dev/null
  echo "$name: $figures charts"
done
echo "Look at the pictures in $pages"
exit $failed

#!/bin/sh
# Every link of the pages leads to a file that is there. None leads to a section: Doxygen 1.9 knows sections by other
# names than readers of Markdown do, and takes such a link for an error.
#   sh tests/architecture/check_links.sh ROOT
set -eu
cd "$1"
failed=0
found=0
for page in README.md experiments/*.md tests/README.md tests/bench/README.md third_party/README.md; do
  for target in $(grep -o '](\([^)]*\))' "$page" | sed 's/^](//; s/)$//'); do
    found=$((found + 1))
    case $target in
      http*) ;;
      *'#'*) echo "$page: a link to a section: $target"; failed=1 ;;
      *) [ -e "$(dirname "$page")/$target" ] || { echo "$page: leads nowhere: $target"; failed=1; } ;;
    esac
  done
done
[ $found -ge 10 ] || { echo "only $found links were found"; failed=1; }
[ $failed -ne 0 ] || echo "$found links lead where they say"
exit $failed

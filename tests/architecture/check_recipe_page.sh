#!/bin/sh
# Every test that a page names between backquotes exists, and every line of its tables names one.
#   sh check_recipe_page.sh experiments/RECIPE.md tests
set -eu
page=$1 tests=$2
found=$(mktemp)
trap 'rm -f "$found"' EXIT
{
  for suite in config data nn plan train; do
    sed -n 's/^TEST_CASE("\([^"]*\)".*/'$suite': \1/p' "$tests/$suite"/*.cpp
  done
  for group in $(sed -n 's/.*foreach(group \(optimizers .*\))/\1/p' "$tests/CMakeLists.txt"); do
    echo "parity: recipe $group"
  done
} >"$found"

named=$(grep -o '`[a-z]*: [^`]*`' "$page" | tr -d '`' | sort -u)
missing=$(echo "$named" | grep -vxF -f "$found" || true)
unheld=$(grep '^| ' "$page" | grep -v '^| line |' | grep -v '`[a-z]*: [^`]*` |$' || true)
[ -n "$named" ] || { echo "$page: names no test"; exit 1; }
[ -z "$missing" ] || echo "$page names tests that do not exist:
$missing"
[ -z "$unheld" ] || echo "$page has lines that no test holds:
$unheld"
[ -z "$missing$unheld" ]

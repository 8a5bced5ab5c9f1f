#!/bin/sh
# The manual pages as man reads them, and what bash, zsh and fish complete. A shell that is not installed is left out,
# which is said.
#   sh tests/program/shell_test.sh PROGRAM
set -eu
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
fail() { echo "$*"; failed=1; }

"$program" manual man >/dev/null
commands=$("$program" --help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 20 ] || fail "--help lists too few commands: $commands"
for command in $commands; do
  page=man/staircase-$command.1
  grep -qF "staircase\\-$command" man/staircase.1 || fail "staircase.1 does not name $command"
  "$program" "$command" --help | grep -oE -- '--[a-z][a-z-]*' | sort -u >options.txt
  [ -s options.txt ] || fail "$command --help shows no option"
  while read -r option; do
    grep -qF -- "$(echo "$option" | sed 's/-/\\-/g')" "$page" || fail "$page does not name $option"
  done <options.txt
done
grep -qF '/model/kernel_size' man/staircase-experiment.5 || fail "staircase-experiment.5 names no /model/kernel_size"
if command -v man >/dev/null && command -v groff >/dev/null; then
  for page in man/*; do
    MANWIDTH=100 man --warnings -l "$page" >page.txt 2>warnings.txt || fail "man cannot show $page"
    [ ! -s warnings.txt ] || fail "man warns of $page: $(cat warnings.txt)"
  done
  MANWIDTH=100 man -l man/staircase-run.1 | grep -q -- '--dry-run' || fail "man shows no --dry-run of run"
else
  echo "left out: man"
fi

# check SHELL LINE WANTED...: what completes the line holds every wanted word.
check() {
  shell=$1 line=$2
  shift 2
  "complete_in_$shell" "$line" >words.txt 2>complaints.txt || true
  for wanted in "$@"; do
    grep -qxF -- "$wanted" words.txt ||
      fail "$shell offers no '$wanted' after '$line', but $(head -n 5 words.txt | tr '\n' ' ') $(cat complaints.txt)"
  done
}

check_shell() {
  check "$1" 'staircase ru' run
  check "$1" 'staircase run x.json --dry' --dry-run
  check "$1" 'staircase describe swin_t' swin_tiny
  check "$1" 'staircase describe resnet50-convnext_tiny/kernel_' resnet50-convnext_tiny/kernel_7 resnet50-convnext_tiny/kernel_11
  check "$1" 'staircase ladder resnet200' resnet200-convnext_base
  check "$1" 'staircase export --precision b' bf16
  check "$1" 'staircase run my' my.json
  check "$1" 'staircase status ru' "$2"
}

mkdir runs
echo '{}' >my.json
# Bash starts what it offers behind the last = or :, where it takes words apart.
complete_in_bash() {
  bash --norc -c '
    source bash.txt
    compopt() { :; }  # is only there while a user completes
    COMP_LINE=$1 COMP_POINT=${#1}
    _staircase
    printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
}
"$program" completion bash >bash.txt
if command -v bash >/dev/null; then
  check_shell bash runs
  check bash 'staircase run x.json --set /model/nor' /model/norm=
  check bash 'staircase run x.json --set /model/norm=l' layer
  check bash 'staircase run x.json --set /recipe=' modern small
  check bash 'staircase run x.json --out ru' runs
else
  echo "left out: bash"
fi

complete_in_fish() { fish --no-config -c "source fish.txt; complete -C '$1'" | cut -f 1; }
"$program" completion fish >fish.txt
if command -v fish >/dev/null; then
  check_shell fish runs/
  check fish 'staircase run x.json --set /model/nor' /model/norm=
  check fish 'staircase run x.json --set /model/norm=l' /model/norm=layer
  check fish 'staircase run x.json --set /recipe=' /recipe=modern
else
  echo "left out: fish"
fi

# A zsh of its own in a terminal of its own: what it lists after two tabs.
complete_in_zsh() {
  zsh -f zsh_driver.txt "$1"
}
mkdir functions
"$program" completion zsh >functions/_staircase
cat >zsh_driver.txt <<'DRIVER'
zmodload zsh/zpty
zpty completer zsh -f -i
send() { zpty -w completer "$1"; }
wait_for() {
  local out
  for i in {1..200}; do
    while zpty -r -t completer out; do :; done
    [[ -s $1 ]] && return
    sleep 0.05
  done
}
rm -f offered.txt ready.txt finished.txt
: >offered.txt
send 'PS1=; fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=0; bindkey "^I" complete-word'
# compadd is where every word passes that is offered.
send 'compadd() { local -a __; [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] || { builtin compadd -O __ "$@"; print -rl -- $__ >>offered.txt }; builtin compadd "$@" }'
send 'finish() { print done >finished.txt }; zle -N finish; bindkey "^X" finish; print ready >ready.txt'
wait_for ready.txt
zpty -n -w completer "$1"$'\t\x18'
wait_for finished.txt
cat offered.txt
zpty -d completer
DRIVER
if command -v zsh >/dev/null; then
  check_shell zsh runs
  check zsh 'staircase run x.json --set /model/nor' /model/norm
  check zsh 'staircase run x.json --set /model/norm=l' layer
  check zsh 'staircase run x.json --set /recipe=' modern
else
  echo "left out: zsh"
fi
[ $failed -eq 0 ] && echo "manual pages and completions are as promised"
exit $failed

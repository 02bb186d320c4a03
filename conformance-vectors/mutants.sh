#!/usr/bin/env bash
# Vector mutation score: a seeded sample of the mutants of spec/, with the vectors as the only test.
#
#   conformance-vectors/mutants.sh [COUNT [SEED [FOLDER…]]]      default: 100 ioschain
#
# FOLDERs of spec/src are those that the sample is taken from, such as `drp sharding primitives`; without
# one it is taken from all. Weakened rules (variants/) are no part of the specification and of no sample.
# Fails if less than 80 % of those that compile are killed.
#
# Needs `cargo install cargo-mutants --locked` (version 27). Results: mutants.out/ (caught.txt,
# missed.txt, unviable.txt, timeout.txt). Takes about an hour for 100 mutants on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-100}
seed=${2:-ioschain}
share_min=80
# A mutant that has not ended by then never ends: the vectors take less than a tenth of it.
seconds=300

places=()
for folder in "${@:3}"; do places+=(--file "spec/src/$folder/**"); done
sample=$(cargo mutants --list --colors never --package ioschain-spec \
  --exclude '**/variants/**' ${places[@]+"${places[@]}"} |
  sort | shuf --random-source=<(yes "$seed") -n "$count")
chosen=()
while IFS= read -r mutant; do
  # The name as a regular expression that matches nothing else.
  chosen+=(--re "^$(printf '%s' "$mutant" | sed 's/[][\.*^$+?(){}|&/-]/\\&/g')\$")
done <<<"$sample"

# The baseline: without a mutant, the vectors pass.
cargo test --profile mutants --package ioschain-vectors --test conformance

code=0
cargo mutants --package ioschain-spec --exclude '**/variants/**' "${chosen[@]}" --profile mutants \
  --test-package ioschain-vectors --baseline skip --timeout "$seconds" --colors never \
  -- --test conformance || code=$?
# 0: all caught, 2: some missed, 3: some timed out. Anything else is a run that failed.
[[ $code == 0 || $code == 2 || $code == 3 ]] || exit "$code"

lines() { if [ -f "mutants.out/$1.txt" ]; then wc -l <"mutants.out/$1.txt"; else echo 0; fi; }
caught=$(lines caught) missed=$(lines missed) timeout=$(lines timeout) unviable=$(lines unviable)
killed=$((caught + timeout)) viable=$((caught + missed + timeout))
echo "killed $killed of $viable viable mutants; $unviable did not compile"
# A mutant that never ends is killed: the vectors do not pass.
((viable > 0 && killed * 100 >= viable * share_min))

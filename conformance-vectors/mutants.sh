#!/usr/bin/env bash
# Vector mutation score: a seeded sample of the mutants of spec/, with the vectors as the only test.
#
#   conformance-vectors/mutants.sh [COUNT [SEED]]      default: 100 ioschain
#
# Needs `cargo install cargo-mutants --locked` (version 27). Results: mutants.out/ (caught.txt,
# missed.txt, unviable.txt, timeout.txt). Takes about half an hour for 100 mutants on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-100}
seed=${2:-ioschain}

sample=$(cargo mutants --list --colors never --package ioschain-spec |
  sort | shuf --random-source=<(yes "$seed") | head -n "$count")
chosen=()
while IFS= read -r mutant; do
  # The name as a regular expression that matches nothing else.
  chosen+=(--re "^$(printf '%s' "$mutant" | sed 's/[][\.*^$+?(){}|&/-]/\\&/g')\$")
done <<<"$sample"

# The baseline: without a mutant, the vectors pass.
cargo test --profile mutants --package ioschain-vectors --test conformance

cargo mutants --package ioschain-spec "${chosen[@]}" --profile mutants \
  --test-package ioschain-vectors --baseline skip --timeout 60 --colors never \
  -- --test conformance || true # exit code 2: some were missed

lines() { if [ -f "mutants.out/$1.txt" ]; then wc -l <"mutants.out/$1.txt"; else echo 0; fi; }
caught=$(lines caught) missed=$(lines missed) timeout=$(lines timeout) unviable=$(lines unviable)
viable=$((caught + missed + timeout))
echo "killed $((caught + timeout)) of $viable viable mutants; $unviable did not compile"

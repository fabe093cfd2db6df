#!/bin/sh
# All tests, one line a suite; what failed and vitest's own summary come last. Arguments go to vitest.
set -u
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
failed=0
suite() {
  name=$1
  shift
  if said=$("$@" 2>&1); then
    printf '%-13s clean\n' "$name"
  else
    printf '%-13s failed\n%s\n' "$name" "$said"
    failed=1
  fi
}
suite types tsc --noEmit
suite desk-types tsc --noEmit -p web/desk
suite lint biome check --error-on-warnings .
vitest run --reporter=./test/reporter.ts "$@" || failed=1
exit "$failed"

#!/bin/sh
# All tests, one line a suite; what failed and vitest's own summary come last. Arguments go to vitest.
set -u
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
suite types npx --no tsc --noEmit
suite lint npx --no biome check --error-on-warnings .
npx --no vitest run --reporter=./test/reporter.ts "$@" || failed=1
exit "$failed"

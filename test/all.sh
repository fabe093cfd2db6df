#!/bin/sh
# All tests, one line a suite; vitest's own summary comes last.
set -eu
say() { printf '%-13s %s\n' "$1" "$2"; }
npx --no tsc --noEmit && say types 'clean'
npx --no biome check --error-on-warnings . >/dev/null || { npx --no biome check --error-on-warnings .; exit 1; }
say lint 'clean'
exec npx --no vitest run "$@"

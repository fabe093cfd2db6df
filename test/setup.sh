#!/bin/sh
# Installs the Debian packages that the tests need. Services that a package brings are not started:
# policy-rc.d answers 101 meanwhile, and is put back as it was.
set -eu
packages=''
need() { command -v "$1" >/dev/null 2>&1 || packages="$packages $2"; }
need git git
need ssh-keygen openssh-client
need tmux tmux
need openssl openssl
need unshare util-linux
need nsenter util-linux
need mount mount
need xxd xxd
need hexdump bsdextrautils
need chromium chromium
need carbon-cache graphite-carbon
need graphite-manage graphite-web
need prometheus prometheus
need nginx nginx-light
need caddy caddy
if [ -z "$packages" ]; then
  echo 'setup:test: everything the tests need is here'
  exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "setup:test: install these packages by hand:$packages" >&2
  exit 1
fi
sudo=''
[ "$(id -u)" = 0 ] || sudo='sudo'
policy=/usr/sbin/policy-rc.d
saved=''
if [ -e "$policy" ]; then
  saved=$(mktemp)
  $sudo cp -p "$policy" "$saved"
fi
restore() {
  if [ -n "$saved" ]; then $sudo mv "$saved" "$policy"; else $sudo rm -f "$policy"; fi
}
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
$sudo chmod 755 "$policy"
$sudo apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $packages

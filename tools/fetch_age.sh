#!/bin/sh
# Unpack the `age` program of Debian forky into .tools/age: an oracle for tests, not installed.
#
# Where from: the mirror that this machine's own apt sources name, with forky as suite. apt
# checks the archive's signature; what comes must moreover have a pinned SHA-256. All that apt
# writes stays under .tools/apt. Run again, it does nothing.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
into="$root/.tools/age"
state="$root/.tools/apt"
arch=$(dpkg --print-architecture)

# Renew from `apt-cache show age` of forky when the package moves on; never without the tests.
case "$arch" in
  amd64) pin=ef3b46000103bb3a3ab0376c47b147c07a8459a21f2ca88a15ad0bc6c8dfddf6 ;;
  arm64) pin=c30a961455158e5b906c4e8fae8c1d2f5a7abffa1771c84c6284beb78dd926d3 ;;
  *) echo "fetch_age: no pinned package for $arch" >&2; exit 1 ;;
esac

if [ -f "$into/pin" ] && [ "$(cat "$into/pin")" = "$pin" ] && [ -x "$into/age" ]; then
  exit 0
fi

codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  awk -v release="$codename" '$2 == release && $3 == "main" { print $1; exit }')
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [ -z "$uri" ] || [ ! -f "$keyring" ]; then
  echo "fetch_age: this machine's apt sources name no Debian mirror" >&2
  exit 1
fi

rm -rf "$state" "$into.new"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$into.new"
: > "$state/status"
echo "deb [arch=$arch signed-by=$keyring] $uri forky main" > "$state/sources.list"
own() {
  tool=$1; shift
  "$tool" -q \
    -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" \
    -o Dir::Cache="$state/cache" -o APT::Sandbox::User= -o Acquire::Languages=none \
    -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false -o APT::Update::Error-Mode=any "$@"
}
own apt-get update >&2
(cd "$state" && own apt-get download age >&2)
package=$(ls "$state"/age_*.deb)
echo "$pin  $package" | sha256sum --check --quiet - || {
  echo "fetch_age: forky now holds another age than the pinned one; renew the pin" >&2
  exit 1
}
dpkg --extract "$package" "$state/root"
cp "$state/root/usr/bin/age" "$state/root/usr/bin/age-keygen" "$into.new/"
echo "$pin" > "$into.new/pin"
rm -rf "$into" "$state"
mv "$into.new" "$into"
"$into/age" --version >&2

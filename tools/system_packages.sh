#!/usr/bin/env bash
# Install what the tests need from the system, where possible; say loudly what is missing.
set -uo pipefail
cd "$(dirname "$0")/.."

wanted=()
have() { command -v "$1" >/dev/null 2>&1; }
have openssl || wanted+=(openssl)
have sha256sum || wanted+=(coreutils)
have setpriv || wanted+=(util-linux)
{ have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; } || wanted+=(postgresql)
have mtype || wanted+=(mtools)
have oathtool || wanted+=(oathtool)
# Papers (PDF/A): what sets them, their fonts, and other people's readers of them.
ls /usr/lib/*/libpangoft2-1.0.so.0 >/dev/null 2>&1 || wanted+=(libpangoft2-1.0-0)
ls /usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf >/dev/null 2>&1 || wanted+=(fonts-noto-core)
have pdftotext || wanted+=(poppler-utils)
# The browser of the tests of pages.
have chromium || wanted+=(chromium)
[ ${#wanted[@]} -eq 0 ] && exit 0
echo "set-up: installing ${wanted[*]}" >&2
tools/apt_install.sh "${wanted[@]}" || echo "NOT AVAILABLE: ${wanted[*]}; the tests that need them will say so" >&2
exit 0

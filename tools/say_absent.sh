#!/usr/bin/env bash
# Say, before the tests, which real parts are absent and so will not be tested.
cd "$(dirname "$0")/.." || exit 1
missing=0
say() { echo "NOT RUN without it: $1 ($2)" >&2; missing=1; }
{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || say PostgreSQL "store and concurrency tests on a real server"
command -v openssl >/dev/null || say openssl "signature tests"
command -v mtype >/dev/null || say mtools "the demonstration's disk image read by another program"
ls /usr/lib/*/libpangoft2-1.0.so.0 >/dev/null 2>&1 || say Pango "papers as PDF/A"
ls /usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf >/dev/null 2>&1 || say "the Noto fonts" "papers as PDF/A, in Arabic above all"
command -v pdftotext >/dev/null || say poppler-utils "papers read by another program"
command -v chromium >/dev/null || say chromium "pages in a real browser"
[ -x .tools/age/age ] || say "age 1.3" "encryption tests against the reference program"
[ -d .tools/node_modules/age-encryption ] || say "npm packages" "encryption and canonical JSON tests against others' code"
[ -d ../shared/data ] || say "../shared/data" "public vectors and real evidence"
[ $missing -eq 0 ] && echo "All real parts that the tests need are here." >&2
exit 0

#!/usr/bin/env bash
# The help of the command (standard input) as a manual page. $1: version.
set -euo pipefail
printf '.TH FASHIOND 1 "" "fashiond %s" "User Commands"\n' "$1"
cat <<'TEXT'
.SH NAME
fashiond \- keeps a fashion catalogue true
.SH SYNOPSIS
.B fashiond \-\-config
.I FILE
.br
.B fashiond
.I COMMAND
.RI [ ARGUMENT .\|.\|.]
.SH DESCRIPTION
Each command has a help of its own: fashiond COMMAND \-\-help.
.PP
.nf
TEXT
sed --expression 's/\\/\\e/g' --expression 's/-/\\-/g' --expression "s/^\([.']\)/\\\\\&\1/"
cat <<'TEXT'
.fi
.SH EXIT STATUS
0: fine; 1: it failed; 2: wrong usage; 78: a config that cannot be used.
.SH FILES
/etc/fashiond/prod.yaml, /etc/fashiond/shops/, /var/lib/fashiond/
.SH SEE ALSO
/usr/share/doc/fashiond/README.md
TEXT

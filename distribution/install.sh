#!/bin/sh
# Installs netintegrity from this folder into a virtual environment of its own. Connects nowhere.
# Everything is checked before anything is made; what fails halfway is removed again.
set -eu

WANTED='@PYTHON@'
MACHINE='@MACHINE@'
GLIBC='@GLIBC@'

usage() {
    cat <<END
usage: sh install.sh [--check] [--python PROGRAM] FOLDER

Installs netintegrity into FOLDER (new or empty; /opt/netintegrity for example).
  --check           say whether it would work here, and make nothing (FOLDER may be left out)
  --python PROGRAM  the Python to use; default: python$WANTED, or else python3

Needs: Linux on $MACHINE with glibc $GLIBC or later, CPython $WANTED with its venv module.
No network, no compiler, no root (unless FOLDER needs it).
END
}

refuse() {
    printf 'install.sh: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    printf '  Nothing was installed.\n' >&2
    exit 1
}

# The distribution's own package, from its mirror or its medium: names as the distributions give them.
how_to_get_python() {
    id=$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-}" "${ID_LIKE:-}") || id=
    plain=$(printf '%s' "$WANTED" | tr -d .)
    case " $id " in
        *' debian '* | *' ubuntu '*)
            echo "Debian, Ubuntu: apt-get install python$WANTED python$WANTED-venv" ;;
        *' rhel '* | *' fedora '* | *' centos '* | *' amzn '*)
            echo "Red Hat, Rocky, Alma, Oracle, Fedora, Amazon: dnf install python$WANTED" ;;
        *' suse '* | *' sles '* | *' opensuse '*)
            echo "SUSE: zypper install python$plain" ;;
        *)
            echo "Debian 12: apt-get install python3 python3-venv (3.11)"
            echo "Red Hat and its kin 8.8, 9.2 and later: dnf install python$WANTED"
            echo "SUSE: zypper install python$plain" ;;
    esac
    echo "From the distribution's mirror or medium; this bundle carries no Python."
    echo "Another Python is there? Build a bundle for it: make bundle PYTHON=python3.x"
}

refuse_python() {
    how_to_get_python | {
        printf 'install.sh: %s\n' "$1"
        while IFS= read -r line; do printf '  %s\n' "$line"; done
        printf '  Nothing was installed.\n'
    } >&2
    exit 1
}

check_only=
python=
target=
while [ $# -gt 0 ]; do
    case $1 in
        --check) check_only=yes ;;
        --python)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            python=$2
            shift ;;
        --help | -h) usage; exit 0 ;;
        -*) printf 'install.sh: unknown option %s\n\n' "$1" >&2; usage >&2; exit 2 ;;
        *)
            [ -z "$target" ] || { usage >&2; exit 2; }
            target=$1 ;;
    esac
    shift
done
[ -n "$target" ] || [ -n "$check_only" ] || { usage >&2; exit 2; }
case $target in '' | /*) ;; *) target=$PWD/$target ;; esac

# 1. The machine.
here=$(uname -s -m)
[ "$here" = "Linux $MACHINE" ] ||
    refuse "this machine is '$here', the bundle is for 'Linux $MACHINE'" \
        "Build it on a machine of this kind: make bundle"
libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc=
at_least() { # MAJOR.MINOR MAJOR.MINOR
    [ "${1%%.*}" -gt "${2%%.*}" ] || { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${1#*.}" -ge "${2#*.}" ]; }
}
case $libc in
    'glibc '[0-9]*.[0-9]*)
        at_least "${libc#glibc }" "$GLIBC" ||
            refuse "this machine has $libc, the bundle needs glibc $GLIBC or later" ;;
    *) refuse "this machine has no glibc (${libc:-unknown C library}); the bundle needs glibc $GLIBC or later" ;;
esac

# 2. The Python.
if [ -z "$python" ]; then
    python=python$WANTED
    command -v "$python" >/dev/null 2>&1 || python=python3
fi
command -v "$python" >/dev/null 2>&1 || refuse_python "CPython $WANTED is needed; there is no $python"
found=$("$python" -I -c 'import sys
print(sys.implementation.name, "%d.%d" % sys.version_info[:2], sys.maxsize > 2**32)' 2>/dev/null) ||
    refuse_python "$python does not run as a Python 3"
[ "$found" = "cpython $WANTED True" ] ||
    refuse_python "CPython $WANTED (64 bits) is needed; $python is '${found% *}'"
"$python" -I -c 'import ensurepip, venv' 2>/dev/null ||
    refuse_python "$python has no venv module (Debian has it in a package of its own)"

# 3. The bundle: every file that is listed is as listed, and no other is there.
cd "$(dirname "$0")"
command -v sha256sum >/dev/null 2>&1 || refuse "sha256sum is needed (package coreutils)"
[ -s SHA256SUMS ] || refuse "SHA256SUMS is missing: unpack the archive again"
wrong=$(LC_ALL=C sha256sum --check --strict --quiet SHA256SUMS 2>&1) ||
    refuse "the bundle is not as it was made:" "$wrong" "Copy it again, and check its signature."
unlisted=$(find . ! -type d ! -path ./SHA256SUMS | sort | while IFS= read -r file; do
    cut -c67- SHA256SUMS | grep -Fxq -- "${file#./}" || printf '%s ' "$file"
done)
[ -z "$unlisted" ] || refuse "not on the list in SHA256SUMS: $unlisted" "Unpack the archive into a new folder."

if [ -n "$check_only" ]; then
    echo "install.sh: this machine, $python and the bundle are as they must be."
    exit 0
fi

# 4. The environment.
if [ -e "$target" ] || [ -L "$target" ]; then
    [ -d "$target" ] && [ -z "$(ls -A "$target")" ] ||
        refuse "$target is there and not empty" "Name a new folder; an older one can be removed when the new one works."
fi
finished=
made_parent=$(dirname "$target")
[ -d "$made_parent" ] || refuse "there is no folder $made_parent"
cleanup() {
    if [ -z "$finished" ]; then
        rm -rf -- "$target"
        printf 'install.sh: failed; %s was removed again.\n' "$target" >&2
    fi
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
"$python" -I -m venv "$target"
# Nothing that the machine configures for pip may add an index or an option.
PIP_CONFIG_FILE=/dev/null "$target/bin/python" -I -m pip --isolated --disable-pip-version-check \
    install --quiet --no-cache-dir --no-index --find-links wheels --only-binary :all: \
    --require-hashes --requirement requirements.txt
"$target/bin/python" -I -m pip --isolated --disable-pip-version-check check >/dev/null
"$target/bin/netintegrity" --version
finished=yes
echo "Installed. Run $target/bin/netintegrity, or link it to where programs are looked for:"
echo "  ln -s $target/bin/netintegrity /usr/local/bin/netintegrity"

#!/usr/bin/env bash
# Installs the .deb on a bare Debian in a folder, has it show that it works there, and takes it away again. As root:
#     bash packaging/linux/try_deb.sh build/linux/nnstudio_0.1.0_amd64.deb FOLDER [SUITE]
# FOLDER is kept: a second run starts from it. With DISPLAY set to a display of this computer the window opens for 20 s.
set -eu
deb=$(readlink -f "$1") system=$2 suite=${3:-bookworm}
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

inside() { chroot "$system" env -u HOME HOME=/root "$@"; }
files() { (cd "$system" && find . -xdev -path ./proc -prune -o -path ./tmp -prune -o -path ./var/cache -prune -o -path ./var/lib/apt -prune \
    -o -path ./var/lib/dpkg -prune -o -path ./var/log -prune -o -print | sort); }

[ -e "$system/usr/bin/apt-get" ] || debootstrap --variant=minbase "$suite" "$system"
cp "$deb" "$system/tmp/nnstudio.deb"
mountpoint -q "$system/proc" || mount -t proc proc "$system/proc"
mkdir -p "$system/dev/shm"
mountpoint -q "$system/dev/shm" || mount -t tmpfs tmpfs "$system/dev/shm" # where processes share what they hold
trap 'umount "$system/proc" "$system/dev/shm"' EXIT
files >"$system.before"

echo "== install"
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends shared-mime-info desktop-file-utils libglib2.0-bin unzip >"$system.log" 2>&1
inside apt-get install -y -qq --no-install-recommends /tmp/nnstudio.deb >>"$system.log" 2>&1 || { tail "$system.log"; exit 1; }
inside sh -c "dpkg-query -f '\${Package} \${Version}: \${Installed-Size} kB installed\n' -W nnstudio; du -sh /usr/lib/nnstudio"
inside sh -c '! command -v python3' # none is needed
for language in en es; do # the buttons of boxes and the dialogs of files
    inside test -s "/usr/lib/nnstudio/_internal/PySide6/Qt/translations/qtbase_$language.qm"
done

echo "== doctor, self-test, training, study"
inside nnstudio --version
inside nnstudio doctor
inside nnstudio self-test
inside sh -c 'cp /usr/lib/nnstudio/_internal/nnstudio/resources/examples/iris.nnstudio /tmp/a.nnstudio'
inside nnstudio train /tmp/a.nnstudio --epochs 3 --json
inside nnstudio study new /tmp/a.nnstudio --vary training.learning_rate=0.001,0.01 --seeds 2 --name rates
inside nnstudio study run /tmp/a.nnstudio --workers 2 --json
inside nnstudio export /tmp/a.nnstudio --to onnx -o /tmp/a.onnx

echo "== the desktop"
inside sh -c 'gio info -a standard::content-type /tmp/a.nnstudio | grep nnstudio && gio mime application/x-nnstudio'
if [ "${DISPLAY:-}" ]; then
    mkdir -p "$system/tmp/.X11-unix"
    mount --bind /tmp/.X11-unix "$system/tmp/.X11-unix"
    inside env DISPLAY="$DISPLAY" gio open /tmp/a.nnstudio # what a double-click does
    sleep 20
    opened=$(for one in /proc/[0-9]*; do
        [ "$(readlink "$one/exe")" != "$(readlink -f "$system")/usr/lib/nnstudio/nnstudio" ] || echo "${one#/proc/}"
    done)
    [ "$opened" ] || { echo "no window was opened"; exit 1; }
    kill $opened
    sleep 3
    umount "$system/tmp/.X11-unix"
fi

echo "== purge"
inside apt-get purge -y -qq --autoremove nnstudio shared-mime-info desktop-file-utils libglib2.0-bin unzip >>"$system.log" 2>&1
files >"$system.after"
echo "files that are left, beside the user's own:"
comm -13 "$system.before" "$system.after" | grep -v '^\./root' || echo none

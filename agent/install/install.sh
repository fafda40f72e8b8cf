#!/bin/sh
# Installs the device agent as a service on Linux (systemd) or macOS (launchd),
# and enrols this device. Run it as root, beside the program and its unit:
#
#   install.sh -url wss://… -page https://desk.example.com/contact/ -token company.SECRET
#
# "install.sh remove" takes the service and what it has kept away again.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program=/usr/local/bin/parley-agent
unit=/etc/systemd/system/parley-agent.service
list=/Library/LaunchDaemons/com.parley.agent.plist

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail "run this as root"

remove() {
  case $(uname -s) in
    Linux)
      systemctl disable --now parley-agent 2>/dev/null || true
      rm -f "$unit" /usr/share/applications/parley-ask.desktop
      systemctl daemon-reload
      rm -rf /var/lib/parley-agent
      ;;
    Darwin)
      launchctl bootout system "$list" 2>/dev/null || true
      rm -f "$list"
      rm -rf "/Library/Application Support/Parley Agent"
      ;;
  esac
  rm -f "$program"
}

if [ "${1:-}" = remove ]; then
  remove
  exit 0
fi

[ -x "$here/parley-agent" ] || fail "the program parley-agent must lie beside this script"
install -m 0755 "$here/parley-agent" "$program"
"$program" enrol "$@"

case $(uname -s) in
  Linux)
    install -m 0644 "$here/parley-agent.service" "$unit"
    cat >/usr/share/applications/parley-ask.desktop <<'EOF' || true # Not every system has a desktop.
[Desktop Entry]
Type=Application
Name=Ask for help
Exec=/usr/local/bin/parley-agent ask
Icon=help-browser
Categories=Utility;
EOF
    systemctl daemon-reload
    systemctl enable --now parley-agent
    ;;
  Darwin)
    install -m 0644 "$here/com.parley.agent.plist" "$list"
    launchctl bootstrap system "$list"
    ;;
  *) fail "this system has neither systemd nor launchd" ;;
esac
echo "The device agent runs."

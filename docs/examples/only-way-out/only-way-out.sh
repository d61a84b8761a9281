#!/bin/sh
# doorward run -- ./only-way-out.sh COMMAND…: the command gets a network of its own, in which there is nothing
# but a door to the proxy: a Unix socket. For Linux, with bubblewrap, socat and util-linux.
set -eu
port=${http_proxy##*:}
door=$(mktemp -u)

# From the door to the proxy. It ends when this process does, which becomes bwrap.
setpriv --pdeathsig TERM socat "UNIX-LISTEN:$door,mode=600,fork" "TCP:127.0.0.1:$port" &
until [ -S "$door" ]; do sleep 0.05; done

# Inside, the port of the proxy leads to the door (0A: something listens). The command may write to the current
# folder alone. /run and /tmp are empty: sockets of daemons would be other ways out.
exec bwrap --unshare-net --unshare-user --unshare-pid --unshare-ipc --cap-drop ALL --die-with-parent \
  --ro-bind / / --dev /dev --proc /proc --tmpfs /run --tmpfs /tmp \
  --bind "$PWD" "$PWD" --bind "$door" /run/doorward \
  sh -c 'socat "TCP-LISTEN:$0,bind=127.0.0.1,fork" UNIX-CONNECT:/run/doorward &
    until grep -q " 0A " /proc/net/tcp; do sleep 0.05; done
    exec "$@"' "$port" "$@"

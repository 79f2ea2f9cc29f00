#!/bin/sh
# keepalived's judge of the local haproxy: exit 0 keeps the VIP here. A file of its own, because keepalived
# resolves the path of a bare command, which turns a busybox applet into /bin/busybox.
# Signal 0 only asks whether the process is there; an account that may not signal it looks for it instead.
killall -0 haproxy 2>/dev/null || pidof haproxy >/dev/null

#!/bin/sh
# keepalived's track script gateway: exit 0 is success.
exec ping -q -c 1 -W 1 192.168.9.1 >/dev/null

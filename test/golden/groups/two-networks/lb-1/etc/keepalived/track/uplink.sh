#!/bin/sh
# keepalived's track script uplink: exit 0 is success.
ip link show eth1 | grep -q LOWER_UP

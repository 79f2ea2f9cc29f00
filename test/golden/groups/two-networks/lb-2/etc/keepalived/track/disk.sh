#!/bin/sh
# keepalived's track script disk: exit 0 is success.
/usr/bin/test -w /run

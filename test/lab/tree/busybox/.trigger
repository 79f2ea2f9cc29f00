#!/bin/busybox sh

applets= folder=
for folder in "$@"; do
	case "$folder" in
		/lib/modules/*) [ -d "$folder" ] && /bin/busybox depmod "${folder#/lib/modules/}" ;;
		*) applets=yes ;;
	esac
done
[ -z "$applets" ] || exec /bin/busybox --install -s

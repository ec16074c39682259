#!/bin/sh
# shell.sh FILE...: each is a script that sh can read.
for script; do
	sh -n "$script" || {
		echo "not ok shell: $script"
		exit 1
	}
done
echo "ok shell: $# scripts"

#!/bin/sh
# sh tests/plant/run.sh [--only NAME]... [--sample N] [--seed N]
#
# Plants each bug of tests/plant/NN-name.patch in a copy of the tree and demands that the test
# which its header names finds it. Prints a line for each and, last, "planted=N caught=N"; exit
# code 0 only if both are the same. --only takes the name of a patch, its number or a part of it;
# --sample takes so many by chance, of those whose tests are quick.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
sh "$root/daemon/install-deps.sh" build test >&2
exec python3 "$root/tests/plant/plant.py" run "$@"

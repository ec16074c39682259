#!/usr/bin/env python3
"""purity.py BUILD: what the compiled objects of the daemon call, by nm.

Two rules. The pure objects (the decisions about money) may call only one another and a
closed list of libc and libcrypto functions: no clock, no random, no I/O, no log. And only
base/env takes the time or random bytes from the system, so that the same core runs under
a virtual clock.
"""
import os
import re
import subprocess
import sys

PURE_ROOMS = ("model", "plan", "base")
IMPURE_FILES = {"base/env", "base/memory"}  # the clock; the allocator's settings
PURE_FILES = {"act/executor", "act/executor_look", "cloud/sign", "cloud/outcome", "cloud/flatten",
              "cloud/operations"}

ALLOWED = set("""
abort bsearch calloc explicit_bzero free malloc memchr memcmp memcpy memmem memmove memset
memrchr qsort realloc reallocarray snprintf vsnprintf strcasecmp strchr strcmp strcspn strdup
strlen strncasecmp strncmp strndup strnlen strpbrk strrchr strspn strstr strtod strtol strtoll strtoul
strtoull strcasestr isfinite floor ceil round llround lround fabs pow ldexp
gmtime_r timegm strftime strptime pthread_once pthread_mutex_lock pthread_mutex_unlock
__stack_chk_fail __errno_location __ctype_b_loc __assert_fail
_GLOBAL_OFFSET_TABLE_
""".split())
ALLOWED_PATTERN = re.compile(
    r"EVP_\w+|OSSL_(?:PARAM|LIB_CTX)_\w+|OPENSSL_cleanse|CRYPTO_memcmp"  # digests of bytes already here
    r"|__(?:asan|ubsan|sanitizer|gcov|llvm)_\w+|__(?:mem|str|snprintf|vsnprintf|explicit_bzero)\w*_chk"
    r"|__isoc99_\w+|__isoc23_\w+")
CLOCK_AND_RANDOM = set("""
time clock clock_gettime gettimeofday ftime rand rand_r random drand48 lrand48 arc4random
getrandom getentropy RAND_bytes RAND_priv_bytes uv_random uv_hrtime localtime localtime_r mktime
""".split())
ONLY_ENV = {"base/env"}

OBJECT = re.compile(r"daemon/CMakeFiles/drover_(\w+)\.dir/(.+)\.c\.o$")


def objects(build):
    """name ("plan/guard") -> path of the object file."""
    found = {}
    for folder, _, names in os.walk(os.path.join(build, "daemon")):
        for name in names:
            path = os.path.join(folder, name)
            match = OBJECT.search(path)
            if match:
                found[match[2]] = path
    return found


def symbols(path):
    """(defined, undefined) names of an object file."""
    listing = subprocess.run(["nm", "-P", path], check=True, capture_output=True, text=True)
    defined, undefined = set(), set()
    for line in listing.stdout.splitlines():
        name, kind = line.split()[:2]
        (undefined if kind in "Uw" else defined).add(name)
    return defined, undefined


def is_pure(name):
    return name not in IMPURE_FILES and \
        (name.split("/")[0] in PURE_ROOMS or name in PURE_FILES)


def check(build):
    table = {name: symbols(path) for name, path in objects(build).items()}
    pure = {name for name in table if is_pure(name)}
    ours = set().union(*(table[name][0] for name in pure)) if pure else set()
    complaints = [f"{name} is listed as pure but is not in the build"
                  for name in sorted(PURE_FILES - set(table))]
    for name in sorted(table):
        wanted = table[name][1]
        if name in pure:
            complaints += [f"{name} is pure and may not call {symbol}" for symbol in sorted(wanted)
                           if symbol not in ALLOWED and symbol not in ours
                           and not ALLOWED_PATTERN.fullmatch(symbol)]
        elif name not in ONLY_ENV:
            complaints += [f"{name} calls {symbol}; time and random come through base/env"
                           for symbol in sorted(wanted & CLOCK_AND_RANDOM)]
    if len(pure) < 10:
        complaints.append(f"only {len(pure)} pure objects in {build}: is it built?")
    return complaints, f"{len(pure)} pure objects of {len(table)}"


if __name__ == "__main__":
    from lint import run
    run("purity", check)

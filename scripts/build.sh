# shellcheck shell=sh
# What check, demo and bench have in common: from a fresh clone, or from whatever
# state an earlier run left, to programs installed in build/prefix. Sourced by them
# with $top (the tree) and $self (their name, for messages) set.

: "${top:?}" "${self:?}"

say() { printf '%s: %s\n' "$self" "$*"; }

# Runs a command with its output in a log; where it fails, shows the log's end.
logged() {
    log=$1
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        say "failed: $* (log: $log)" >&2
        return 1
    fi
}

# configure, unless this folder was configured the same way before.
configure_in() {
    wanted="$top/configure $*"
    if [ -f Makefile ] && [ "$(cat configured-as 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    say "configuring in $PWD"
    logged configure.log "$top/configure" "$@" || return 1
    sed -n '/^    hinoban/,$p' configure.log
    printf '%s' "$wanted" >configured-as
}

# build VARIANT [CONFIGURE-OPTION]...: builds in build/obj$VARIANT and installs into
# build/prefix$VARIANT, which it leaves in $obj and $prefix.
build() {
    obj=$top/build/obj$1 prefix=$top/build/prefix$1
    shift
    [ -z "${CI-}" ] || set -- --enable-werror "$@"
    mkdir -p "$obj"
    if [ ! -f "$top/configure" ] || [ ! -f "$top/Makefile.in" ]; then
        say "making configure"
        (cd "$top" && logged build/autoreconf.log autoreconf -fi) || return 1
    fi
    (cd "$obj" && configure_in --prefix="$prefix" "$@") || return 1
    say "building"
    (cd "$obj" && logged make.log make -j"$(nproc)") || return 1
    (cd "$obj" && logged install.log make install) || return 1
    say "installed into $prefix"
}

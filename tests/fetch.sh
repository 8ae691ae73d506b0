# shellcheck shell=sh
# For the cases of tests/cmd/fetch.cases: a loopback server that plays a script, and
# hinoban-fetch with a state of its own. Sourced in the folder of the case.

NOW=2026-08-22T04:00:00Z

# serve LINE...: starts the server with a script of these lines; $base is its address.
serve() {
    printf '%s\n' "$@" >script
    "$WEB" -p port -l log script || exit 99
    trap '"$WEB" -k port' EXIT
    # shellcheck disable=SC2034
    base=http://127.0.0.1:$(cat port)
}

# source NAME KIND KEY=VALUE...: adds a section to the configuration.
source_of() {
    printf '[source %s]\nkind = %s\n' "$1" "$2" >>conf
    shift 2
    for pair; do
        printf '%s = %s\n' "${pair%%=*}" "${pair#*=}" >>conf
    done
}

# One run at a time that can be told with $NOW; the port in messages becomes PORT.
fetch() {
    hinoban-fetch -c conf --state state --now "$NOW" "$@" 2>err
    status=$?
    sed "s/:$(cat port)/:PORT/g" err >&2
    return $status
}

# What the server was asked, without headers.
asked() {
    sed -n 's/^\(GET\|POST\) \([^ ]*\).*/\1 \2/p' log
}

ids() {
    jq -r '.id'
}

# x_posts FROM TO: posts of X a minute apart, their ids as X gives them out.
x_posts() {
    awk -v from="$1" -v to="$2" 'BEGIN {
        for (i = from; i <= to; i++) {
            time = 1787369880 + i * 60
            printf "%.0f\t%d\tpost %d\n", (time * 1000 - 1288834974657) * 4194304, time, i
        }
    }'
}

# posts FROM TO: posts of other services a minute apart, by plain numbers.
posts() {
    awk -v from="$1" -v to="$2" 'BEGIN {
        for (i = from; i <= to; i++)
            printf "%d\t%d\tpost %d\n", i, 1787369880 + i % 1000 * 60, i
    }'
}

# statuses FROM TO: the same with ids as Mastodon makes them out of the time.
statuses() {
    awk -v from="$1" -v to="$2" 'BEGIN {
        for (i = from; i <= to; i++)
            printf "%.0f\t%d\tpost %d\n", (1787369880 + i * 60) * 65536000, 1787369880 + i * 60, i
    }'
}

# played CASSETTE [METHOD PATTERN]...: serves recorded exchanges (tests/cassette), with
# nothing known of any source.
played() {
    [ ! -e port ] || "$WEB" -k port
    rm -rf state conf log
    "$TOP/tests/cassette" "$@" >made || exit 99
    serve "$(cat made)"
}

# told: how many posts the recorded answer has and how many came, whether they are the
# same with a text each, and what the status says of them and of the limit.
told() {
    jq -r '.data[].id' body.0 | sort >wanted
    jq -r 'select(.text != "").id | ltrimstr("x:")' out | sort | cmp -s - wanted && same=true || same=false
    fetch --status --json | jq -c "[$same, .month.posts, .limit.limit, .limit.remaining, .limit.reset]" >state.told
    echo "data $(wc -l <wanted) out $(wc -l <out) $(cat state.told)"
}
